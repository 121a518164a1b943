package netio_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// runtime is an executor's worker with a reactor, as far as futures see it.
type runtime struct {
	r *reactor.Reactor
}

func newRuntime(t *testing.T) *runtime {
	t.Helper()
	r, err := reactor.New()
	if err != nil {
		t.Fatal(err)
	}
	return &runtime{r}
}

// Reactor implements reactor.Host.
func (r *runtime) Reactor() *reactor.Reactor { return r.r }

func (r *runtime) end(t *testing.T) {
	t.Helper()
	if err := r.r.Close(); err != nil {
		t.Error(err)
	}
}

// waits is a future of each kind that waits for the outside, and what ends the wait.
type waits struct {
	name string
	f    future.Future[future.Unit]
	end  func()
}

// unit returns f without its value.
func unit[T any](f future.Future[T]) future.Future[future.Unit] { return &unitOf[T]{f} }

type unitOf[T any] struct{ f future.Future[T] }

func (u *unitOf[T]) Poll(cx *waker.Context) future.Poll[future.Unit] {
	p := u.f.Poll(cx)
	if p.IsPending() {
		return future.Pending[future.Unit]()
	}
	return future.Done(future.Unit{}, p.Err())
}

func (u *unitOf[T]) Drop() { future.Drop(u.f) }

func everyKind(t *testing.T) []waits {
	t.Helper()
	l := listen(t, "tcp", "127.0.0.1:0")
	reads, writes := pair(t)
	full, drains := pair(t)
	limited, _ := pair(t)
	mustSet(t, limited.SetReadDeadline, time.Now().Add(time.Hour))
	late, _ := pair(t)
	timer, unset := new(reactor.Timer), new(reactor.Timer)
	timer.Reset(20 * time.Millisecond)
	interval, err := clock.NewInterval(20 * time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(interval.Stop)
	return []waits{
		{"listener", unit[*netio.Conn](future.Box(l.Accept())), func() { dial(t, l) }},
		{"read", unit[int](future.Box(reads.Read(make([]byte, 4)))), func() { must[int](t, future.Box(writes.WriteAll([]byte("x")))) }},
		{"write", unit[int](future.Box(full.WriteAll(make([]byte, 16<<20)))), func() {
			go future.BlockOn[int](&readAll{c: drains, left: 16 << 20})
		}},
		{"deadline moved", deadlineOf(limited), func() { mustSet(t, limited.SetReadDeadline, time.Now()) }},
		{"first deadline", deadlineOf(late), func() { mustSet(t, late.SetReadDeadline, time.Now()) }},
		{"timer", timer, func() {}},
		{"timer set later", unset, func() { unset.Reset(time.Millisecond) }},
		{"sleep", future.Box(clock.Sleep(20 * time.Millisecond)), func() {}},
		{"interval", unit[time.Time](interval), func() {}},
	}
}

// deadlineOf is ready when a read of c fails because of its deadline.
func deadlineOf(c *netio.Conn) future.Future[future.Unit] {
	read := c.Read(make([]byte, 1))
	return future.Func[future.Unit](func(cx *waker.Context) future.Poll[future.Unit] {
		p := read.Poll(cx)
		switch {
		case p.IsPending():
			return future.Pending[future.Unit]()
		case errors.Is(p.Err(), os.ErrDeadlineExceeded):
			return future.Ready(future.Unit{})
		}
		return future.Failed[future.Unit](errors.New("not the deadline"))
	})
}

// What has waited in a runtime that has ended goes on in the next, if it was there before
// the end of the first already, or comes there later.
func TestWaitingBeyondARuntime(t *testing.T) {
	for _, before := range []bool{true, false} {
		for _, k := range everyKind(t) {
			a := newRuntime(t)
			cx := waker.NewContext(waker.Noop(), a, nil)
			if k.f.Poll(&cx).IsReady() {
				t.Fatalf("%s: ready at once", k.name)
			}
			if !before {
				a.end(t)
			}
			waiting, p := start(t, k.f)
			if before {
				a.end(t)
			}
			for p.IsPending() && waiting.wasWoken() {
				p = k.f.Poll(&waiting.cx)
			}
			if p.IsPending() {
				k.end()
				if _, err := waiting.end(); err != nil {
					t.Errorf("%s, moved before the end %v: %v", k.name, before, err)
				}
			}
		}
	}
}

// A connection that waited in a runtime that has ended leaves nothing there, and can be
// closed.
func TestClosingBeyondARuntime(t *testing.T) {
	a := newRuntime(t)
	client, _ := pair(t)
	read := client.Read(make([]byte, 1))
	cx := waker.NewContext(waker.Noop(), a, nil)
	if read.Poll(&cx).IsReady() {
		t.Fatal("ready at once")
	}
	a.end(t)
	read.Drop()
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	if n := a.r.Sources(); n != 0 {
		t.Errorf("%d sources are left in the reactor", n)
	}
}
