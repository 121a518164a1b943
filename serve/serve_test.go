package serve_test

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

func TestServerServesAndDrains(t *testing.T) {
	before := testkit.Descriptors(t)
	h := newHarness(t, serve.Config{})
	idle, busy := h.dial(), h.dial()
	h.ask(idle, "hello")
	h.ask(busy, "hello")
	if _, err := busy.Write([]byte("hold")); err != nil {
		t.Fatal(err)
	}
	<-h.held
	testkit.Until(t, "idle", func() bool { return h.s.Metrics().Idle == 1 })
	if m := h.s.Metrics(); m.Open != 2 || m.Active != 1 || m.Accepted != 2 {
		t.Errorf("%+v", m)
	}
	ctx, cancel := context.WithCancel(t.Context())
	shut := make(chan error)
	go func() { shut <- h.s.Shutdown(ctx) }()
	h.closed(idle)
	if _, err := h.end.Wait(t.Context()); err != serve.ErrClosed {
		t.Errorf("accepting ended with %v", err)
	}
	select {
	case err := <-shut:
		t.Errorf("it did not wait for the one that is busy: %v", err)
	default:
	}
	cancel()
	var cut *serve.CutError
	if err := <-shut; !errors.As(err, &cut) || cut.Cut != 1 || cut.Stuck != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("shut down: %v", err)
	}
	h.closed(busy)
	<-h.s.Done()
	if m := h.s.Metrics(); m.Open != 0 || m.Cut != 1 {
		t.Errorf("%+v", m)
	}
	idle.Close()
	busy.Close()
	h.rt.Close()
	testkit.DescriptorsBack(t, before)
}

// A server whose connections owe nothing ends by itself, and one that nobody came to at once.
func TestShutdownOfAnIdleServer(t *testing.T) {
	h := newHarness(t, serve.Config{})
	for range 100 {
		h.ask(h.dial(), "hello")
	}
	if err := h.s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := h.s.Shutdown(t.Context()); err != nil {
		t.Errorf("again: %v", err)
	}
	s, _ := serve.NewOf(serve.Config{}, func(*echo) {})
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := future.BlockOn[future.Unit](s.Serve(l)); err != serve.ErrClosed {
		t.Errorf("serving after that: %v", err)
	}
}

func TestAcceptingWaitsAtTheLimit(t *testing.T) {
	h := newHarness(t, serve.Config{MaxConns: 2})
	a, b, c := h.dial(), h.dial(), h.dial()
	h.ask(a, "a")
	h.ask(b, "b")
	if _, err := c.Write([]byte("c")); err != nil {
		t.Fatal(err)
	}
	testkit.Until(t, "full", func() bool { return h.s.Metrics().Full == 1 })
	if m := h.s.Metrics(); m.Open != 2 || m.Accepted != 2 {
		t.Errorf("%+v", m)
	}
	a.Close()
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Errorf("the third was not served when the first had left: %v", err)
	}
}

