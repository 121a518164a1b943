package ongo

import (
	"slices"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/work"
)

// Fib computes fib(n) sequentially.
func Fib(n int) func(*measure.Run) {
	return func(r *measure.Run) {
		var got uint64
		rounds := r.Rounds(nil, func() { got = work.Fib(n) })
		measure.Check("fib", got, work.FibNumber(n))
		r.PerFork(rounds, work.Forks(n))
	}
}

// Sum adds up 10M numbers in a loop.
func Sum(r *measure.Run) {
	data := work.Random(work.Len)
	var got uint64
	rounds := r.Rounds(nil, func() { got = work.Sum(data) })
	measure.Check("the sum", got, work.Sum(data))
	r.Bandwidth(rounds, 8*work.Len)
}

// Quicksort sorts 10M numbers by the same algorithm as the parallel programs.
func Quicksort(r *measure.Run) { sort(r, work.Quicksort) }

// Libsort sorts them by slices.Sort.
func Libsort(r *measure.Run) { sort(r, slices.Sort) }

func sort(r *measure.Run, by func([]uint64)) {
	data := work.Random(work.Len)
	v := slices.Clone(data)
	r.Rounds(func() { copy(v, data) }, func() { by(v) })
	measure.Check("sorted", slices.IsSorted(v) && work.Sum(v) == work.Sum(data), true)
}

// Tree counts the nodes of a tree.
func Tree(t *work.Tree) func(*measure.Run) {
	return func(r *measure.Run) {
		var got int64
		r.Rounds(nil, func() { got = t.Count(t.Root()) })
		measure.Check("the count of nodes", got, t.Nodes)
		r.Emit("nodes", float64(got), "nodes")
	}
}

// Queens counts in how many ways 13 queens can be placed.
func Queens(r *measure.Run) {
	var got int64
	r.Rounds(nil, func() { got = work.Board{}.Count() })
	measure.Check("the number of placings", got, work.Placings)
}

// Mandelbrot draws a picture of the set, row by row.
func Mandelbrot(r *measure.Run) {
	p := new(work.Picture)
	r.Rounds(nil, p.Draw)
}
