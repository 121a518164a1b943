package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/testkit"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// TestMain is also the program: main, if that is asked for.
func TestMain(m *testing.M) {
	if !testkit.IsProgram(main) {
		m.Run()
	}
}

// It serves the page, lets two chat, and ends on SIGTERM.
func TestChat(t *testing.T) {
	p := testkit.StartProgram(t, "ws", "-addr", "127.0.0.1:0", "-workers", "1")
	r, err := http.Get("http://" + p.Addr + "/")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	r.Body.Close()
	if r.StatusCode != 200 || err != nil || !strings.Contains(string(body), "new WebSocket") {
		t.Errorf("%s, %v, %d bytes", r.Status, err, len(body))
	}
	a := dial(t, p.Addr)
	a.want(t, "guest 1 has come")
	b := dial(t, p.Addr)
	b.want(t, "guest 2 has come")
	a.Write(wire.AppendMasked(nil, wire.Text, "hello", [4]byte{1, 2, 3, 4}))
	a.want(t, "guest 2 has come", "guest 1: hello")
	b.want(t, "guest 1: hello")
	b.Write(wire.AppendMasked(nil, wire.Close, "", [4]byte{1, 2, 3, 4}))
	b.want(t, "")
	a.want(t, "guest 2 has left")
	p.Terminate(t)
	a.want(t, "\x03\xe9") // going away
	a.Write(wire.AppendMasked(nil, wire.Close, "\x03\xe9", [4]byte{1, 2, 3, 4}))
	p.Wait(t)
}

type client struct {
	net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, addr string) *client {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(nc, "GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	c := &client{nc, bufio.NewReader(nc)}
	r, err := http.ReadResponse(c.r, nil)
	if err != nil || r.StatusCode != 101 {
		t.Fatal(r, err)
	}
	return c
}

// want reads short frames.
func (c *client) want(t *testing.T, all ...string) {
	t.Helper()
	for _, want := range all {
		head := make([]byte, 2)
		if _, err := io.ReadFull(c.r, head); err != nil {
			t.Fatal(err)
		}
		data := make([]byte, head[1])
		if _, err := io.ReadFull(c.r, data); err != nil || string(data) != want {
			t.Errorf("%q, %v; want %q", data, err, want)
		}
	}
}
