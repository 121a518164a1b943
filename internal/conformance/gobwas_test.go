package conformance

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	gobwas "github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

var wsLengths = []int{0, 1, 125, 126, 65535, 65536, 1 << 18}

// Our WebSocket client talks to a server of gobwas/ws: messages of all lengths come back, pings are answered, and closing is gone through.
func TestWebSocketClientWithGobwas(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	var all sync.WaitGroup
	all.Go(func() {
		c, err := l.Accept()
		if err != nil {
			closed <- err
			return
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(time.Minute))
		up := gobwas.Upgrader{Protocol: func(p []byte) bool { return string(p) == "b" }}
		if _, err := up.Upgrade(c); err != nil {
			closed <- err
			return
		}
		for {
			if err := wsutil.WriteServerMessage(c, gobwas.OpPing, []byte("are you there")); err != nil {
				closed <- err
				return
			}
			data, op, err := wsutil.ReadClientData(c)
			if err == nil {
				err = wsutil.WriteServerMessage(c, op, data)
			}
			if err != nil {
				closed <- err
				return
			}
		}
	})
	t.Cleanup(func() { l.Close(); all.Wait() })
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rt.Close() })
	client, err := ws.NewClient(ws.ClientConfig{Protocols: []string{"a", "b"}, Compress: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = sched.Run(t.Context(), rt, future.Async(func(co *future.Co) (future.Unit, error) {
		c, err := client.Dial("ws://" + l.Addr().String() + "/x").Await(co)
		if err != nil {
			return future.Unit{}, err
		}
		if c.Protocol() != "b" {
			t.Errorf("protocol %q", c.Protocol())
		}
		for _, n := range wsLengths {
			data := bytes.Repeat([]byte("x"), n)
			if err := c.Send(wire.Text, data); err != nil {
				return future.Unit{}, err
			}
			if m, err := c.Receive().Await(co); err != nil || m.Op != wire.Text || !bytes.Equal(m.Data, data) {
				t.Errorf("%d bytes: %v, %d bytes, %v", n, m.Op, len(m.Data), err)
			}
		}
		c.Close(wire.GoingAway, "bye")
		_, err = c.Receive().Await(co)
		if e := (*ws.CloseError)(nil); !errors.As(err, &e) || e.Code != wire.GoingAway {
			t.Errorf("closed by %v", err)
		}
		return future.Unit{}, nil
	}))
	if err != nil {
		t.Error(err)
	}
	var e wsutil.ClosedError
	if err := <-closed; !errors.As(err, &e) || e.Code != gobwas.StatusGoingAway || e.Reason != "bye" {
		t.Errorf("the server ended with %v", err)
	}
}

// A client of gobwas/ws talks to our server.
func TestWebSocketServerWithGobwas(t *testing.T) {
	server, err := ws.New(ws.Config{Protocols: []string{"b"}, Message: func(c *ws.Conn, op wire.Op, data []byte) {
		if string(data) == "enough" {
			c.Close(3000, "enough")
			return
		}
		c.Reply(op, data)
	}})
	if err != nil {
		t.Fatal(err)
	}
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rt.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	addr, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- server.Run(ctx, rt, "tcp", "127.0.0.1:0", func(a net.Addr) { addr <- a.String() }) }()
	c, _, h, err := gobwas.Dialer{Protocols: []string{"a", "b"}}.Dial(t.Context(), "ws://"+<-addr+"/x")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	if h.Protocol != "b" {
		t.Errorf("protocol %q", h.Protocol)
	}
	for _, n := range wsLengths {
		text := strings.Repeat("x", n)
		w := wsutil.NewWriterSize(c, gobwas.StateClientSide, gobwas.OpText, 1000) // in fragments
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if data, op, err := wsutil.ReadServerData(c); err != nil || op != gobwas.OpText || string(data) != text {
			t.Errorf("%d bytes: %v, %d bytes, %v", n, op, len(data), err)
		}
	}
	if err := wsutil.WriteClientMessage(c, gobwas.OpPing, []byte("p")); err != nil {
		t.Error(err)
	}
	if m, err := wsutil.ReadServerMessage(c, nil); err != nil || len(m) != 1 || m[0].OpCode != gobwas.OpPong || string(m[0].Payload) != "p" {
		t.Errorf("%v, %v", m, err)
	}
	if err := wsutil.WriteClientText(c, []byte("enough")); err != nil {
		t.Error(err)
	}
	var e wsutil.ClosedError
	if _, _, err := wsutil.ReadServerData(c); !errors.As(err, &e) || e.Code != 3000 || e.Reason != "enough" {
		t.Errorf("closed by %v", err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
