package html

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// view is what the page shows.
type view struct {
	Report *stats.Report
	Title  string
	When   string
	Tiles  []tile
	Rows   []percentile
	Errors []count
	Codes  []count
	Facts  []fact
	Charts charts

	Scenarios []scenario
	Agents    []agentRow
}

type tile struct{ Name, Value, Note, Class string }

type percentile struct{ Name, Latency, Confidence, Service, Lag string }

type count struct {
	Name    string
	N       uint64
	Example string
}

type fact struct{ Name, Value string }

// charts are the numbers that the script draws. Times of day are seconds since measuring began; all others milliseconds.
type charts struct {
	Curves    []curve `json:"curves"`
	Histogram bars    `json:"histogram"`
	Heat      heat    `json:"heat"`
	Series    series  `json:"series"`
	IsOpen    bool    `json:"open"`
	// The rate asked for is one of iterations.
	IsScenario bool `json:"scenario"`
}

// curve is a distribution: at one of so many, the time.
type curve struct {
	Name string    `json:"name"`
	X    []float64 `json:"x"` // 1/(1-quantile)
	Y    []float64 `json:"y"`
	Low  float64   `json:"low"` // where the axis of y begins
}

type bars struct {
	Edges  []float64 `json:"edges"` // one more than counts
	Counts []int64   `json:"counts"`
}

// heat has a column for each part of the run, and in it the share of its replies in each range of latency.
type heat struct {
	Times []float64   `json:"times"` // begins of the columns, and the end
	Edges []float64   `json:"edges"` // of the rows
	Cells [][]float64 `json:"cells"` // by column, 0 to 1
}

type series struct {
	T      []float64  `json:"t"` // ends of the intervals
	Rate   []float64  `json:"rate"`
	Sent   []float64  `json:"sent"`
	Asked  []float64  `json:"asked"`
	Failed []float64  `json:"failed"`
	P50    []*float64 `json:"p50"` // null where nothing was complete
	P90    []*float64 `json:"p90"`
	P99    []*float64 `json:"p99"`
	Max    []*float64 `json:"max"`
	LagP50 []*float64 `json:"lag_p50"`
	LagP99 []*float64 `json:"lag_p99"`
	LagMax []*float64 `json:"lag_max"`
	OwnP99 []*float64 `json:"own_p99"`
	CPU    []float64  `json:"cpu"`
	Low    float64    `json:"low"` // where the axes of the latencies and of the lag begin
	LagLow float64    `json:"lag_low"`
}

func newView(r *stats.Report) *view {
	v := &view{Report: r, Title: r.Target, When: r.Started}
	if r.Method != "" {
		v.Title = r.Method + " " + r.Target
	}
	if at, err := time.Parse(time.RFC3339Nano, r.Started); err == nil {
		v.When = at.Format("2006-01-02 15:04:05 MST")
	}
	v.tiles()
	v.tables()
	v.Scenarios = scenarios(r)
	v.Agents = agents(r)
	v.Charts = charts{Histogram: histogram(r.Latency.Histogram.Histogram), Heat: heatOf(r.Series), Series: seriesOf(r.Series), IsOpen: r.Rate != nil, IsScenario: r.OfIterations()}
	v.Charts.Curves = append(v.Charts.Curves, curveOf("latency", r.Latency.Histogram.Histogram))
	if r.Rate != nil && r.Service != nil && r.Lag != nil {
		v.Charts.Curves = append(v.Charts.Curves, curveOf("service", r.Service.Histogram.Histogram), curveOf("lag", r.Lag.Histogram.Histogram))
	}
	return v
}

func (v *view) tiles() {
	r := v.Report
	add := func(name, value, note, class string) { v.Tiles = append(v.Tiles, tile{name, value, note, class}) }
	if r.Rate != nil {
		class := ""
		if !r.Rate.IsKept() {
			class = "bad"
		}
		note := number(r.Rate.Asked) + " asked for"
		if r.OfIterations() {
			note = number(r.Rate.Asked) + " iterations asked for"
		}
		add("requests a second", number(r.RequestRate), note, class)
	} else {
		add("requests a second", number(r.RequestRate), number(float64(r.Requests))+" in all", "")
	}
	value := func(ns int64) string {
		if r.Requests == 0 {
			return "–"
		}
		return stats.Human(ns)
	}
	add("median", value(r.Latency.P50), "mean "+value(r.Latency.Mean), "")
	add("p99", value(r.Latency.P99), "p99.9 "+value(r.Latency.P999), "")
	add("slowest", value(r.Latency.Max), "", "")
	share, class := 0.0, "good"
	if all := r.Succeeded + r.Failed; all > 0 {
		share = 100 * float64(r.Failed) / float64(all)
	}
	if r.Failed > 0 || r.Succeeded == 0 {
		class = "bad"
	}
	add("errors", fmt.Sprintf("%.3g %%", share), number(float64(r.Failed))+" in all", class)
	add("own CPU", fmt.Sprintf("%.2f cores", r.CPU.Cores), fmt.Sprintf("of %d", r.Machine.Cores), "")
}

