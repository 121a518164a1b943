package serve_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

// always is a time for first requests that no test comes to the end of.
const always = time.Hour

// shutdown begins to shut the server down, and returns how it ends.
func (h *harness) shutdown() <-chan error {
	ended := make(chan error, 1)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	go func() {
		defer cancel()
		ended <- h.s.Shutdown(ctx)
	}()
	return ended
}

// all wants the client to read text, and then the end.
func (h *harness) all(c net.Conn, text string) {
	h.t.Helper()
	if got, err := io.ReadAll(c); string(got) != text || err != nil {
		h.t.Errorf("read %q, %v; want %q and the end", got, err, text)
	}
}

// A connection that is new when the server begins to end has its first request answered, under TLS also if its handshake has
// not begun; one that stays silent ends, and an idle one is not waited for.
func TestDrainOfNewConnections(t *testing.T) {
	_, _, conf, client := secured(t)
	for _, c := range []struct {
		first  time.Duration
		asks   bool
		secure *tls.Config
	}{{always, true, nil}, {always, true, conf}, {time.Millisecond, false, nil}, {time.Millisecond, false, conf}, {-1, false, nil}} {
		h := newHarness(t, serve.Config{FirstTime: c.first, TLS: c.secure})
		over := func(nc net.Conn) net.Conn {
			if c.secure == nil {
				return nc
			}
			return tls.Client(nc, client)
		}
		fresh, idle, slow := over(h.dial()), over(h.dial()), over(h.dial())
		h.ask(idle, "hello")
		if _, err := slow.Write([]byte("drain")); err != nil {
			t.Fatal(err)
		}
		<-h.held
		ended := h.shutdown()
		h.all(slow, "drained")
		h.closed(idle)
		if c.asks {
			h.ask(fresh, "late")
		}
		h.closed(fresh)
		if err := <-ended; err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// A request that has come is read by a connection that drains, also if its event was not seen yet.
func TestDrainLooksAtTheSystem(t *testing.T) {
	polled, end := make(chan bool, 10), make(chan bool)
	var got []byte
	s, err := serve.New(serve.Config{}, func(c *serve.Conn) future.Future[future.Unit] {
		buf := make([]byte, 10)
		return future.Func[future.Unit](func(cx *waker.Context) future.Poll[future.Unit] {
			c.SetState(serve.StateIdle)
			if c.PollRead(cx, buf).IsPending() && c.Ends() {
				t.Error("it ends before the server does")
			}
			polled <- true
			<-end // no event is seen meanwhile
			for began := time.Now(); time.Since(began) < patience; {
				if p := c.PollRead(cx, buf); p.IsReady() {
					n, err := p.Result()
					got = buf[:n]
					return future.Done(future.Unit{}, err)
				} else if c.Ends() {
					break
				}
			}
			return future.Ready(future.Unit{})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	h := beginOn(t, s, 1)
	c := h.dial()
	<-polled
	if _, err := c.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	ended := h.shutdown()
	testkit.Until(t, "it drains", func() bool { return serve.Drains(s) })
	close(end)
	if err := <-ended; err != nil || string(got) != "x" {
		t.Errorf("%q was read, %v", got, err)
	}
}

// Who sends as its connection ends reads the end, and not a reset.
func TestDrainSaysTheEndFirst(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what is read after an end and a reset is the system's")
	}
	s, err := serve.New(serve.Config{}, func(c *serve.Conn) future.Future[future.Unit] {
		return future.Func[future.Unit](func(cx *waker.Context) future.Poll[future.Unit] {
			if c.Draining() {
				return future.Ready(future.Unit{})
			}
			return future.Pending[future.Unit]()
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	h := begin(t, s)
	c := h.dial()
	if _, err := c.Write([]byte("not read")); err != nil {
		t.Fatal(err)
	}
	testkit.Until(t, "it is accepted", func() bool { return s.Metrics().Accepted == 1 })
	ended := h.shutdown()
	h.all(c, "")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
