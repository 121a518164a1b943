package par_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/sched/par"
)

type sortFunc func(w *par.Worker, s []record, compare func(a, b record) int)

var sortFuncs = map[string]sortFunc{"SortFunc": par.SortFunc[[]record], "SortStableFunc": par.SortStableFunc[[]record]}

// A comparison that panics takes nothing away, wherever in the sort it does.
func TestSortFuncPanics(t *testing.T) {
	further := int64(4)
	if testing.Short() {
		further = 60
	}
	for what, sort := range sortFuncs {
		for _, workers := range []int{1, 2, 8} {
			w := par.On(newRuntime(t, workers))
			for _, n := range []int{10, 600, 5000, 40_000} {
				was := records(0, n)
				for at := int64(1); at < int64(n)*25; at = at*further + 1 {
					got := slices.Clone(was)
					var calls atomic.Int64
					v := panicOf(func() {
						sort(w, got, func(a, b record) int {
							if calls.Add(1) == at {
								panic(at)
							}
							return byKey(a, b)
						})
					})
					if v == nil && calls.Load() < at {
						if !slices.IsSortedFunc(got, byKey) {
							t.Fatal("not sorted")
						}
					} else if v != at {
						t.Fatal(what, " panicked with ", v, " and not with ", at)
					}
					permuted(t, got, was)
				}
			}
		}
	}
}

// Comparisons that contradict each other make some order.
func TestSortFuncInconsistent(t *testing.T) {
	n := 70_000
	if testing.Short() {
		n = 20_000
	}
	for _, sort := range sortFuncs {
		for _, workers := range []int{1, 2} {
			w := par.On(newRuntime(t, workers))
			for _, answers := range [][]int{{1}, {-1}, {0}, {1, -1}, {0, -1, 1, 1}, {-1, -1, -1, 1, math.MinInt, math.MaxInt}} {
				was := records(0, n)
				got := slices.Clone(was)
				var calls atomic.Uint64
				sort(w, got, func(a, b record) int {
					return answers[calls.Add(0x9e3779b97f4a7c15)>>32%uint64(len(answers))]
				})
				permuted(t, got, was)
			}
		}
	}
}

// The context ends within a comparison, wherever.
func TestSortFuncCancelled(t *testing.T) {
	for what, sort := range sortFuncs {
		w := par.On(newRuntime(t, 2))
		for at := int64(1); at < 1e6; at *= 4 {
			was := records(0, 60_000)
			got := slices.Clone(was)
			ctx, cancel := context.WithCancel(context.Background())
			var calls atomic.Int64
			err := par.WithContext(ctx, w, func(w *par.Worker) {
				sort(w, got, func(a, b record) int {
					if calls.Add(1) == at {
						cancel()
					}
					return byKey(a, b)
				})
			})
			cancel()
			if err == nil && !slices.IsSortedFunc(got, byKey) || err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(what, ": ", err)
			}
			permuted(t, got, was)
		}
	}
}

// A cancelled Sort of numbers turns its keys back into numbers, wherever they are.
func TestSortCancelled(t *testing.T) {
	w := par.On(newRuntime(t, 2))
	for p := 0; p < len(patterns); p += 2 {
		was := made(p, min(2*sortMaxLen, 100_000), func(i int) float64 { return -float64(i) })
		want := slices.Clone(was)
		slices.Sort(want)
		for spins := 1; spins < 1e6; spins *= 8 {
			got := slices.Clone(was)
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				for i := 0; i < spins && ctx.Err() == nil; i++ {
				}
				cancel()
			}()
			err := par.WithContext(ctx, w, func(w *par.Worker) { par.Sort(w, got) })
			cancel()
			if err == nil {
				same(t, got, want, patterns[p].name)
			}
			slices.Sort(got)
			same(t, got, want, "lost or doubled: ", patterns[p].name)
		}
	}
}