// At the limit, with an acceptor that waits for room, the server can be shut down.
func TestShutdownAtTheLimit(t *testing.T) {
	h := newHarness(t, serve.Config{MaxConns: 1, FirstTime: -1})
	a := h.dial()
	h.ask(a, "a")
	h.dial()
	testkit.Until(t, "full", func() bool { return h.s.Metrics().Full == 1 })
	if err := h.s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

// Several listeners share one limit.
func TestLimitHoldsForAllListeners(t *testing.T) {
	h := newHarness(t, serve.Config{MaxConns: 1})
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	sched.Spawn[future.Unit](h.rt, h.s.Serve(l))
	for range 50 {
		one, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		two := h.dial()
		var wg sync.WaitGroup
		for _, c := range []net.Conn{one, two} {
			wg.Go(func() {
				c.Write([]byte("x"))
				io.ReadFull(c, make([]byte, 1))
				if open := h.s.Metrics().Open; open > 1 {
					t.Errorf("%d open", open)
				}
				c.Close()
			})
		}
		wg.Wait()
	}
}

func TestLimitOfAPeer(t *testing.T) {
	h := newHarness(t, serve.Config{MaxPerPeer: 1})
	a := h.dial()
	h.ask(a, "a")
	h.closed(h.dial())
	if m := h.s.Metrics(); m.Refused != 1 || m.Open != 1 {
		t.Errorf("%+v", m)
	}
	a.Close()
	testkit.Until(t, "the first has left", func() bool { return h.s.Metrics().Open == 0 })
	h.ask(h.dial(), "b")
}

func TestPanicEndsItsConnectionAlone(t *testing.T) {
	told := make(chan error, 1)
	h := newHarness(t, serve.Config{OnError: func(_ *serve.Conn, err error) { told <- err }})
	a, b := h.dial(), h.dial()
	h.ask(b, "b")
	if _, err := a.Write([]byte("panic")); err != nil {
		t.Fatal(err)
	}
	var panicked *future.PanicError
	if err := <-told; !errors.As(err, &panicked) || panicked.Value != "asked for" {
		t.Errorf("told of %v", err)
	}
	h.closed(a)
	h.ask(b, "b")
	testkit.Until(t, "counted", func() bool { return h.s.Metrics().Open == 1 })
	if m := h.s.Metrics(); m.Failed != 1 || m.Panicked != 1 {
		t.Errorf("%+v", m)
	}
}

func TestStatesAreTold(t *testing.T) {
	states := make(chan serve.State, 10)
	h := newHarness(t, serve.Config{OnState: func(c *serve.Conn, s serve.State) {
		if c.State() != s || c.RemoteAddr() == nil || c.LocalAddr() == nil || c.Server() == nil {
			t.Errorf("%v is told of a connection that is %v", s, c.State())
		}
		states <- s
	}})
	c := h.dial()
	h.ask(c, "hello")
	c.Close()
	for _, want := range []serve.State{serve.StateNew, serve.StateActive, serve.StateIdle, serve.StateClosed} {
		if s := <-states; s != want {
			t.Errorf("%v, want %v", s, want)
		}
	}
}

// A future of any kind serves, an async function too, and may hand its socket over.
func TestHandedOver(t *testing.T) {
	got := make(chan *netio.Conn, 1)
	s, err := serve.New(serve.Config{}, func(c *serve.Conn) future.Future[future.Unit] {
		return future.Do(func(co *future.Co) error {
			buf := make([]byte, 5)
			if _, err := c.Read(buf).Await(co); err != nil {
				return err
			}
			if _, err := c.WriteAll(buf).Await(co); err != nil {
				return err
			}
			got <- c.Detach()
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	h := begin(t, s)
	c := h.dial()
	h.ask(c, "hello")
	nc := netio.NewGoConn(<-got)
	testkit.Until(t, "it has left", func() bool { return s.Metrics().Open == 0 })
	if _, err := nc.Write([]byte("still open")); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 10)); err != nil {
		t.Error(err)
	}
	nc.Close()
}

// counted is a machine that waits for ever, and tells that it was dropped.
type counted struct {
	serve.Conn
	polled, dropped chan<- int
}

func (c *counted) Poll(*waker.Context) future.Poll[future.Unit] {
	select {
	case c.polled <- 1:
	default:
	}
	return future.Pending[future.Unit]()
}

func (c *counted) Drop() { c.dropped <- 1 }

func TestWhatIsCutIsDropped(t *testing.T) {
	polled, dropped := make(chan int, 1), make(chan int, 2)
	s, err := serve.NewOf(serve.Config{}, func(c *counted) { c.polled, c.dropped = polled, dropped })
	if err != nil {
		t.Fatal(err)
	}
	c := begin(t, s).dial()
	<-polled
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if len(dropped) != 1 || s.Metrics().Cut != 1 {
		t.Errorf("dropped %d times, %+v", len(dropped), s.Metrics())
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("it is open")
	}
}

func TestRun(t *testing.T) {
	held := make(chan serve.State, 1)
	s, err := serve.NewOf(serve.Config{Grace: -1}, func(e *echo) { e.hold = held })
	if err != nil {
		t.Fatal(err)
	}
	rt, err := sched.New(sched.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	if err := s.Run(t.Context(), rt, "tcp", "nowhere", nil); err == nil {
		t.Error("it listened on nowhere")
	}
	if _, err := future.BlockOn(sched.Spawn(rt, future.Lazy(func() future.Future[future.Unit] {
		return future.Fail[future.Unit](s.Run(t.Context(), rt, "tcp", "127.0.0.1:0", nil))
	}))); !errors.Is(err, future.ErrOnWorker) {
		t.Errorf("on a worker: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var c net.Conn
	err = s.Run(ctx, rt, "tcp", "127.0.0.1:0", func(a net.Addr) {
		if c, err = net.Dial("tcp", a.String()); err != nil {
			t.Error(err)
			cancel()
			return
		}
		go func() {
			defer cancel()
			c.Write([]byte("hold"))
			<-held
		}()
	})
	c.Close()
	var cut *serve.CutError
	if !errors.As(err, &cut) || cut.Cut != 1 {
		t.Errorf("it ended with %v", err)
	}
}

// A runtime that is shut down first closes the connections and ends the server.
func TestRuntimeThatIsShutDownFirst(t *testing.T) {
	h := newHarness(t, serve.Config{})
	c := h.dial()
	h.ask(c, "hello")
	h.rt.Close()
	h.closed(c)
	if err := h.s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestMisuse(t *testing.T) {
	for what, make := range map[string]func() error{
		"negative MaxConns": func() error {
			_, err := serve.NewOf(serve.Config{MaxConns: -1}, func(*echo) {})
			return err
		},
		"negative MaxPerPeer": func() error {
			_, err := serve.NewOf(serve.Config{MaxPerPeer: -1}, func(*echo) {})
			return err
		},
		"no handler": func() error { _, err := serve.New(serve.Config{}, nil); return err },
		"no init":    func() error { _, err := serve.NewOf[echo](serve.Config{}, nil); return err },
	} {
		if err := make(); err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	s, _ := serve.NewOf(serve.Config{}, func(*echo) {})
	defer func() {
		if recover() == nil {
			t.Error("a nil listener was taken")
		}
	}()
	s.Serve(nil)
}
