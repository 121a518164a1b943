package par_test

import (
	"context"
	"testing"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
)

func newRuntime(tb testing.TB, workers int) *sched.Runtime {
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := rt.Shutdown(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return rt
}

func fib(w *par.Worker, n int) int {
	if n < 2 {
		return n
	}
	x, y := par.Call(w, fib, n-1, fib, n-2)
	return x + y
}

func fibSeq(n int) int {
	if n < 2 {
		return n
	}
	return fibSeq(n-1) + fibSeq(n-2)
}

func callFib(w *par.Worker, n int) int {
	x, y := par.Call(w, fib, n-1, fib, n-2)
	return x + y
}

func benchFib(b *testing.B, workers int) {
	rt := newRuntime(b, workers)
	const n = 35
	callFib(par.On(rt), n)
	for b.Loop() {
		callFib(par.On(rt), n)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(fibSeq(n+1)-1), "ns/fork")
	b.Log(rt.Metrics().Jobs)
}

func BenchmarkFib1(b *testing.B) { benchFib(b, 1) }
func BenchmarkFib2(b *testing.B) { benchFib(b, 2) }

func TestFib(t *testing.T) {
	for _, n := range []int{1, 2, 8} {
		rt := newRuntime(t, n)
		for range 20 {
			if got := callFib(par.On(rt), 20); got != 6765 {
				t.Fatal(got)
			}
		}
	}
}