func (v *view) tables() {
	r := v.Report
	bounds := map[string]string{}
	if r.Doubts != nil {
		for _, b := range r.Doubts.Confidence {
			text := stats.Human(b.Low) + " to " + stats.Human(b.High)
			if b.Open {
				text = fmt.Sprintf("from %s on (%d samples)", stats.Human(b.Low), b.Beyond)
			}
			bounds[fmt.Sprintf("p%g", b.Percentile)] = text
		}
	}
	for _, row := range []struct {
		name string
		of   func(l *stats.Latency) int64
	}{
		{"min", func(l *stats.Latency) int64 { return l.Min }}, {"mean", func(l *stats.Latency) int64 { return l.Mean }},
		{"stdev", func(l *stats.Latency) int64 { return l.StdDev }},
		{"p50", func(l *stats.Latency) int64 { return l.P50 }}, {"p75", func(l *stats.Latency) int64 { return l.P75 }},
		{"p90", func(l *stats.Latency) int64 { return l.P90 }}, {"p99", func(l *stats.Latency) int64 { return l.P99 }},
		{"p99.9", func(l *stats.Latency) int64 { return l.P999 }}, {"p99.99", func(l *stats.Latency) int64 { return l.P9999 }},
		{"max", func(l *stats.Latency) int64 { return l.Max }},
	} {
		if r.Requests == 0 {
			break
		}
		p := percentile{Name: row.name, Latency: stats.Human(row.of(&r.Latency)), Confidence: bounds[row.name]}
		if r.Service != nil && r.Lag != nil {
			p.Service, p.Lag = stats.Human(row.of(r.Service)), stats.Human(row.of(r.Lag))
		}
		v.Rows = append(v.Rows, p)
	}
	for _, kind := range slices.Sorted(maps.Keys(r.Errors)) {
		v.Errors = append(v.Errors, count{kind, r.Errors[kind], r.ErrorExamples[kind]})
	}
	for _, code := range slices.Sorted(maps.Keys(r.StatusCodes)) {
		v.Codes = append(v.Codes, count{Name: code, N: r.StatusCodes[code]})
	}
	fact := func(name, format string, args ...any) {
		v.Facts = append(v.Facts, fact{name, fmt.Sprintf(format, args...)})
	}
	fact("load", "%d connections, %d workers, %s", r.Connections, r.Workers, r.Load)
	if r.Pipeline > 1 {
		fact("pipeline", "%d requests under way on each connection", r.Pipeline)
	}
	fact("measured", "%v after %v of warm-up", time.Duration(r.Duration).Round(time.Millisecond), time.Duration(r.Warmup))
	fact("connections", "%d opened, %d closed by the server between two requests", r.Connects, r.ClosedIdle)
	fact("transfer", "%.2f MB/s sent, %.2f MB/s received", r.SendRate/1e6, r.ReceiveRate/1e6)
	if r.Rate != nil {
		fact("arrivals", "%d begun, %d shed, %d not sent before the end, %d waited for a connection", r.Rate.Begun, r.Rate.Shed, r.Rate.Unsent, r.Rate.Waited)
	}
	if r.AtEnd.Requests+r.AtEnd.Connecting > 0 {
		fact("at the end", "%d requests under way, %d connections being opened", r.AtEnd.Requests, r.AtEnd.Connecting)
	}
	m := &r.Machine
	fact("machine", "%s, %d cores, %s, %s %s/%s", m.CPU, m.Cores, m.Kernel, m.Go, m.OS, m.Arch)
}

// number gives a figure the digits that it is worth.
func number(f float64) string {
	switch {
	case f >= 1e6:
		return fmt.Sprintf("%.2f M", f/1e6)
	case f >= 1e4:
		return fmt.Sprintf("%.1f k", f/1e3)
	case f >= 100 || f == math.Trunc(f):
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.1f", f)
}

// ms turns nanoseconds into milliseconds of as many digits as a histogram has.
func ms(ns int64) float64 { return float64(ns) / 1e6 }

func curveOf(name string, h *hdrhistogram.Histogram) curve {
	c := curve{Name: name, X: []float64{}, Y: []float64{}}
	if h == nil || h.TotalCount() == 0 {
		return c
	}
	n := float64(h.TotalCount())
	c.Low = scaleFrom(0.7 * ms(h.Min()))
	// 40 points for each ten times fewer samples, until there is one.
	for x := 1.0; ; x *= math.Pow(10, 1./40) {
		at := min(x, max(n, 10))
		c.X = append(c.X, at)
		c.Y = append(c.Y, ms(h.ValueAtPercentile(100*(1-1/at))))
		if at < x || x > 1e9 {
			return c
		}
	}
}
