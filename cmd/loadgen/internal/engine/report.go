package engine

import (
	"slices"
	"strings"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Loads are the loads of one run. What holds for the whole run is that of the first.
type Loads []*Config

// LoadsOf returns loads that are given as Run takes them.
func LoadsOf(first Config, further ...Config) (l Loads) {
	for _, c := range append([]Config{first}, further...) {
		l = append(l, &c)
	}
	return l
}

// AreOpen reports whether any of the loads has times of its own.
func (l Loads) AreOpen() bool {
	return slices.ContainsFunc(l, func(c *Config) bool { return c.Load.IsOpen() })
}

// Length is how long the loads last, and no longer than the run; for ever, if one of them is closed.
func (l Loads) Length() (d time.Duration) {
	for _, c := range l {
		if !c.Load.IsOpen() {
			return never
		}
		d = max(d, c.Load.Length())
	}
	return min(d, l.End())
}

// End is when the time of the run is up, since its begin: what is to begin then, or later, is not of the run.
func (l Loads) End() time.Duration {
	if d := l[0].Duration; d > 0 {
		return l[0].Warmup + d
	}
	return never
}

// Asked is how many requests the loads have in a part of their time.
func (l Loads) Asked(from, to time.Duration) (n float64) {
	from, to = min(from, l.End()), min(to, l.End())
	for _, c := range l {
		n += c.Load.Asked(from, to)
	}
	return n
}

// Connections is how many the loads have.
func (l Loads) Connections() (n int) {
	for _, c := range l {
		n += c.Connections
	}
	return n
}

// named says what the run is put on, and which load that is.
func (l Loads) named() (target, load string) {
	var targets, loads []string
	for _, c := range l {
		if url := c.Target.URL; !slices.Contains(targets, url) {
			targets = append(targets, url)
		}
		loads = append(loads, c.Load.String())
	}
	return strings.Join(targets, ", "), strings.Join(loads, "; ")
}

// Report returns what was counted in a measured time, on this machine or on several. It lacks what a machine knows of itself:
// its workers, its noise, the series.
func (l Loads) Report(total *stats.Total, elapsed time.Duration, used stats.Usage) *stats.Report {
	c := l[0]
	r := &stats.Report{Pipeline: c.depth(), Warmup: int64(c.Warmup)}
	r.Target, r.Load = l.named()
	r.Connections = l.Connections()
	switch c.Target.Protocol {
	case HTTP, HTTP2:
		if c.Scenario == nil {
			r.Method = c.Method
		}
	case Redis:
	default:
		if c.Send == "" {
			r.MessageSize = c.Size
		}
	}
	if l.AreOpen() {
		lasted := min(elapsed, l.End()-c.Warmup)
		r.Open(total, l.Asked(c.Warmup, c.Warmup+lasted), lasted)
		if len(l) == 1 && c.Load.Stages != nil && c.Load.Burst <= 1 {
			r.Gaps = total.Gaps(func(t time.Duration) float64 { return c.Load.Asked(0, t) })
		}
		r.Poisson = c.Load.Poisson
	}
	r.Fill(total, elapsed, used)
	r.Scenarios = l.scenarios(total, elapsed)
	return r
}
