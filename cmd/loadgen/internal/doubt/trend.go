package doubt

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// fewest is how many intervals the tests of the series need to mean anything.
const fewest = 8

// Trend tests whether values, one after the other, rise or fall. It returns nil if they are too few.
func Trend(values []float64) *stats.Trend {
	n := len(values)
	if n < fewest {
		return nil
	}
	values = thin(values, 600) // it looks at all pairs
	n = len(values)
	s := 0
	slopes := make([]float64, 0, n*(n-1)/2)
	for i, x := range values {
		for j, y := range values[i+1:] {
			switch {
			case y > x:
				s++
			case y < x:
				s--
			}
			slopes = append(slopes, (y-x)/float64(j+1))
		}
	}
	variance := float64(n*(n-1)*(2*n+5)) / 18
	for _, t := range ties(values) {
		variance -= float64(t*(t-1)*(2*t+5)) / 18
	}
	trend := &stats.Trend{P: 1}
	if s != 0 && variance > 0 {
		z := (math.Abs(float64(s)) - 1) / math.Sqrt(variance)
		trend.P = math.Erfc(z / math.Sqrt2)
	}
	if m := median(values); m > 0 {
		trend.Drift = median(slopes) * float64(n-1) / m
	}
	return trend
}

// thin returns the means of so many groups of neighbours at most.
func thin(values []float64, most int) []float64 {
	if len(values) <= most {
		return values
	}
	group := (len(values) + most - 1) / most
	var thinned []float64
	for part := range slices.Chunk(values, group) {
		thinned = append(thinned, stat.Mean(part, nil))
	}
	return thinned
}

// ties returns how many values are the same, for each that there is more than one of.
func ties(values []float64) (groups []int) {
	sorted := slices.Sorted(slices.Values(values))
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && sorted[n] == sorted[0] {
			n++
		}
		if n > 1 {
			groups = append(groups, n)
		}
		sorted = sorted[n:]
	}
	return groups
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// Relation returns how much each value tells of the next one, or nil if they are too few.
func Relation(values []float64) *stats.Relation {
	n := len(values)
	if n < fewest {
		return nil
	}
	mean := stat.Mean(values, nil)
	var with, own float64
	for i, x := range values {
		own += (x - mean) * (x - mean)
		if i > 0 {
			with += (x - mean) * (values[i-1] - mean)
		}
	}
	r := &stats.Relation{Bound: 1.96 / math.Sqrt(float64(n))}
	if own > 0 {
		r.Lag1 = with / own
	}
	return r
}
