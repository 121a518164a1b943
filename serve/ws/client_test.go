package ws_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testcert"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/serve/ws"
	"github.com/magpie-go/magpie/wire/http1"
	wire "github.com/magpie-go/magpie/wire/ws"
)

func newRuntime(t testing.TB) *sched.Runtime {
	t.Helper()
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rt.Close() })
	return rt
}

// connect dials on a runtime of the test, from its goroutine.
func connect(t testing.TB, rt *sched.Runtime, config ws.ClientConfig, url string) (*ws.Conn, error) {
	t.Helper()
	config.Runtime = rt
	client, err := ws.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	return future.BlockOn[*ws.Conn](client.Dial(url))
}

// await waits for an operation on the test's goroutine.
func await[T any](t testing.TB, f future.Future[T]) (T, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return future.BlockOn(future.WithContext(ctx, f))
}

func receive(t testing.TB, c *ws.Conn) (ws.Message, error) {
	t.Helper()
	return await[ws.Message](t, future.Box[ws.Message](c.Receive()))
}

// Messages of all lengths come back, in the clear and compressed, over TCP and over TLS.
func TestClientEcho(t *testing.T) {
	rt := newRuntime(t)
	cert, roots := testcert.New(t, "127.0.0.1")
	for _, secure := range []bool{false, true} {
		for _, compress := range []bool{false, true} {
			config := ws.Config{Message: echo, Compress: compress}
			url := "ws://"
			if secure {
				config.Serve.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
				url = "wss://"
			}
			addr, _ := start(t, config, 1)
			c, err := connect(t, rt, ws.ClientConfig{Compress: true, TLS: &tls.Config{RootCAs: roots}}, url+addr+"/x?y")
			if err != nil {
				t.Fatalf("TLS %v, compressed %v: %v", secure, compress, err)
			}
			for _, n := range []int{0, 1, 125, 126, 1000, 65535, 65536, 1 << 18} {
				text := strings.Repeat("é", n/2)
				if err := c.Send(wire.Text, []byte(text)); err != nil {
					t.Error(err)
				}
				if err := c.SendPrepared(ws.Prepare(wire.Binary, []byte(text), true)); err != nil {
					t.Error(err)
				}
				for _, op := range []wire.Op{wire.Text, wire.Binary} {
					if m, err := receive(t, c); err != nil || m.Op != op || string(m.Data) != text {
						t.Errorf("%d bytes: %v, %d bytes, %v", n, m.Op, len(m.Data), err)
					}
				}
			}
			c.Close(wire.Normal, "bye")
			if _, err := receive(t, c); !closedBy(err, wire.Normal) {
				t.Error(err)
			}
			if err := c.Send(wire.Text, nil); err != ws.ErrClosed {
				t.Error(err)
			}
		}
	}
}

func closedBy(err error, code uint16) bool {
	e := (*ws.CloseError)(nil)
	return errors.As(err, &e) && e.Code == code
}

// What a request has, and what is agreed.
func TestClientAsks(t *testing.T) {
	rt := newRuntime(t)
	var got string
	addr, _ := start(t, ws.Config{
		Protocols: []string{"b"},
		Check: func(r *http1.Request) bool {
			auth, _ := r.Get("Authorization")
			origin, _ := r.Get("Origin")
			got = fmt.Sprintf("%s %s %s %s", r.Target(), r.Host(), auth, origin)
			return true
		},
		Message: echo,
	}, 1)
	h := http.Header{"Origin": {"https://example.org"}}
	c, err := connect(t, rt, ws.ClientConfig{Header: h, Protocols: []string{"a", "b"}}, "ws://bird:magpie@"+addr+"/a%20b?c=d")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Drop()
	if want := "/a%20b?c=d " + addr + " Basic YmlyZDptYWdwaWU= https://example.org"; got != want || c.Protocol() != "b" || len(h) != 1 {
		t.Errorf("%s; want %s. Protocol %q", got, want, c.Protocol())
	}
}

