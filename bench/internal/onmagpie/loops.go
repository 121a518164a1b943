package onmagpie

import (
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/work"
	"github.com/magpie-go/magpie/sched/par"
)

// Sum adds up 10M numbers.
func Sum(workers int) func(*measure.Run) {
	return func(r *measure.Run) {
		data := work.Random(work.Len)
		var got uint64
		rounds := compute(r, workers, nil, func(w *par.Worker) { got = par.Sum(w, data) })
		measure.Check("the sum", got, work.Sum(data))
		r.Bandwidth(rounds, 8*work.Len)
	}
}

// Reduce adds them up by the loop that a user would write, with no more than the compiler
// makes of it.
func Reduce(workers int) func(*measure.Run) {
	return func(r *measure.Run) {
		data := work.Random(work.Len)
		var got uint64
		rounds := compute(r, workers, nil, func(w *par.Worker) {
			got = par.ReduceRange(w, len(data), 0,
				func(_ *par.Worker, sum uint64, lo, hi int) uint64 { return sum + work.Sum(data[lo:hi]) },
				func(a, b uint64) uint64 { return a + b })
		})
		measure.Check("the sum", got, work.Sum(data))
		r.Bandwidth(rounds, 8*work.Len)
	}
}

// Libsort sorts 10M numbers by par.Sort.
func Libsort(workers int) func(*measure.Run) { return sorting(workers, par.Sort[uint64]) }

// Mandelbrot draws a picture of the set, a row each iteration.
func Mandelbrot(workers int) func(*measure.Run) {
	return func(r *measure.Run) {
		p, want := new(work.Picture), new(work.Picture)
		want.Draw()
		compute(r, workers, func() { *p = work.Picture{} }, func(w *par.Worker) {
			par.For(w, work.Size, func(y int) { work.Row(y, p[y][:]) })
		})
		measure.Check("the picture is right", *p == *want, true)
	}
}
