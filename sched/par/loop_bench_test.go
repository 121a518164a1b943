package par_test

import (
	"fmt"
	"testing"

	"github.com/magpie-go/magpie/sched/par"
)

const million = 1_000_000

func numbers(n int) []uint64 {
	s := make([]uint64, n)
	for i := range s {
		s[i] = uint64(i)*0x9e3779b97f4a7c15 + 1
	}
	return s
}

var sink uint64

func plainSum(s []uint64) (sum uint64) {
	for _, v := range s {
		sum += v
	}
	return sum
}

func sumRange(w *par.Worker, s []uint64) uint64 {
	return par.ReduceRange(w, len(s), 0, func(_ *par.Worker, acc uint64, lo, hi int) uint64 {
		return acc + plainSum(s[lo:hi])
	}, func(a, b uint64) uint64 { return a + b })
}

func perItem(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/item")
}

// onWorkers runs a benchmark on runtimes of 1 and 2 workers.
func onWorkers(b *testing.B, f func(b *testing.B, w *par.Worker)) {
	for _, n := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", n), func(b *testing.B) {
			rt := newRuntime(b, n)
			par.On(rt).On(func(w *par.Worker) { f(b, w) })
		})
	}
}

func BenchmarkSum(b *testing.B) {
	s := numbers(10 * million)
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			sink = plainSum(s)
		}
		perItem(b, len(s))
	})
	for name, sum := range map[string]func(*par.Worker, []uint64) uint64{"Sum": par.Sum[uint64], "ReduceRange": sumRange} {
		b.Run(name, func(b *testing.B) {
			onWorkers(b, func(b *testing.B, w *par.Worker) {
				for b.Loop() {
					sink = sum(w, s)
				}
				perItem(b, len(s))
			})
		})
	}
}
