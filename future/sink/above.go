package sink

import (
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// above is what sinks over another one have in common: to drop one drops the one below, and so on.
type above[A any] struct{ s Sink[A] }

func on[A any](s Sink[A], who string) above[A] {
	mustHave(s != nil, who, "Sink", aSink)
	return above[A]{s}
}

// PollFlush implements Sink.
func (a *above[A]) PollFlush(cx *waker.Context) future.Poll[future.Unit] { return a.s.PollFlush(cx) }

// PollClose implements Sink.
func (a *above[A]) PollClose(cx *waker.Context) future.Poll[future.Unit] { return a.s.PollClose(cx) }

// Drop implements future.Dropper.
func (a *above[A]) Drop() {
	s := a.s
	a.s = gone[A]{}
	drop(s)
}

// drop gives up a sink that is owned. One that only borrows, as frames for a connection do, has nothing to be dropped, but may have left
// a waker there.
func drop[T any](s Sink[T]) {
	defer future.Drop(s)
	StopSending(s)
}

// StopSending implements Pauser.
func (a *above[A]) StopSending() { StopSending(a.s) }

// Trace implements future.Traced.
func (a *above[A]) Trace(t *future.Tracer) { t.Child(a.s) }

// dropped reports whether it was.
func (a *above[A]) dropped() bool {
	_, is := a.s.(gone[A])
	return is
}

// gone is below a sink that was dropped.
type gone[T any] struct{}

func (gone[T]) PollReady(cx *waker.Context) future.Poll[future.Unit] { return failed(cx) }
func (gone[T]) Put(T) error                                          { return future.ErrClosed }
func (gone[T]) PollFlush(cx *waker.Context) future.Poll[future.Unit] { return failed(cx) }
func (gone[T]) PollClose(cx *waker.Context) future.Poll[future.Unit] { return failed(cx) }

func failed(cx *waker.Context) future.Poll[future.Unit] {
	if !cx.Spend() {
		return future.Pending[future.Unit]()
	}
	return future.Failed[future.Unit](future.ErrClosed)
}

// done is the answer of what had nothing to do.
func done() future.Poll[future.Unit] { return future.Ready(future.Unit{}) }

const (
	aFunc   = "a non-nil func"
	aSink   = "a value that implements sink.Sink"
	aStream = "a value that implements future.Stream"
)

func mustHave(present bool, who, what, accepted string) {
	if !present {
		panic("sink: " + who + ": nil " + what + "; pass " + accepted)
	}
}

func notNegative(n int, who string) int {
	if n < 0 {
		panic(fmt.Sprintf("sink: %s of %d; pass 0 or more", who, n))
	}
	return n
}

// mustBeReady panics for a Put into a sink that has no room.
func mustBeReady(ready bool, who string) {
	if !ready {
		panic("sink: Put into a " + who + " that has no room: PollReady must be ready before each Put")
	}
}
