package doubt

import (
	"math"
	"slices"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Arrivals holds gaps, in units of the mean gap that was asked for, against those of a Poisson process, or even ones. It
// returns nil without gaps.
func Arrivals(gaps []float64, poisson bool) *stats.Evenness {
	n := len(gaps)
	if n == 0 {
		return nil
	}
	e := &stats.Evenness{Gaps: n}
	if !poisson {
		for _, g := range gaps {
			e.Off += math.Abs(g-1) / float64(n)
		}
		return e
	}
	e.AD, e.Distance = andersonDarling(slices.Sorted(slices.Values(gaps)))
	e.P = 1 - limitOfAD(e.AD)
	return e
}

// tiny keeps gaps of 0 from being infinitely unlikely: the clock's resolution.
const tiny = 1e-9

// andersonDarling returns A² of sorted gaps against the exponential distribution of mean 1, all of which is given, and the
// largest distance between the two distributions.
func andersonDarling(sorted []float64) (square, distance float64) {
	n := float64(len(sorted))
	// The distribution is F(x) = 1 - exp(-x), and the logarithm of 1 - F(x) is -x.
	sum := 0.0
	for i, x := range sorted {
		x = max(x, tiny)
		opposite := max(sorted[len(sorted)-1-i], tiny)
		sum += float64(2*i+1) * (math.Log(-math.Expm1(-x)) - opposite)
		f := -math.Expm1(-x)
		distance = max(distance, float64(i+1)/n-f, f-float64(i)/n)
	}
	return -n - sum/n, distance
}

// limitOfAD returns the probability that A² of many samples stays under z when they are of the distribution: the limit
// of Anderson and Darling, as Marsaglia and Marsaglia approximate it (2004), to within 0.000002.
func limitOfAD(z float64) float64 {
	switch {
	case z <= 0:
		return 0
	case z < 2:
		return math.Exp(-1.2337141/z) / math.Sqrt(z) * polynomial(z, 2.00012, .247105, -.0649821, .0347962, -.011672, .00168691)
	}
	return math.Exp(-math.Exp(polynomial(z, 1.0776, -2.30695, .43424, -.082433, .008056, -.0003146)))
}

func polynomial(x float64, coefficients ...float64) (y float64) {
	for _, c := range slices.Backward(coefficients) {
		y = y*x + c
	}
	return y
}
