package sched

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Joined is what a task has come to, and which one it was.
type Joined[K comparable, T any] struct {
	Key   K
	Value T
}

// EmptyOp is what the Shutdown of a [JoinSet], a [JoinMap] and a [JoinQueue] returns: it waits until no task
// is left.
type EmptyOp[T any] struct{ of tasks[T] }

// tasks is a set of them.
type tasks[T any] interface {
	future.Stream[T]
	Len() int
}

// Poll implements future.Future.
func (o *EmptyOp[T]) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if o.of == nil {
		panic("sched: poll of a Shutdown that is over, or of a zero EmptyOp; JoinSet.Shutdown and its like make one")
	}
	for {
		empty := o.of.Len() == 0 // not told by future.ErrEnd, which a task may have come to
		if o.of.PollNext(cx).IsPending() {
			return future.Pending[future.Unit]()
		}
		if empty {
			o.of = nil
			return future.Ready(future.Unit{})
		}
	}
}

// Drop implements future.Dropper: it ends the wait.
func (o *EmptyOp[T]) Drop() {
	if o.of != nil {
		future.StopWaiting(o.of)
		o.of = nil
	}
}

// Await waits, see [future.Await].
func (o EmptyOp[T]) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, o) }

// AbortOnDropOp is a wait for a task that ends the task when it is given up: what [JoinHandle.AbortOnDrop]
// returns. As part of a select or a timeout it has the task end with them.
type AbortOnDropOp[T any] struct{ join JoinOp[T] }

// AbortOnDrop returns an operation that waits for the task's end, as Join does, and aborts the task if it is
// dropped before. It allocates nothing. An AbortOnDropOp that is let go, without a Drop, lets the task run on.
func (j JoinHandle[T]) AbortOnDrop() AbortOnDropOp[T] { return AbortOnDropOp[T]{j.Join()} }

// Poll implements future.Future.
func (o *AbortOnDropOp[T]) Poll(cx *waker.Context) future.Poll[T] { return o.join.Poll(cx) }

// Drop implements future.Dropper: it ends the wait and aborts the task.
func (o *AbortOnDropOp[T]) Drop() {
	if o.join.t != nil {
		o.Detach().Abort()
	}
}

// Detach ends the wait, lets the task run on, and returns its handle.
func (o *AbortOnDropOp[T]) Detach() JoinHandle[T] {
	j := JoinHandle[T]{o.join.t}
	j.mustBe()
	o.join.Drop()
	o.join.t = nil
	return j
}

// Await waits for the task's end, see [future.Await].
func (o AbortOnDropOp[T]) Await(co *future.Co) (T, error) { return future.AwaitOp(co, o) }
