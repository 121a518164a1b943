package par_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/sched/par"
)

const sortBenchLen = 10_000_000

// xorshift is what the peer programs sort.
func xorshift(n int) []uint64 {
	s, x := make([]uint64, n), uint64(0x9e3779b97f4a7c15)
	for i := range s {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		s[i] = x
	}
	return s
}

// benchSort sorts copies of data by slices, and by par on one worker and on two.
func benchSort[E any](b *testing.B, data []E, std func([]E), ours func(*par.Worker, []E)) {
	s := make([]E, len(data))
	run := func(b *testing.B, f func()) {
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			copy(s, data)
			b.StartTimer()
			f()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(s)), "ns/element")
	}
	b.Run("slices", func(b *testing.B) { run(b, func() { std(s) }) })
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("par-%dw", workers), func(b *testing.B) {
			w := par.On(newRuntime(b, workers))
			run(b, func() { ours(w, s) })
		})
	}
}

func benchOrdered[E cmp.Ordered](b *testing.B, data []E) {
	benchSort(b, data, slices.Sort[[]E], par.Sort[E])
}

func BenchmarkSortUint64(b *testing.B) { benchOrdered(b, xorshift(sortBenchLen)) }

func benchMade[E cmp.Ordered](b *testing.B, n int, f func(r *rand.Rand) E) {
	r := rand.New(rand.NewPCG(1, 2))
	s := make([]E, n)
	for i := range s {
		s[i] = f(r)
	}
	benchOrdered(b, s)
}

func BenchmarkSortUint32(b *testing.B) { benchMade(b, sortBenchLen, (*rand.Rand).Uint32) }

func BenchmarkSortFloat64(b *testing.B) { benchMade(b, sortBenchLen, (*rand.Rand).Float64) }
