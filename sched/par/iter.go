package par

import (
	"fmt"
	"iter"
	"math"
	"time"
)

// Iter is a lazy sequence whose steps run in parallel: [Slice], [Range], [Seq] or [SeqN] makes one,
// Filter and [Mapped] lead from one to the next, and nothing runs before Collect, Count,
// ForEach or [Fold] is called, with a Worker. Results are in the order of the source, and the
// functions given are called once for each element that comes to them, by several workers at
// once and in any order.
//
//	squares := par.Mapped(par.Range(0, 1000).Filter(odd), square).Collect(w)
//
// Steps are fused: an element is pushed through all of them, by a call each, and no slice is
// made between two. Each step allocates a closure for every 10 µs or so of work. An Iter may
// be used many times, and by many goroutines if its source may. The zero value is empty.
type Iter[T any] struct {
	// rounds calls run with the elements, part by part.
	rounds func(run func(r round[T]))
	exact  bool // one round, in which each index has one element
}

func (it Iter[T]) each(run func(r round[T])) {
	if it.rounds != nil {
		it.rounds(run)
	}
}

// round is a part of a sequence, whose elements stand at indices from 0 to n-1.
type round[T any] struct {
	n    int
	push push[T]
}

// push gives the elements that stand at [lo, hi) to yield.
type push[T any] func(lo, hi int, yield func(v T))

// Slice is the sequence of the elements of s.
func Slice[T any](s []T) Iter[T] { return one(overSlice(s)) }

func overSlice[T any](s []T) round[T] {
	return round[T]{len(s), func(lo, hi int, yield func(T)) {
		for _, v := range s[lo:hi] {
			yield(v)
		}
	}}
}

// Range is the sequence of the integers from lo to hi-1. It panics if they are more than an
// int counts.
func Range(lo, hi int) Iter[int] {
	n := max(lo, hi) - lo
	if n < 0 {
		panic(fmt.Sprintf("par: Range(%d, %d) has %d integers, more than the %d that an int counts; split it", lo, hi, uint(n), math.MaxInt))
	}
	return one(round[int]{n, func(from, to int, yield func(int)) {
		for i := lo + from; i < lo+to; i++ {
			yield(i)
		}
	}})
}

func one[T any](r round[T]) Iter[T] {
	return Iter[T]{func(run func(round[T])) { run(r) }, true}
}

// Mapped is the sequence of f of each element of it.
func Mapped[A, B any](it Iter[A], f func(v A) B) Iter[B] {
	return step(it, it.exact, func(yield func(B)) func(A) {
		return func(v A) { yield(f(v)) }
	})
}

// Filter is the sequence of the elements that keep is true for.
func (it Iter[T]) Filter(keep func(v T) bool) Iter[T] {
	return step(it, false, func(yield func(T)) func(T) {
		return func(v T) {
			if keep(v) {
				yield(v)
			}
		}
	})
}

// step is it with one more step: into makes of a function for its results one for what comes
// to it.
func step[A, B any](it Iter[A], exact bool, into func(yield func(B)) func(A)) Iter[B] {
	rounds := func(run func(round[B])) {
		it.each(func(r round[A]) {
			run(round[B]{r.n, func(lo, hi int, yield func(B)) { r.push(lo, hi, into(yield)) }})
		})
	}
	return Iter[B]{rounds, exact}
}

const (
	firstBatch = 16
	largeBatch = 1 << 16 // elements, though they be cheap
	longBatch  = time.Millisecond
)

// Seq is the sequence of what seq yields. The caller of Collect, Count, ForEach or Fold
// iterates over seq, on its own goroutine, and collects a batch of elements; the steps that
// follow are run on a batch in parallel, while seq waits. A batch grows until it takes a
// millisecond. So it pays where an element costs more in those steps than in seq. It allocates
// a slice for the batches.
//
// An element is handled when its batch is full or seq has ended: a seq that waits for what
// becomes of its elements would wait for ever, and is for [SeqN].
func Seq[T any](seq iter.Seq[T]) Iter[T] { return batched(seq, firstBatch, largeBatch) }

// SeqN is [Seq] with batches of n elements. With 1 each element is handled before seq is asked
// for the next, as a seq must have it that waits for what becomes of its elements, or is a list
// of work to which the steps add. It panics if n is less than 1.
func SeqN[T any](seq iter.Seq[T], n int) Iter[T] {
	if n < 1 {
		panic(fmt.Sprintf("par: SeqN with batches of %d elements; they must be at least 1", n))
	}
	return batched(seq, n, n)
}

func batched[T any](seq iter.Seq[T], first, largest int) Iter[T] {
	return Iter[T]{rounds: func(run func(round[T])) {
		size := first
		batch := make([]T, 0, min(size, largeBatch))
		flush := func() {
			began := now()
			run(overSlice(batch))
			if len(batch) == size && size < largest && now()-began < longBatch {
				size *= 4
			}
			clear(batch)
			batch = batch[:0]
		}
		for v := range seq {
			if batch = append(batch, v); len(batch) == size {
				flush()
			}
		}
		flush()
	}}
}
