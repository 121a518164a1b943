package stream

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Flatten returns the items of each stream of s, one stream after another.
func Flatten[T any](s future.Stream[future.Stream[T]]) future.Stream[T] {
	return &flattened[T]{over: on(s, "Flatten")}
}

// FlatMap is Flatten of the streams that fn makes of each value of s.
func FlatMap[A, B any](s future.Stream[A], fn func(A) future.Stream[B]) future.Stream[B] {
	return Flatten(Map(s, fn))
}

type flattened[T any] struct {
	over[future.Stream[T]]
	inner future.Stream[T] // nil between two
}

func (f *flattened[T]) PollNext(cx *waker.Context) future.Poll[T] {
	for {
		if f.inner == nil {
			p := f.next(cx)
			if p.IsPending() {
				return future.Pending[T]()
			}
			inner, err := p.Result()
			if err != nil {
				future.Drop(inner)
				return future.Failed[T](err)
			}
			mustHave(inner != nil, "Flatten", "stream among those of a stream", "one that implements future.Stream")
			f.inner = inner
		}
		if p := f.inner.PollNext(cx); p.Err() != future.ErrEnd {
			return p
		}
		f.inner = nil
	}
}

func (f *flattened[T]) Drop() {
	defer f.leave()
	inner := f.inner
	f.inner = nil
	future.Drop(inner)
}

func (f *flattened[T]) StopWaiting() {
	if f.inner != nil {
		future.StopWaiting(f.inner)
		return
	}
	f.over.StopWaiting()
}

func (f *flattened[T]) Trace(t *future.Tracer) {
	if f.inner != nil {
		t.Child(f.inner)
		return
	}
	f.over.Trace(t)
}

// FlattenUnordered returns the items of the streams of s as they come. Up to n streams are under way at
// a time: while there are so many s is not asked for more.
func FlattenUnordered[T any](s future.Stream[future.Stream[T]], n int) future.Stream[T] {
	atLeastOne(n, "FlattenUnordered")
	return &flattenedUnordered[T]{over: on(s, "FlattenUnordered"), n: n}
}

type flattenedUnordered[T any] struct {
	over[future.Stream[T]]
	set   Set[T]
	n     int
	ended bool
}

func (f *flattenedUnordered[T]) PollNext(cx *waker.Context) future.Poll[T] {
	f.set.StopWaiting() // a push would wake the task that asks
	for {
		for !f.ended && f.set.Len() < f.n {
			p := f.next(cx)
			if p.IsPending() {
				break
			}
			inner, err := p.Result()
			if f.ended = err == future.ErrEnd; f.ended {
				break
			}
			if err != nil {
				future.Drop(inner)
				return future.Failed[T](err)
			}
			mustHave(inner != nil, "FlattenUnordered", "stream among those of a stream", "one that implements future.Stream")
			f.set.Push(inner)
		}
		if f.ended {
			return f.set.PollNext(cx)
		}
		if f.set.Len() == 0 {
			return future.Pending[T]()
		}
		had := f.set.Len()
		if p := f.set.PollNext(cx); p.IsReady() && p.Err() != future.ErrEnd {
			return p
		}
		if f.set.Len() == had || had < f.n {
			return future.Pending[T]() // s has been asked since the last one ended
		}
	}
}

func (f *flattenedUnordered[T]) Drop() {
	f.ended = true
	defer f.leave()
	f.set.Drop()
}

func (f *flattenedUnordered[T]) StopWaiting() {
	f.over.StopWaiting()
	f.set.StopWaiting()
}

func (f *flattenedUnordered[T]) Trace(t *future.Tracer) {
	t.Among("stream.FlattenUnordered", f.s, &f.set)
}
