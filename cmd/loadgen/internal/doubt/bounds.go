package doubt

import (
	"math"
	"sort"

	"github.com/HdrHistogram/hdrhistogram-go"
	"gonum.org/v1/gonum/mathext"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// percentiles are those that bounds are given of.
var percentiles = []float64{50, 75, 90, 99, 99.9, 99.99}

// chance is how often the bounds, or a test, are wrong.
const chance = 0.05

// Bounds returns where a percentile is to be looked for.
//
// Of n independent samples, the number that are below the true percentile p is binomial (n, p). So the percentile is below the
// h-th smallest sample unless h or more are below it, and above the l-th unless less than l are.
func Bounds(h *hdrhistogram.Histogram, percentile float64) stats.Bounds {
	n, p := h.TotalCount(), percentile/100
	low := int64(sort.Search(int(n), func(l int) bool { return below(int64(l)+1, n, p) > chance/2 })) // the last rank with at most that
	high := int64(sort.Search(int(n)+1, func(r int) bool { return 1-below(int64(r), n, p) <= chance/2 }))
	b := stats.Bounds{Percentile: percentile, Beyond: uint64(n - int64(math.Ceil(p*float64(n))))}
	b.Low = valueAt(h, max(low, 1))
	if b.Open = high > n; b.Open {
		high = n
	}
	b.High = valueAt(h, max(high, 1))
	return b
}

// below returns the probability that less than k of n are below the percentile p.
func below(k, n int64, p float64) float64 {
	switch {
	case k <= 0:
		return 0
	case k > n:
		return 1
	}
	// P(X <= k-1) of a binomial X.
	return mathext.RegIncBeta(float64(n-k+1), float64(k), 1-p)
}

// valueAt returns the rank-th smallest of the times, counted from 1.
func valueAt(h *hdrhistogram.Histogram, rank int64) int64 {
	// The middle between two ranks, so that rounding finds neither neighbour.
	return h.ValueAtPercentile(100 * (float64(rank) - 0.5) / float64(h.TotalCount()))
}
