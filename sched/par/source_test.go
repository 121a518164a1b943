package par_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/sched/par"
)

// A Range that has more integers than an int counts is refused, and the largest is not.
func TestRangeAtTheLimits(t *testing.T) {
	for _, r := range [][2]int{{-1, math.MaxInt}, {math.MinInt, math.MaxInt}, {math.MinInt, 0}} {
		want := fmt.Sprintf("par: Range(%d, %d) has %d integers, more than the %d that an int counts; split it", r[0], r[1], uint(r[1])-uint(r[0]), math.MaxInt)
		if v := panicOf(func() { par.Range(r[0], r[1]) }); v != want {
			t.Errorf("Range(%d, %d) panics with %v, want %s", r[0], r[1], v, want)
		}
	}
	everywhere(t, func(t *testing.T, w *par.Worker) {
		for _, r := range [][2]int{{math.MinInt, math.MinInt + 3}, {math.MaxInt - 3, math.MaxInt}, {math.MaxInt, math.MinInt}} {
			var want []int
			for i := r[0]; i < r[1]; i++ {
				want = append(want, i)
			}
			if got := par.Range(r[0], r[1]).Collect(w); !slices.Equal(got, want) {
				t.Errorf("Range(%d, %d) is %d", r[0], r[1], got)
			}
		}
	})
	par.Range(0, math.MaxInt)
}

// A sequence that needs what became of its elements gets it, in batches of 1.
func TestSeqNFeedsItself(t *testing.T) {
	everywhere(t, func(t *testing.T, w *par.Worker) {
		const n = 1000
		work := []int{0}
		list := func(yield func(int) bool) {
			for len(work) > 0 {
				v := work[0]
				work = work[1:]
				if !yield(v) {
					return
				}
			}
		}
		handled := 0
		par.SeqN(list, 1).ForEach(w, func(v int) {
			if handled++; v < n {
				work = append(work, v+1)
			}
		})
		if handled != n+1 {
			t.Errorf("%d elements were handled, want %d", handled, n+1)
		}
	})
}

func TestSeqNHasBatchesOfN(t *testing.T) {
	if v := panicOf(func() { par.SeqN(slices.Values([]int{1}), 0) }); v != "par: SeqN with batches of 0 elements; they must be at least 1" {
		t.Errorf("SeqN of 0 panics with %v", v)
	}
	everywhere(t, func(t *testing.T, w *par.Worker) {
		for _, n := range []int{1, 2, 7, 100, math.MaxInt} {
			given := 0
			source := func(yield func(int) bool) {
				for given < 20 {
					given++
					if !yield(given) {
						return
					}
				}
			}
			par.SeqN(source, n).ForEach(w, func(v int) {
				if end := min((v-1)/n*n+n, 20); n <= 20 && given != end {
					t.Errorf("batches of %d: element %d is handled when %d were given", n, v, given)
				}
			})
			if given != 20 {
				t.Errorf("batches of %d: %d were given", n, given)
			}
		}
	})
}
