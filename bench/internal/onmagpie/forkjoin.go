package onmagpie

import (
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/work"
	"github.com/magpie-go/magpie/sched/par"
)

func fib(w *par.Worker, n int) uint64 {
	if n < 2 {
		return uint64(n)
	}
	a, b := par.Call(w, fib, n-1, fib, n-2)
	return a + b
}

// fibJoin is fib by closures.
func fibJoin(w *par.Worker, n int) uint64 {
	if n < 2 {
		return uint64(n)
	}
	var a, b uint64
	par.Join(w,
		func(w *par.Worker) { a = fibJoin(w, n-1) },
		func(w *par.Worker) { b = fibJoin(w, n-2) })
	return a + b
}

// Fib computes fib(n), each call forked.
func Fib(n, workers int) func(*measure.Run) { return forking(fib, n, workers) }

// JoinClosures computes fib(n) by closures.
func JoinClosures(n, workers int) func(*measure.Run) { return forking(fibJoin, n, workers) }

func forking(fib func(*par.Worker, int) uint64, n, workers int) func(*measure.Run) {
	return func(r *measure.Run) {
		w := par.On(newRuntime(r, workers))
		var got uint64
		round := func() { got = fib(w, n) }
		rounds := r.Rounds(nil, round)
		measure.Check("fib", got, work.FibNumber(n))
		r.PerFork(rounds, work.Forks(n))
		r.Allocs(work.Forks(n), round)
	}
}
