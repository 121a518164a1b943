package stream

import (
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Take returns the first n items of s, those that failed among them. When their end is told s is
// dropped.
func Take[T any](s future.Stream[T], n int) future.Stream[T] {
	return &taken[T]{on(s, "Take"), notNegative(n, "Take")}
}

func notNegative(n int, who string) int {
	if n < 0 {
		panic(fmt.Sprintf("stream: %s of %d; pass 0 or more", who, n))
	}
	return n
}

type taken[T any] struct {
	over[T]
	left int
}

func (t *taken[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if t.left == 0 {
		t.leave()
	}
	p := t.next(cx)
	if p.IsReady() && p.Err() != future.ErrEnd {
		t.left--
	}
	return p
}

// Skip returns s without its first n values. Items that failed are not skipped, and not counted.
func Skip[T any](s future.Stream[T], n int) future.Stream[T] {
	return &skipped[T]{on(s, "Skip"), notNegative(n, "Skip")}
}

type skipped[T any] struct {
	over[T]
	left int
}

func (s *skipped[T]) PollNext(cx *waker.Context) future.Poll[T] {
	for {
		p := s.next(cx)
		v, err := p.Result()
		if s.left == 0 || p.IsPending() || err != nil {
			return p
		}
		s.left--
		future.Discard(v)
	}
}

// TakeWhile returns s up to the first value that more is not true for, which is discarded; s is
// dropped then.
func TakeWhile[T any](s future.Stream[T], more func(T) bool) future.Stream[T] {
	mustHave(more != nil, "TakeWhile", "func", aFunc)
	return &takenWhile[T]{on(s, "TakeWhile"), more}
}

type takenWhile[T any] struct {
	over[T]
	more func(T) bool
}

func (t *takenWhile[T]) PollNext(cx *waker.Context) future.Poll[T] {
	p := t.next(cx)
	v, err := p.Result()
	if p.IsPending() || err != nil || t.more(v) {
		return p
	}
	defer future.Discard(v)
	t.leave()
	return future.Failed[T](future.ErrEnd)
}

// MapWhile returns a stream of what fn makes of each value. It ends where fn says false; s is dropped
// then.
func MapWhile[A, B any](s future.Stream[A], fn func(A) (B, bool)) future.Stream[B] {
	mustHave(fn != nil, "MapWhile", "func", aFunc)
	return &mappedWhile[A, B]{on(s, "MapWhile"), fn}
}

type mappedWhile[A, B any] struct {
	over[A]
	fn func(A) (B, bool)
}

func (m *mappedWhile[A, B]) PollNext(cx *waker.Context) future.Poll[B] {
	p := m.next(cx)
	if p.IsPending() {
		return future.Pending[B]()
	}
	v, err := p.Result()
	if err != nil {
		return failed[B](v, err)
	}
	out, ok := m.fn(v)
	if !ok {
		m.leave()
		return future.Failed[B](future.ErrEnd)
	}
	return future.Ready(out)
}

// SkipWhile returns s from the first value on that skip is not true for. Those before are discarded;
// items that failed are not skipped.
func SkipWhile[T any](s future.Stream[T], skip func(T) bool) future.Stream[T] {
	mustHave(skip != nil, "SkipWhile", "func", aFunc)
	return &skippedWhile[T]{on(s, "SkipWhile"), skip}
}

type skippedWhile[T any] struct {
	over[T]
	skip func(T) bool // nil when nothing is skipped any more
}

func (s *skippedWhile[T]) PollNext(cx *waker.Context) future.Poll[T] {
	for {
		p := s.next(cx)
		v, err := p.Result()
		if s.skip == nil || p.IsPending() || err != nil {
			return p
		}
		if !s.skip(v) {
			s.skip = nil
			return p
		}
		future.Discard(v)
	}
}

// TakeUntil returns s until stop is ready: then s is dropped. What stop comes to is discarded; if it
// fails its error is the last item. stop is polled first.
func TakeUntil[T, U any](s future.Stream[T], stop future.Future[U]) future.Stream[T] {
	mustHave(stop != nil, "TakeUntil", "future", "a value that implements future.Future")
	return &takenUntil[T, U]{on(s, "TakeUntil"), stop}
}

type takenUntil[T, U any] struct {
	over[T]
	stop future.Future[U] // nil when s has ended, or has been left
}

func (t *takenUntil[T, U]) PollNext(cx *waker.Context) future.Poll[T] {
	if t.stop != nil {
		if p := t.stop.Poll(cx); p.IsReady() {
			t.stop = nil
			v, err := p.Result()
			defer future.Discard(v)
			t.leave()
			if err == nil {
				err = future.ErrEnd
			}
			return future.Failed[T](err)
		}
	}
	p := t.next(cx)
	if p.Err() == future.ErrEnd {
		t.s = nil
		t.dropStop()
	}
	return p
}

func (t *takenUntil[T, U]) dropStop() {
	stop := t.stop
	t.stop = nil
	future.Drop(stop)
}

func (t *takenUntil[T, U]) Drop() {
	defer t.dropStop()
	t.leave()
}

func (t *takenUntil[T, U]) Trace(tr *future.Tracer) { tr.Among("stream.TakeUntil", t.s, t.stop) }
