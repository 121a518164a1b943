package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/doubt"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// The verdicts.
const (
	Better = "better"
	Worse  = "worse"
	Same   = "no difference"
	Few    = "too few samples"
)

// Schema names the JSON of a Result.
const Schema = "loadgen.compare/1"

// Result is what the comparison of two runs comes to.
type Result struct {
	Schema  string   `json:"schema"`
	Before  string   `json:"before"`
	After   string   `json:"after"`
	Unlike  []string `json:"unlike,omitempty"` // in what the runs were not the same
	Figures []Figure `json:"figures"`
	Verdict string   `json:"verdict"` // Better, Worse, Same, or "mixed"
}

// Figure is one of the figures that are compared. Change and its bounds are shares of Before, but for errors, where they are
// differences of shares.
type Figure struct {
	Name    string  `json:"name"`
	Unit    string  `json:"unit"` // ns, 1/s or %
	Before  float64 `json:"before"`
	After   float64 `json:"after"`
	Change  float64 `json:"change"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Verdict string  `json:"verdict"`
}

const (
	fewest  = 10 // intervals
	draws   = 1000
	outside = 0.025 // of the draws, on each side
	beyond  = 10    // samples above a percentile
)

// measure is a figure.
type measure struct {
	name, unit string
	quantile   float64 // of the latency, or 0
	more       bool    // is better
	of         func(d *drawn) float64
}

var measures = []measure{
	{name: "rate", unit: "1/s", more: true, of: func(d *drawn) float64 { return d.completed / d.seconds }},
	{name: "mean", unit: "ns", of: func(d *drawn) float64 { return d.mean() }},
	{name: "p50", unit: "ns", quantile: 0.5},
	{name: "p90", unit: "ns", quantile: 0.9},
	{name: "p99", unit: "ns", quantile: 0.99},
	{name: "p99.9", unit: "ns", quantile: 0.999},
	{name: "errors", unit: "%", of: func(d *drawn) float64 {
		if d.all == 0 {
			return 0
		}
		return 100 * d.failed / d.all
	}},
}

// Compare compares two runs. least is the smallest change that matters, as a share. The same seed has the same draws.
func Compare(before, after *stats.Report, least float64, seed uint64) (*Result, error) {
	first, second := doubt.Whole(before.Series), doubt.Whole(after.Series)
	for i, s := range []stats.Series{first, second} {
		if len(s) < fewest {
			return nil, fmt.Errorf("the %s run has %d intervals, and it takes %d to tell a difference from chance: measure for longer, or with a shorter --interval", []string{"first", "second"}[i], len(s), fewest)
		}
	}
	values := buckets(first, second)
	a, b := newSample(first, values), newSample(second, values)
	r := &Result{Schema: Schema, Unlike: unlike(before, after)}
	random := rand.New(rand.NewPCG(seed, seed))
	changes := make([][]float64, len(measures))
	for range draws {
		x, y := a.draw(random), b.draw(random)
		for i, m := range measures {
			changes[i] = append(changes[i], change(m, value(m, x), value(m, y)))
		}
	}
	x, y := a.whole(), b.whole()
	for i, m := range measures {
		slices.Sort(changes[i])
		f := Figure{Name: m.name, Unit: m.unit, Before: value(m, x), After: value(m, y)}
		f.Change = change(m, f.Before, f.After)
		f.Low, f.High = at(changes[i], outside), at(changes[i], 1-outside)
		f.Verdict = f.verdict(m, least)
		if n := min(x.completed, y.completed); m.unit == "ns" && (n == 0 || m.quantile > 0 && n*(1-m.quantile) < beyond) {
			f.Verdict = Few // a server that does not answer is not a quick one
		}
		r.Figures = append(r.Figures, f)
	}
	r.Verdict = overall(r.Figures)
	return r, nil
}

func value(m measure, d *drawn) float64 {
	if m.quantile > 0 {
		return d.quantile(m.quantile)
	}
	return m.of(d)
}

// change is from before to after, as a share of it; of errors, the difference.
func change(m measure, before, after float64) float64 {
	switch {
	case m.unit == "%":
		return after - before
	case before == 0 && after == 0:
		return 0
	case before == 0:
		return 1
	}
	return after/before - 1
}

func (f *Figure) verdict(m measure, least float64) string {
	if m.unit == "%" {
		least *= 100 * max(f.Before, f.After) / 100
	}
	switch {
	case f.Low <= 0 && f.High >= 0, math.Abs(f.Change) < least:
		return Same
	case f.Change > 0 == m.more:
		return Better
	}
	return Worse
}

func overall(figures []Figure) string {
	better, worse := false, false
	for _, f := range figures {
		better = better || f.Verdict == Better
		worse = worse || f.Verdict == Worse
	}
	switch {
	case better && worse:
		return "mixed"
	case better:
		return Better
	case worse:
		return Worse
	}
	return Same
}

// at returns a quantile of sorted values.
func at(sorted []float64, q float64) float64 {
	i := int(math.Round(q * float64(len(sorted)-1)))
	return sorted[i]
}

// unlike says in what two runs differ that makes them different experiments.
func unlike(a, b *stats.Report) (lines []string) {
	add := func(what string, x, y any) {
		if x != y {
			lines = append(lines, fmt.Sprintf("%s: %v and %v", what, x, y))
		}
	}
	add("load", a.Load, b.Load)
	add("connections", a.Connections, b.Connections)
	add("workers", a.Workers, b.Workers)
	add("pipeline", a.Pipeline, b.Pipeline)
	add("method", a.Method, b.Method)
	add("message size", a.MessageSize, b.MessageSize)
	add("CPU", a.Machine.CPU, b.Machine.CPU)
	add("cores", a.Machine.Cores, b.Machine.Cores)
	return lines
}
