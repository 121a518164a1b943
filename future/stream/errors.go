package stream

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// MapErr returns s with each error passed through fn, but for the end. It ends if fn returns
// [future.ErrEnd], and drops s then.
func MapErr[T any](s future.Stream[T], fn func(error) error) future.Stream[T] {
	mustHave(fn != nil, "MapErr", "func", aFunc)
	return &mappedErr[T]{on(s, "MapErr"), fn}
}

type mappedErr[T any] struct {
	over[T]
	fn func(error) error
}

func (m *mappedErr[T]) PollNext(cx *waker.Context) future.Poll[T] {
	p := m.next(cx)
	v, err := p.Result()
	if err == nil || err == future.ErrEnd {
		return p
	}
	if err = m.fn(err); err == future.ErrEnd {
		defer future.Discard(v)
		m.leave()
		return future.Failed[T](err)
	}
	return future.Done(v, err)
}

// UntilError returns s up to its first error, which is the last item. s is dropped when the end is told.
func UntilError[T any](s future.Stream[T]) future.Stream[T] {
	return &untilError[T]{over: on(s, "UntilError")}
}

type untilError[T any] struct {
	over[T]
	failed bool
}

func (u *untilError[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if u.failed && u.s != nil {
		u.leave()
	}
	p := u.next(cx)
	if err := p.Err(); err != nil && err != future.ErrEnd {
		u.failed = true
	}
	return p
}

// Results returns a stream that has no errors: each item is a value, with its error in it.
func Results[T any](s future.Stream[T]) future.Stream[future.Result[T]] {
	return &results[T]{on(s, "Results")}
}

type results[T any] struct{ over[T] }

func (r *results[T]) PollNext(cx *waker.Context) future.Poll[future.Result[T]] {
	p := r.next(cx)
	v, err := p.Result()
	switch {
	case p.IsPending():
		return future.Pending[future.Result[T]]()
	case err == future.ErrEnd:
		return future.Failed[future.Result[T]](err)
	}
	return future.Ready(future.Result[T]{Value: v, Err: err})
}

// CatchPanic returns s; if a poll of it panics, a [*future.PanicError] is the last item, and s is
// dropped.
func CatchPanic[T any](s future.Stream[T]) future.Stream[T] {
	return &caught[T]{on(s, "CatchPanic")}
}

type caught[T any] struct{ over[T] }

func (c *caught[T]) PollNext(cx *waker.Context) (p future.Poll[T]) {
	defer c.catch(&p)
	return c.next(cx)
}

// catch is deferred by PollNext.
func (c *caught[T]) catch(p *future.Poll[T]) {
	if v := recover(); v != nil {
		*p = future.Failed[T](future.Recovered(v))
		defer func() { _ = recover() }() // a panic of the Drop adds nothing
		c.leave()
	}
}

// Fuse returns s up to its first end: what is added to it later is not seen. s is dropped then.
func Fuse[T any](s future.Stream[T]) future.Stream[T] { return &fused[T]{on(s, "Fuse")} }

type fused[T any] struct{ over[T] }

func (f *fused[T]) PollNext(cx *waker.Context) future.Poll[T] {
	p := f.next(cx)
	if p.Err() == future.ErrEnd {
		f.leave()
	}
	return p
}
