package stream

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Map returns a stream of what fn makes of each value.
func Map[A, B any](s future.Stream[A], fn func(A) B) future.Stream[B] {
	mustHave(fn != nil, "Map", "func", aFunc)
	return &mapped[A, B]{on(s, "Map"), fn}
}

type mapped[A, B any] struct {
	over[A]
	fn func(A) B
}

func (m *mapped[A, B]) PollNext(cx *waker.Context) future.Poll[B] {
	p := m.next(cx)
	if p.IsPending() {
		return future.Pending[B]()
	}
	v, err := p.Result()
	if err != nil {
		return failed[B](v, err)
	}
	return future.Ready(m.fn(v))
}

// Filter returns a stream of the values that keep is true for. The others are discarded.
func Filter[T any](s future.Stream[T], keep func(T) bool) future.Stream[T] {
	mustHave(keep != nil, "Filter", "func", aFunc)
	return &filtered[T]{on(s, "Filter"), keep}
}

type filtered[T any] struct {
	over[T]
	keep func(T) bool
}

func (f *filtered[T]) PollNext(cx *waker.Context) future.Poll[T] {
	for {
		p := f.next(cx)
		v, err := p.Result()
		if p.IsPending() || err != nil || f.keep(v) {
			return p
		}
		future.Discard(v)
	}
}

// FilterMap returns a stream of what fn makes of each value, but for those where it says false.
func FilterMap[A, B any](s future.Stream[A], fn func(A) (B, bool)) future.Stream[B] {
	mustHave(fn != nil, "FilterMap", "func", aFunc)
	return &filterMapped[A, B]{on(s, "FilterMap"), fn}
}

type filterMapped[A, B any] struct {
	over[A]
	fn func(A) (B, bool)
}

func (f *filterMapped[A, B]) PollNext(cx *waker.Context) future.Poll[B] {
	for {
		p := f.next(cx)
		if p.IsPending() {
			return future.Pending[B]()
		}
		v, err := p.Result()
		if err != nil {
			return failed[B](v, err)
		}
		if out, ok := f.fn(v); ok {
			return future.Ready(out)
		}
	}
}

// Scan returns a stream of what fn makes of each value and of a state, which it may change. It ends
// where fn says false, and drops s then. The state is not discarded.
func Scan[S, A, B any](s future.Stream[A], state S, fn func(state *S, v A) (B, bool)) future.Stream[B] {
	mustHave(fn != nil, "Scan", "func", aFunc)
	return &scanned[S, A, B]{on(s, "Scan"), state, fn}
}

type scanned[S, A, B any] struct {
	over[A]
	state S
	fn    func(*S, A) (B, bool)
}

func (s *scanned[S, A, B]) PollNext(cx *waker.Context) future.Poll[B] {
	p := s.next(cx)
	if p.IsPending() {
		return future.Pending[B]()
	}
	v, err := p.Result()
	if err != nil {
		return failed[B](v, err)
	}
	out, ok := s.fn(&s.state, v)
	if !ok {
		s.leave()
		return future.Failed[B](future.ErrEnd)
	}
	return future.Ready(out)
}

// Enumerate returns a stream of pairs of a number, from 0, and a value.
func Enumerate[T any](s future.Stream[T]) future.Stream[future.Pair[int, T]] {
	return &enumerated[T]{over: on(s, "Enumerate")}
}

type enumerated[T any] struct {
	over[T]
	n int
}

func (e *enumerated[T]) PollNext(cx *waker.Context) future.Poll[future.Pair[int, T]] {
	p := e.next(cx)
	if p.IsPending() {
		return future.Pending[future.Pair[int, T]]()
	}
	v, err := p.Result()
	if err != nil {
		return failed[future.Pair[int, T]](v, err)
	}
	e.n++
	return future.Ready(future.Pair[int, T]{First: e.n - 1, Second: v})
}

// Inspect returns s, and shows each item to fn before it is handed on: values and errors, and not the
// end.
func Inspect[T any](s future.Stream[T], fn func(v T, err error)) future.Stream[T] {
	mustHave(fn != nil, "Inspect", "func", aFunc)
	return &inspected[T]{on(s, "Inspect"), fn}
}

type inspected[T any] struct {
	over[T]
	fn func(T, error)
}

func (i *inspected[T]) PollNext(cx *waker.Context) future.Poll[T] {
	p := i.next(cx)
	if v, err := p.Result(); p.IsReady() && err != future.ErrEnd {
		i.fn(v, err)
	}
	return p
}
