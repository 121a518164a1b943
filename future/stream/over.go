package stream

import (
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// over is what streams over another one have in common: to drop one drops the one below, and so on.
type over[A any] struct {
	s future.Stream[A] // nil when it has been left before its end, or dropped
}

func on[A any](s future.Stream[A], who string) over[A] {
	mustHave(s != nil, who, "stream", "a value that implements future.Stream")
	return over[A]{s}
}

// next polls the stream below.
func (o *over[A]) next(cx *waker.Context) future.Poll[A] {
	if o.s == nil {
		return end[A](cx)
	}
	return o.s.PollNext(cx)
}

// leave drops the stream below: nothing more is wanted of it.
func (o *over[A]) leave() {
	s := o.s
	o.s = nil
	future.Drop(s)
}

// Drop implements future.Dropper.
func (o *over[A]) Drop() { o.leave() }

// StopWaiting implements future.Pauser.
func (o *over[A]) StopWaiting() { future.StopWaiting(o.s) }

// Trace implements future.Traced.
func (o *over[A]) Trace(t *future.Tracer) { t.Child(o.s) }

// end tells the end of a stream, when the one below does not.
func end[T any](cx *waker.Context) future.Poll[T] {
	if !cx.Spend() {
		return future.Pending[T]()
	}
	return future.Failed[T](future.ErrEnd)
}

// failed hands an error on in a stream of other values.
func failed[B, A any](v A, err error) future.Poll[B] {
	if err != future.ErrEnd {
		future.Discard(v)
	}
	return future.Failed[B](err)
}

const aFunc = "a non-nil func"

func mustHave(present bool, who, what, accepted string) {
	if !present {
		panic("stream: " + who + ": nil " + what + "; pass " + accepted)
	}
}

func atLeastOne(n int, who string) {
	if n < 1 {
		panic(fmt.Sprintf("stream: %s of %d; pass 1 or more", who, n))
	}
}
