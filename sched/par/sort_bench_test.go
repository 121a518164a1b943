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

func random[E any](n int, f func(r *rand.Rand) E) []E {
	r := rand.New(rand.NewPCG(1, 2))
	s := make([]E, n)
	for i := range s {
		s[i] = f(r)
	}
	return s
}

func BenchmarkSortUint64(b *testing.B) { benchOrdered(b, xorshift(sortBenchLen)) }

func BenchmarkSortUint32(b *testing.B) {
	benchOrdered(b, random(sortBenchLen, (*rand.Rand).Uint32))
}

func BenchmarkSortInt32(b *testing.B) {
	benchOrdered(b, random(sortBenchLen, func(r *rand.Rand) int32 { return int32(r.Uint32()) }))
}

func BenchmarkSortFloat64(b *testing.B) {
	benchOrdered(b, random(sortBenchLen, (*rand.Rand).Float64))
}

func BenchmarkSortNormFloat64(b *testing.B) {
	benchOrdered(b, random(sortBenchLen, (*rand.Rand).NormFloat64))
}

func BenchmarkSortZipf(b *testing.B) {
	z := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.1, 1, 1<<40)
	benchOrdered(b, random(sortBenchLen, func(*rand.Rand) uint64 { return z.Uint64() }))
}

func BenchmarkSortFew(b *testing.B) {
	benchOrdered(b, random(sortBenchLen, func(r *rand.Rand) int { return r.IntN(1000) }))
}

func BenchmarkSortSorted(b *testing.B) {
	s := make([]int, sortBenchLen)
	for i := range s {
		s[i] = i
	}
	benchOrdered(b, s)
}

func BenchmarkSortLen(b *testing.B) {
	for _, n := range []int{100, 600, 1000, 3000, 10_000, 30_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchOrdered(b, xorshift(n)) })
	}
}

func BenchmarkSortStrings(b *testing.B) {
	benchOrdered(b, random(sortBenchLen/10, func(r *rand.Rand) string { return fmt.Sprintf("%x", r.Uint64()) }))
}

func BenchmarkSortFunc(b *testing.B) {
	benchSort(b, xorshift(sortBenchLen/4),
		func(s []uint64) { slices.SortFunc(s, cmp.Compare[uint64]) },
		func(w *par.Worker, s []uint64) { par.SortFunc(w, s, cmp.Compare[uint64]) })
}

func BenchmarkSortStableFunc(b *testing.B) {
	benchSort(b, xorshift(sortBenchLen/4),
		func(s []uint64) { slices.SortStableFunc(s, cmp.Compare[uint64]) },
		func(w *par.Worker, s []uint64) { par.SortStableFunc(w, s, cmp.Compare[uint64]) })
}
