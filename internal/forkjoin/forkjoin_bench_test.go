package forkjoin

import "testing"

func fib(w *Worker, n int) int {
	if n < 2 {
		return n
	}
	a, b := Call(w, fib, n-1, fib, n-2)
	return a + b
}

func fibSeq(n int) int {
	if n < 2 {
		return n
	}
	return fibSeq(n-1) + fibSeq(n-2)
}

func BenchmarkFork(b *testing.B) {
	w := NewDetached()
	const n = 30
	fib(w, n)
	b.ReportAllocs()
	for b.Loop() {
		fib(w, n)
	}
	forks := float64(fibSeq(n+1) - 1)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/forks, "ns/fork")
}
