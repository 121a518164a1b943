package stream

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Then returns a stream of what the futures come to that fn makes of each value, one after another: s
// is asked for the next value when the future has ended. For several at a time see [Buffered].
func Then[A, B any](s future.Stream[A], fn func(A) future.Future[B]) future.Stream[B] {
	mustHave(fn != nil, "Then", "func", aFunc)
	return &followed[A, B]{over: on(s, "Then"), fn: fn}
}

type followed[A, B any] struct {
	over[A]
	fn func(A) future.Future[B]
	f  future.Future[B] // nil between two
}

func (t *followed[A, B]) PollNext(cx *waker.Context) future.Poll[B] {
	if t.f == nil {
		p := t.next(cx)
		if p.IsPending() {
			return future.Pending[B]()
		}
		v, err := p.Result()
		if err != nil {
			return failed[B](v, err)
		}
		f := t.fn(v)
		mustHave(f != nil, "Then", "future from its func", "back a value that implements future.Future")
		t.f = f
	}
	p := t.f.Poll(cx)
	if p.IsReady() {
		t.f = nil
	}
	return p
}

func (t *followed[A, B]) Drop() {
	defer t.leave()
	f := t.f
	t.f = nil
	future.Drop(f)
}

func (t *followed[A, B]) Trace(tr *future.Tracer) {
	if t.f != nil {
		tr.Child(t.f)
		return
	}
	t.over.Trace(tr)
}

// Buffered returns what the futures of s come to, in their order. Up to n of them are under way, or
// wait for their turn, at a time: while there are so many s is not asked for more. An item of s that
// failed takes its place among them. To run them on several workers let them be tasks: Map with spawn.
func Buffered[T any](s future.Stream[future.Future[T]], n int) future.Stream[T] {
	atLeastOne(n, "Buffered")
	return &buffered[T]{over: on(s, "Buffered"), n: n}
}

type buffered[T any] struct {
	over[future.Future[T]]
	set   future.Ordered[T]
	n     int
	ended bool
}

func (b *buffered[T]) PollNext(cx *waker.Context) future.Poll[T] {
	b.set.StopWaiting() // a push would wake the task that asks
	for !b.ended && b.set.Len() < b.n {
		p := b.next(cx)
		if p.IsPending() {
			break
		}
		f, err := p.Result()
		if b.ended = err == future.ErrEnd; b.ended {
			break
		}
		if err != nil {
			future.Drop(f)
			f = future.Fail[T](err)
		}
		b.set.Push(f)
	}
	if !b.ended && b.set.Len() == 0 {
		return future.Pending[T]()
	}
	return b.set.PollNext(cx)
}

func (b *buffered[T]) Drop() {
	b.ended = true
	defer b.leave()
	b.set.Drop()
}

func (b *buffered[T]) StopWaiting() {
	b.over.StopWaiting()
	b.set.StopWaiting()
}

func (b *buffered[T]) Trace(t *future.Tracer) { t.Among("stream.Buffered", b.s, &b.set) }

// BufferUnordered returns what the futures of s come to, in the order in which they end. Up to n of
// them are under way at a time. An item of s that failed is handed on at once.
func BufferUnordered[T any](s future.Stream[future.Future[T]], n int) future.Stream[T] {
	atLeastOne(n, "BufferUnordered")
	return &unordered[T]{over: on(s, "BufferUnordered"), n: n}
}

type unordered[T any] struct {
	over[future.Future[T]]
	set   future.Unordered[T]
	n     int
	ended bool
}

func (u *unordered[T]) PollNext(cx *waker.Context) future.Poll[T] {
	u.set.StopWaiting() // a push would wake the task that asks
	for !u.ended && u.set.Len() < u.n {
		p := u.next(cx)
		if p.IsPending() {
			break
		}
		f, err := p.Result()
		if u.ended = err == future.ErrEnd; u.ended {
			break
		}
		if err != nil {
			future.Drop(f)
			return future.Failed[T](err)
		}
		u.set.Push(f)
	}
	if !u.ended && u.set.Len() == 0 {
		return future.Pending[T]()
	}
	return u.set.PollNext(cx)
}

func (u *unordered[T]) Drop() {
	u.ended = true
	defer u.leave()
	u.set.Drop()
}

func (u *unordered[T]) StopWaiting() {
	u.over.StopWaiting()
	u.set.StopWaiting()
}

func (u *unordered[T]) Trace(t *future.Tracer) { t.Among("stream.BufferUnordered", u.s, &u.set) }
