package future

import (
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/waker"
)

// Stream is values that come one after another. T is what each is.
//
// PollNext is to a stream what Poll is to a future. It never blocks, and returns Pending once it has
// seen to it that cx.Waker() is woken when another poll is worth it. Else it is Ready:
//
//   - with a value: that is the next one, and belongs to the caller;
//   - with [ErrEnd], bare: there are no more values. Polled again it says so again, and waits for
//     nothing: a stream is fused. What can be added to, such as an [Unordered], goes on when
//     something is;
//   - with another error: this item has failed, and others may follow. A value beside the error is
//     the caller's as well. A stream that cannot go on after an error ends next.
//
// What is ready takes one operation off the budget of the poll ([waker.Context.Spend]), and its
// source spends it: a combinator does not.
//
// A stream belongs to one task, and so does each wait for it. Who owns it and abandons it before its
// end calls [Drop], which discards what has come and nobody has taken. Drop after the end does
// nothing. Combinators own the streams that they are given.
//
// [Next] waits for one value. Package stream has what is done with streams.
type Stream[T any] interface {
	PollNext(cx *waker.Context) Poll[T]
}

// Pauser is a stream that holds something for as long as its next value is waited for: a waker, a place
// in a line. StopWaiting gives that back. The stream keeps its values and can be polled again. A
// stream that consists of others passes it on to them, with the function [StopWaiting].
type Pauser interface {
	StopWaiting()
}

// StopWaiting ends the wait for the next value of a stream that was Pending and is not dropped. It does
// nothing for one that is no [Pauser], which may wake the waker that it was polled with once more.
func StopWaiting(s any) {
	if p, ok := s.(Pauser); ok {
		p.StopWaiting()
	}
}

// Next returns an operation that waits for the next value of s, and comes to it; or to [ErrEnd] if
// there are no more:
//
//	for {
//		v, err := future.Next(s).Await(co)
//		if err == future.ErrEnd {
//			break
//		}
//		...
//	}
//
// It borrows s. Dropped, it ends the wait and loses nothing: the value comes to the next one. One at a
// time waits. It allocates nothing.
func Next[T any](s Stream[T]) NextOp[T] {
	notNil(s != nil, "Next", "stream", "a value that implements Stream")
	return NextOp[T]{s}
}

// NextOp is the wait for the next of several values, which [Next] returns.
type NextOp[T any] struct{ s Stream[T] }

// Poll implements Future.
func (o *NextOp[T]) Poll(cx *waker.Context) Poll[T] {
	if o == nil || o.s == nil {
		panic("future: NextOp polled after Ready (or after Drop), or a zero one: make one for each value")
	}
	p := o.s.PollNext(cx)
	if p.ready {
		o.s = nil
	}
	return p
}

// Drop implements Dropper: it ends the wait, and leaves the stream as it is.
func (o *NextOp[T]) Drop() {
	if s := o.s; s != nil {
		o.s = nil
		StopWaiting(s)
	}
}

// Await waits for it, see [Await].
func (o NextOp[T]) Await(co *Co) (T, error) { return AwaitOp(co, o) }

// Name returns what the wait is called in reports.
func (o *NextOp[T]) Name() string { return origin.Name(o.s) }
