package report

import (
	"slices"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// Key names a figure.
type Key struct{ Bench, Peer, Metric string }

// Stat is a median and the values around it.
type Stat struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	N      int     `json:"n"`
}

// Spread is how far the values lie apart, as a part of the median.
func (s Stat) Spread() float64 {
	if s.Median == 0 {
		return 0
	}
	return (s.Max - s.Min) / s.Median
}

// StatOf returns the statistics of values, of which there is at least one.
func StatOf(values []float64) Stat {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	return Stat{(v[(n-1)/2] + v[n/2]) / 2, v[0], v[n-1], n}
}

// Series is one figure in all repetitions.
type Series struct {
	Key
	Unit   string
	Values map[int]float64 // by repetition; one that failed is absent
}

// Stat returns the statistics of a series.
func (s *Series) Stat() Stat { return StatOf(s.ordered()) }

func (s *Series) ordered() []float64 {
	var reps []int
	for rep := range s.Values {
		reps = append(reps, rep)
	}
	slices.Sort(reps)
	var values []float64
	for _, rep := range reps {
		values = append(values, s.Values[rep])
	}
	return values
}

// Set is all figures of a run.
type Set struct {
	Series []*Series // by benchmark, metric and peer, each in the order they came first
	byKey  map[Key]*Series
}

// NewSet collects the lines of all repetitions. A figure that came twice in a repetition
// counts with its last value.
func NewSet(repetitions [][]measure.Line) *Set {
	s := &Set{byKey: map[Key]*Series{}}
	for rep, lines := range repetitions {
		for _, l := range lines {
			k := Key{l.Bench, l.Peer, l.Metric}
			series := s.byKey[k]
			if series == nil {
				series = &Series{Key: k, Unit: l.Unit, Values: map[int]float64{}}
				s.byKey[k] = series
				s.Series = append(s.Series, series)
			}
			series.Values[rep] = l.Value
		}
	}
	s.group()
	return s
}

// group puts the series of one benchmark together, and in it those of one metric.
func (s *Set) group() {
	benches, metrics := map[string]int{}, map[[2]string]int{}
	for i, e := range s.Series {
		if _, ok := benches[e.Bench]; !ok {
			benches[e.Bench] = i
		}
		if k := [2]string{e.Bench, e.Metric}; metrics[k] == 0 {
			metrics[k] = i + 1
		}
	}
	slices.SortStableFunc(s.Series, func(a, b *Series) int {
		if d := benches[a.Bench] - benches[b.Bench]; d != 0 {
			return d
		}
		return metrics[[2]string{a.Bench, a.Metric}] - metrics[[2]string{b.Bench, b.Metric}]
	})
}

// Find returns the series of a figure.
func (s *Set) Find(k Key) (*Series, bool) {
	e, ok := s.byKey[k]
	return e, ok
}

// Ratio returns the statistics of a/b, taken repetition by repetition: both were measured
// within minutes of each other then. It answers false when no repetition has both.
func (s *Set) Ratio(a, b Key) (Stat, bool) { return s.pairwise(a, b, ratio) }

// Difference returns the statistics of a-b, likewise.
func (s *Set) Difference(a, b Key) (Stat, bool) {
	return s.pairwise(a, b, func(v, w float64) (float64, bool) { return v - w, true })
}

func (s *Set) pairwise(a, b Key, f func(v, w float64) (float64, bool)) (Stat, bool) {
	x, y := s.byKey[a], s.byKey[b]
	if x == nil || y == nil {
		return Stat{}, false
	}
	return pairwise(x.Values, y.Values, f)
}

func ratio(v, w float64) (float64, bool) { return v / w, w != 0 }

// pairwise returns the statistics of f, of the values of each repetition that has both, where f has
// a value for them.
func pairwise(a, b map[int]float64, f func(v, w float64) (float64, bool)) (Stat, bool) {
	var values []float64
	for rep, v := range a {
		if w, ok := b[rep]; ok {
			if r, ok := f(v, w); ok {
				values = append(values, r)
			}
		}
	}
	if len(values) == 0 {
		return Stat{}, false
	}
	return StatOf(values), true
}
