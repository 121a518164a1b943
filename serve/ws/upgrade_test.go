package ws_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/serve/internal/testkit"
	"github.com/magpie-go/magpie/serve/web"
	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// startWeb serves HTTP, with WebSocket at /ws.
func startWeb(t testing.TB, config ws.Config) (addr string, stop func() error) {
	t.Helper()
	server, err := ws.New(config)
	if err != nil {
		t.Fatal(err)
	}
	mux := new(web.Mux)
	mux.Handle("/ws", server.Upgrade)
	mux.Handle("GET /hello", func(w *web.Response, _ *web.Request) { w.WriteString("Hello, World!") })
	s, err := web.New(web.Config{Handler: mux.Serve})
	if err != nil {
		t.Fatal(err)
	}
	return testkit.Serve(t, 2, s.Run)
}

// One server answers HTTP, and speaks WebSocket on connections that ask for it; what was sent behind the request is not lost.
func TestUpgrade(t *testing.T) {
	var agreed string
	addr, stop := startWeb(t, ws.Config{
		Message: echo, Compress: true, Protocols: []string{"b", "a"},
		Open: func(c *ws.Conn) { agreed = c.Protocol(); c.Reply(wire.Text, []byte("hi")) },
	})
	rt := newRuntime(t)
	c, err := connect(t, rt, ws.ClientConfig{Protocols: []string{"a"}, Compress: true}, "ws://"+addr+"/ws")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("magpie ", 1000)
	for _, text := range []string{"hello", long} {
		if err := c.Send(wire.Text, []byte(text)); err != nil {
			t.Error(err)
		}
	}
	for _, want := range []string{"hi", "hello", long} {
		if m, err := receive(t, c); err != nil || string(m.Data) != want {
			t.Errorf("%.100q, %v; want %.100q", m.Data, err, want)
		}
	}
	if agreed != "a" || c.Protocol() != "a" {
		t.Errorf("protocols %q and %q", agreed, c.Protocol())
	}
	early := ask(t, addr, strings.Replace(request, "/chat", "/ws", 1)+"\r\n"+string(wire.AppendMasked(nil, wire.Text, "early", [4]byte{1, 2, 3, 4})))
	early.want("text:hi", "text:early")

	r, err := http.Get("http://" + addr + "/hello")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	r.Body.Close()
	if r.StatusCode != 200 || err != nil || string(body) != "Hello, World!" {
		t.Errorf("%s, %q, %v", r.Status, body, err)
	}
	http.DefaultClient.CloseIdleConnections()
	// Both are told when the server drains.
	ended := make(chan error)
	go func() { ended <- stop() }()
	if _, err := receive(t, c); !closedBy(err, wire.GoingAway) {
		t.Error(err)
	}
	early.want(closing(wire.GoingAway))
	early.send(wire.Close, "")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A request that is none for a WebSocket is answered, and the connection goes on.
func TestUpgradeRefuses(t *testing.T) {
	addr, _ := startWeb(t, ws.Config{Message: echo})
	asked := strings.Replace(request, "/chat", "/ws", 1)
	for name, c := range map[string]struct {
		request string
		status  int
	}{
		"plain":        {"GET /ws HTTP/1.1\r\nHost: x\r\n\r\n", 426},
		"no key":       {strings.Replace(asked, "Sec-WebSocket-Key", "X", 1) + "\r\n", 400},
		"version 8":    {strings.Replace(asked, "13", "8", 1) + "\r\n", 426},
		"POST":         {strings.Replace(asked, "GET", "POST", 1) + "Content-Length: 0\r\n\r\n", 400},
		"another site": {asked + "Origin: https://evil\r\n\r\n", 403},
	} {
		p := ask(t, addr, c.request)
		if got := p.response; got.StatusCode != c.status || c.status == 426 && got.Header.Get("Sec-WebSocket-Version") != "13" {
			t.Errorf("%s: %s %v, want %d", name, got.Status, got.Header, c.status)
		}
		fmt.Fprint(p, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
		if r, err := http.ReadResponse(p.r, nil); err != nil || r.StatusCode != 200 {
			t.Errorf("%s: and then: %v", name, err)
		}
	}
}