// The same operations in an async function of a runtime, and callbacks.
func TestClientInTasks(t *testing.T) {
	rt := newRuntime(t)
	addr, _ := start(t, ws.Config{Message: echo}, 1)
	client, err := ws.NewClient(ws.ClientConfig{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = sched.Run(t.Context(), rt, future.Async(func(co *future.Co) (future.Unit, error) {
		c, err := client.Dial("ws://" + addr).Await(co)
		if err != nil {
			return future.Unit{}, err
		}
		for i := range 100 {
			if _, err := c.SendWait(ws.Prepare(wire.Text, []byte(fmt.Sprint(i)), false)).Await(co); err != nil {
				return future.Unit{}, err
			}
		}
		for i := range 100 {
			if m, err := c.Receive().Await(co); err != nil || string(m.Data) != fmt.Sprint(i) {
				return future.Unit{}, fmt.Errorf("%q, %w", m.Data, err)
			}
		}
		c.Close(wire.Normal, "")
		if _, err := c.Receive().Await(co); !closedBy(err, wire.Normal) {
			return future.Unit{}, err
		}
		return future.Unit{}, nil
	}))
	if err != nil {
		t.Error(err)
	}
	// By callbacks: each message is answered by a longer one.
	last, closed := make(chan string, 1), make(chan error, 1)
	_, err = connect(t, rt, ws.ClientConfig{
		Open: func(c *ws.Conn) { c.Reply(wire.Text, []byte("x")) },
		Message: func(c *ws.Conn, op wire.Op, data []byte) {
			if len(data) == 10 {
				last <- string(data)
				c.Close(3000, "")
				return
			}
			c.Reply(op, append(data, 'x'))
		},
		Closed: func(_ *ws.Conn, err error) { closed <- err },
	}, "ws://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	if got := <-last; got != "xxxxxxxxxx" {
		t.Error(got)
	}
	if err := <-closed; !closedBy(err, 3000) {
		t.Error(err)
	}
}

// A server that drains tells its clients; one that is gone, or silent, is noticed.
func TestClientIsLeft(t *testing.T) {
	rt := newRuntime(t)
	addr, stop := start(t, ws.Config{Message: echo}, 1)
	c, err := connect(t, rt, ws.ClientConfig{}, "ws://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- stop() }()
	if _, err := receive(t, c); !closedBy(err, wire.GoingAway) {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := connect(t, rt, ws.ClientConfig{}, "ws://"+addr); err == nil {
		t.Error("connected to nobody")
	}
	addr = hostile(t, upgrade)
	c, err = connect(t, rt, ws.ClientConfig{PingEvery: 20 * time.Millisecond}, "ws://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := receive(t, c); err != ws.ErrSilent {
		t.Error(err)
	}
}

// A connection counts as one of its runtime: when that ends it is over, and who receives is told.
func TestClientOfARuntimeThatEnds(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{}, 1)
	addr, _ := start(t, ws.Config{Message: echo, Serve: serve.Config{OnState: func(_ *serve.Conn, s serve.State) {
		if s == serve.StateClosed {
			gone <- struct{}{}
		}
	}}}, 1)
	c, err := connect(t, rt, ws.ClientConfig{}, "ws://"+addr)
	if err != nil {
		t.Fatal(err)
	}
	rt.Close()
	<-gone
	if _, err := receive(t, c); err != ws.ErrClosed {
		t.Error(err)
	}
	if err := c.Send(wire.Text, nil); err != ws.ErrClosed {
		t.Error(err)
	}
}

func TestClientConfig(t *testing.T) {
	for _, c := range []ws.ClientConfig{
		{MaxHead: -1}, {Full: 9}, {CloseTime: -1}, {Protocols: []string{"a b"}}, {Protocols: []string{"a", "a"}},
		{Header: http.Header{"Connection": {"x"}}}, {Header: http.Header{"A": {"x\r\nB: y"}}}, {Header: http.Header{"A b": {"x"}}},
	} {
		if _, err := ws.NewClient(c); err == nil || !strings.HasPrefix(err.Error(), "ws: ") {
			t.Errorf("%+v: %v", c, err)
		}
	}
	client, err := ws.NewClient(ws.ClientConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := future.BlockOn[*ws.Conn](client.Dial("http://bird:secret@x/")); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
	for _, url := range []string{"http://x/", "ws:///x", "ws://x/#y", "x", "ws://x/%zz", ""} {
		if _, err := future.BlockOn[*ws.Conn](client.Dial(url)); err == nil || !strings.HasPrefix(err.Error(), "ws: ") {
			t.Errorf("%q: %v", url, err)
		}
	}
}
