package stream

import (
	"iter"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Range goes through the items of s in an async function, waiting for each:
//
//	for line, err := range stream.Range(co, lines) {
//
// It takes s over: a loop that is left early drops it. A function with such a loop is not compiled by
// asyncgen: for that write the loop with [future.Next].
func Range[T any](co *future.Co, s future.Stream[T]) iter.Seq2[T, error] {
	mustHave(s != nil, "Range", "stream", "a value that implements future.Stream")
	return items(s, func() (T, error) { return future.Next(s).Await(co) })
}

// Seq goes through the items of s in a goroutine, which sleeps until there is one. On a worker of a
// runtime it has one item, [future.ErrOnWorker], if it would have to. It takes s over: a loop that is
// left early drops it. Each item takes the allocations of a [future.BlockOn].
func Seq[T any](s future.Stream[T]) iter.Seq2[T, error] {
	mustHave(s != nil, "Seq", "stream", "a value that implements future.Stream")
	return items(s, func() (T, error) { return future.BlockOn(future.Box(future.Next(s))) })
}

func items[T any](s future.Stream[T], next func() (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ended := false
		defer func() {
			if !ended {
				future.Drop(s)
			}
		}()
		for {
			v, err := next()
			if err == future.ErrEnd {
				ended = true
				return
			}
			if !yield(v, err) || err == future.ErrOnWorker {
				return
			}
		}
	}
}

// FromSeq returns a stream of what seq yields. seq runs on a goroutine of its own, as a
// [future.Generator] does: it must not block, the task stays on its worker once it was polled, and a
// stream that is given up before its end must be dropped. A panic of seq becomes one of the poll.
func FromSeq[T any](seq iter.Seq[T]) future.Stream[T] {
	mustHave(seq != nil, "FromSeq", "iterator", "an iter.Seq that is a func")
	return generated(func(y *future.Yielder[future.Poll[T]]) {
		for v := range seq {
			y.Yield(future.Ready(v))
		}
	})
}

// FromSeq2 is [FromSeq] for values that come with an error, or nil.
func FromSeq2[T any](seq iter.Seq2[T, error]) future.Stream[T] {
	mustHave(seq != nil, "FromSeq2", "iterator", "an iter.Seq2 that is a func")
	return generated(func(y *future.Yielder[future.Poll[T]]) {
		for v, err := range seq {
			y.Yield(future.Done(v, err))
		}
	})
}

func generated[T any](body func(*future.Yielder[future.Poll[T]])) future.Stream[T] {
	return &generator[T]{future.NewGenerator(func(y *future.Yielder[future.Poll[T]]) future.Unit {
		body(y)
		return future.Unit{}
	})}
}

type generator[T any] struct {
	g *future.Generator[future.Poll[T], future.Unit] // nil after its end
}

func (g *generator[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if g.g == nil {
		return end[T](cx)
	}
	if !cx.Spend() {
		return future.Pending[T]()
	}
	running := g.g
	g.g = nil // it may panic
	item, ok := running.Resume().Yielded()
	if !ok {
		return future.Failed[T](future.ErrEnd)
	}
	g.g = running
	return item
}

func (g *generator[T]) Drop() {
	if running := g.g; running != nil {
		g.g = nil
		running.Close()
	}
}
