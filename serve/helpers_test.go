package serve_test

import (
	"errors"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo is a machine that sends back what it gets.
type echo struct {
	serve.Conn
	buf    []byte // what is to be sent
	held   bool   // it owes an answer that never comes
	drains bool   // it owes one until the server drains
	hold   chan<- serve.State
}

func (e *echo) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for {
		if e.held || e.drains && !e.Draining() {
			return future.Pending[future.Unit]()
		}
		if e.drains {
			e.drains, e.buf = false, []byte("drained")
		}
		for len(e.buf) > 0 {
			p := e.PollWrite(cx, e.buf)
			if p.IsPending() {
				return future.Pending[future.Unit]()
			}
			n, err := p.Result()
			if err != nil {
				return future.Failed[future.Unit](err)
			}
			e.buf = e.buf[n:]
		}
		if e.State() == serve.StateActive {
			e.SetState(serve.StateIdle)
		}
		in := sched.Scratch(cx)
		p := e.PollRead(cx, in)
		if p.IsPending() {
			if e.Ends() {
				return future.Ready(future.Unit{})
			}
			return future.Pending[future.Unit]()
		}
		n, err := p.Result()
		if err == io.EOF {
			return future.Ready(future.Unit{})
		}
		if err != nil {
			return future.Failed[future.Unit](err)
		}
		switch string(in[:n]) {
		case "panic":
			panic("asked for")
		case "goexit":
			runtime.Goexit()
		case "hold":
			e.SetState(serve.StateActive)
			e.held = true
			e.hold <- e.State()
			continue
		case "drain": // it is answered when the server does
			e.SetState(serve.StateActive)
			e.drains = true
			e.hold <- e.State()
			continue
		}
		e.SetState(serve.StateActive)
		e.buf = append([]byte(nil), in[:n]...)
	}
}

// harness runs a server on a runtime with a listener.
type harness struct {
	t    *testing.T
	s    *serve.Server
	rt   *sched.Runtime
	addr string
	end  sched.JoinHandle[future.Unit]
	held chan serve.State // told of each connection that will not end
}

func newHarness(t *testing.T, config serve.Config) *harness {
	t.Helper()
	held := make(chan serve.State, 10)
	s, err := serve.NewOf(config, func(e *echo) { e.hold = held })
	if err != nil {
		t.Fatal(err)
	}
	h := begin(t, s)
	h.held = held
	return h
}

func begin(t *testing.T, s *serve.Server) *harness { return beginOn(t, s, 2) }

func beginOn(t *testing.T, s *serve.Server, workers int) *harness {
	t.Helper()
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &harness{t: t, s: s, rt: rt, addr: l.Addr().String(), end: sched.Spawn[future.Unit](rt, s.Serve(l))}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		rt.Close()
	})
	return h
}

func (h *harness) dial() net.Conn {
	h.t.Helper()
	return h.dialTo(h.addr)
}

func (h *harness) dialTo(addr string) net.Conn {
	h.t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		h.t.Fatal(err)
	}
	return c
}

// ask sends text and wants it back.
func (h *harness) ask(c net.Conn, text string) {
	h.t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		h.t.Fatal(err)
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
		h.t.Fatalf("got %q, %v; want %q", got, err, text)
	}
}

// closed waits until the peer has closed.
func (h *harness) closed(c net.Conn) {
	h.t.Helper()
	if n, err := c.Read(make([]byte, 1)); err == nil || isTimeout(err) {
		h.t.Fatalf("read %d, %v; want the end", n, err)
	}
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}
