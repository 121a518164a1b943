// Package draw draws times at random, from distributions that are written as users write them.
package draw

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// Time is how long something takes, at random. The zero Time is none at all.
type Time struct {
	kind string
	a, b time.Duration // what stands in parentheses
	s    float64       // of lognormal
}

const accepted = "accepted are fixed(5ms), uniform(1ms,9ms), normal(5ms,1ms), exponential(5ms), lognormal(5ms,0.5) with the median and the sigma of its logarithm, and 5ms alone"

// Parse reads a distribution; a time alone is fixed.
func Parse(text string) (d Time, err error) {
	wrong := func() (Time, error) {
		return Time{}, fmt.Errorf("%q: %s", text, accepted)
	}
	name, rest, ok := strings.Cut(text, "(")
	if !ok {
		name, rest = "fixed", text+")"
	}
	inner, closed := strings.CutSuffix(strings.TrimSpace(rest), ")")
	args := strings.Split(inner, ",")
	d.kind = strings.TrimSpace(name)
	want := map[string]int{"fixed": 1, "exponential": 1, "uniform": 2, "normal": 2, "lognormal": 2}[d.kind]
	if !closed || len(args) != want {
		return wrong()
	}
	if d.a, err = time.ParseDuration(strings.TrimSpace(args[0])); err != nil || d.a < 0 {
		return wrong()
	}
	switch d.kind {
	case "uniform", "normal":
		if d.b, err = time.ParseDuration(strings.TrimSpace(args[1])); err != nil || d.b < 0 || d.kind == "uniform" && d.b < d.a {
			return wrong()
		}
	case "lognormal":
		if _, err := fmt.Sscanf(strings.TrimSpace(args[1])+"\n", "%g\n", &d.s); err != nil || !(d.s >= 0 && d.s <= 10) {
			return wrong()
		}
	}
	return d, nil
}

// longest is what a time comes to at most.
const longest = time.Hour

// IsZero reports whether it is no time, always.
func (d *Time) IsZero() bool { return d.kind == "" }

// From draws a time, of an hour at most. It does not allocate.
func (d *Time) From(r *rand.Rand) time.Duration {
	x := float64(d.a)
	switch d.kind {
	case "uniform":
		x += r.Float64() * float64(d.b-d.a)
	case "normal":
		x += r.NormFloat64() * float64(d.b)
	case "exponential":
		x *= r.ExpFloat64()
	case "lognormal":
		x *= math.Exp(r.NormFloat64() * d.s)
	}
	return time.Duration(min(max(x, 0), float64(longest)))
}
