package par_test

import (
	"fmt"
	"slices"
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

// plainSum is not inlined: how the loop is aligned makes twice the difference.
//
//go:noinline
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
			par.Within(par.On(rt), func(w *par.Worker) { f(b, w) })
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
	sums := func(name string, sum func(*par.Worker, []uint64) uint64) {
		b.Run(name, func(b *testing.B) {
			onWorkers(b, func(b *testing.B, w *par.Worker) {
				for b.Loop() {
					sink = sum(w, s)
				}
				perItem(b, len(s))
			})
		})
	}
	sums("Sum", par.Sum[uint64])
	sums("ReduceRange", sumRange)
}

// A body of a nanosecond, against the loop without a call.
func BenchmarkTinyBody(b *testing.B) {
	s := make([]uint32, million) // in the cache
	touch := func(s []uint32) {
		for i := range s {
			s[i] = s[i]*5 + 1
		}
	}
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			touch(s)
		}
		perItem(b, len(s))
	})
	b.Run("ForRange", func(b *testing.B) {
		onWorkers(b, func(b *testing.B, w *par.Worker) {
			for b.Loop() {
				par.ForRange(w, len(s), func(_ *par.Worker, lo, hi int) { touch(s[lo:hi]) })
			}
			perItem(b, len(s))
		})
	})
	b.Run("For", func(b *testing.B) {
		onWorkers(b, func(b *testing.B, w *par.Worker) {
			for b.Loop() {
				par.For(w, len(s), func(i int) { s[i] = s[i]*5 + 1 })
			}
			perItem(b, len(s))
		})
	})
}

// A loop that is over before it is worth sharing: what it costs to find out.
func BenchmarkShortLoop(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			onWorkers(b, func(b *testing.B, w *par.Worker) {
				for b.Loop() {
					par.For(w, n, func(i int) { sink += uint64(i) })
				}
			})
		})
	}
}

// 100 iterations, the i-th of i·10 µs or so: half of the work is in the last 30.
func BenchmarkUnbalanced(b *testing.B) {
	item := func(i int) { sinks[i].x = spend(10_000 * i) }
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			for i := range 100 {
				item(i)
			}
		}
	})
	onWorkers(b, func(b *testing.B, w *par.Worker) {
		for b.Loop() {
			par.For(w, 100, item)
		}
	})
}

var sinks [100]struct {
	x uint64
	_ [120]byte
}

func BenchmarkScan(b *testing.B) {
	s := numbers(10 * million)
	out := make([]uint64, len(s))
	add := func(a, b uint64) uint64 { return a + b }
	b.Run("inlined", func(b *testing.B) {
		for b.Loop() {
			var sum uint64
			for i, v := range s {
				sum += v
				out[i] = sum
			}
		}
		perItem(b, len(s))
	})
	b.Run("plain", func(b *testing.B) { // with a call, as Scan has one
		add := [...]func(a, b uint64) uint64{add}[len(s)&1]
		for b.Loop() {
			var sum uint64
			for i, v := range s {
				sum = add(sum, v)
				out[i] = sum
			}
		}
		perItem(b, len(s))
	})
	onWorkers(b, func(b *testing.B, w *par.Worker) {
		for b.Loop() {
			par.Scan(w, out, s, 0, add)
		}
		perItem(b, len(s))
	})
}

// Three steps, of which one drops half.
func BenchmarkPipeline(b *testing.B) {
	s := numbers(million)
	odd := func(v uint64) bool { return v&1 == 1 }
	mix := func(v uint64) uint64 { return v ^ v>>29*0x9e3779b97f4a7c15 }
	add := func(a, b uint64) uint64 { return a + b }
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			var sum uint64
			for _, v := range s {
				if v = mix(v); odd(v) {
					sum += v
				}
			}
			sink = sum
		}
		perItem(b, len(s))
	})
	for name, it := range map[string]par.Iter[uint64]{
		"Slice": par.Mapped(par.Slice(s), mix).Filter(odd),
		"Seq":   par.Mapped(par.Seq(slices.Values(s)), mix).Filter(odd),
	} {
		b.Run("Fold/"+name, func(b *testing.B) {
			onWorkers(b, func(b *testing.B, w *par.Worker) {
				for b.Loop() {
					sink = par.Fold(w, it, 0, add, add)
				}
				perItem(b, len(s))
			})
		})
		b.Run("Collect/"+name, func(b *testing.B) {
			onWorkers(b, func(b *testing.B, w *par.Worker) {
				for b.Loop() {
					it.Collect(w)
				}
				perItem(b, len(s))
			})
		})
	}
}
