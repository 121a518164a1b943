//go:build unix && !portable

package serve_test

import (
	"net"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

// busy has all of a runtime's workers do nothing else until it is let go.
func busy(t *testing.T, rt *sched.Runtime, workers int) (letGo func()) {
	t.Helper()
	begun, end := make(chan bool, workers), make(chan bool)
	for range workers {
		sched.SpawnDetached(rt, future.Of[future.Unit](future.Func[future.Unit](func(*waker.Context) future.Poll[future.Unit] {
			begun <- true
			<-end
			return future.Ready(future.Unit{})
		})))
	}
	for range workers {
		<-begun
	}
	return func() { close(end) }
}

// What the system has taken when the server begins to end is accepted before the listener is closed.
func TestDrainOfTheSystemsQueue(t *testing.T) {
	s, err := serve.NewOf(serve.Config{FirstTime: always}, func(*echo) {})
	if err != nil {
		t.Fatal(err)
	}
	h := beginOn(t, s, 1)
	h.ask(h.dial(), "so it accepts")
	letGo := busy(t, h.rt, 1)
	var clients []net.Conn
	for range 3 {
		c := h.dial()
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		clients = append(clients, c)
	}
	ended := h.shutdown()
	testkit.Until(t, "it drains", func() bool { return serve.Drains(s) })
	letGo()
	for _, c := range clients {
		h.all(c, "x")
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// At the limit those who wait for a place get one when the server ends, whether they were accepted or not.
func TestDrainOfThoseWhoWaitForAPlace(t *testing.T) {
	h := newHarness(t, serve.Config{MaxConns: 1, FirstTime: always})
	slow := h.dial()
	if _, err := slow.Write([]byte("drain")); err != nil {
		t.Fatal(err)
	}
	<-h.held
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	holds, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	waits, held := h.dial(), h.dialTo(l.Addr().String())
	for _, c := range []net.Conn{waits, held} {
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	nc, err := future.BlockOn[*netio.Conn](future.Box(l.Accept()))
	if err != nil {
		t.Fatal(err)
	}
	sched.SpawnDetached(h.rt, serve.ServeHeld(h.s, holds, nc))
	testkit.Until(t, "both acceptors wait", func() bool { return h.s.Metrics().Full == 2 })
	ended := h.shutdown()
	h.all(slow, "drained")
	h.all(waits, "x")
	h.all(held, "x")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
