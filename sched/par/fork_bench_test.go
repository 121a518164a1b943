package par_test

import (
	"testing"

	"github.com/magpie-go/magpie/sched/par"
)

// BenchmarkFork is what a fork costs that nobody steals.
func BenchmarkFork(b *testing.B) {
	const n = 27
	par.Within(par.On(newRuntime(b, 1)), func(w *par.Worker) {
		forks := fib(w, n+1) - 1
		b.ReportAllocs()
		for b.Loop() {
			fib(w, n)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(forks), "ns/fork")
	})
}

// BenchmarkScope is a scope of 16 functions.
func BenchmarkScope(b *testing.B) {
	par.Within(par.On(newRuntime(b, 1)), func(w *par.Worker) {
		b.ReportAllocs()
		for b.Loop() {
			par.Scope(w, func(w *par.Worker, g *par.Group) {
				for i := range 16 {
					par.Fork(g, w, inc2, i)
				}
			})
		}
	})
}
