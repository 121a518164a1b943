package stats

import (
	"strconv"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Total is what was counted, in one shard or by all of them.
type Total struct {
	times    times
	counts   counts
	status   [statuses]uint64
	failures [kinds]uint64
	examples [kinds]error
	lanes    []*lane
}

// NewTotal returns an empty one.
func NewTotal(isOpen bool) *Total { return &Total{times: newTimes(isOpen)} }

// Reset empties it.
func (t *Total) Reset() {
	t.times.reset()
	t.counts = counts{}
	clear(t.status[:])
	clear(t.failures[:])
	clear(t.examples[:])
	t.resetLanes()
}

// Add adds what another one has, which stays as it is. Whatever the order, the sum is the same but for which example of a
// failure it keeps.
func (t *Total) Add(o *Total) {
	t.times.merge(&o.times)
	t.counts.add(&o.counts)
	for i, n := range o.status {
		t.status[i] += n
	}
	for k, n := range o.failures {
		t.failures[k] += n
		if t.examples[k] == nil {
			t.examples[k] = o.examples[k]
		}
	}
	t.addLanes(o)
}

// Gatherer adds up what shards count, part by part of a run. It is for one goroutine.
type Gatherer struct {
	empty *Total // what the next shard gets
	part  *Total
	sum   *Total
}

// NewGatherer returns one for shards of that kind.
func NewGatherer(isOpen bool) *Gatherer {
	return &Gatherer{NewTotal(isOpen), NewTotal(isOpen), NewTotal(isOpen)}
}

// Cut takes what the shards have counted since the last Cut, and returns the sum, which is lent until the next one. They
// may be counted in meanwhile.
func (g *Gatherer) Cut(shards ...*Shard) *Total {
	g.part.Reset()
	for _, s := range shards {
		t := s.Take(g.empty)
		g.part.Add(t)
		t.Reset()
		g.empty = t
	}
	g.sum.Add(g.part)
	return g.part
}

// Sum returns all that was taken so far. It is lent until the next Cut.
func (g *Gatherer) Sum() *Total { return g.sum }

// Merge takes what shards have counted and returns the sum.
func Merge(shards ...*Shard) *Total {
	g := NewGatherer(len(shards) > 0 && shards[0].in.times.open != nil)
	g.Cut(shards...)
	return g.sum
}

// Unsent counts requests whose time came and that nobody took.
func (t *Total) Unsent(n uint64) { t.counts.unsent += n }

// ClearUnsent forgets how many of them were counted, for who knows it from elsewhere.
func (t *Total) ClearUnsent() { t.counts.unsent = 0 }

// Taken returns how many requests of an open load were begun, or shed, of those whose time came; of a closed load, how many were
// begun. Of scenarios it is iterations: those of a closed one, which a lane counts, that are over.
func (t *Total) Taken(iterations Lane) uint64 {
	switch {
	case t.times.open != nil: // further steps, and closed loads beside it, have no lag
		return uint64(t.times.open.lag.TotalCount()) + t.counts.shed
	case iterations == 0:
		return t.counts.began
	case int(iterations) > len(t.lanes):
		return 0
	}
	l := t.lanes[iterations-1]
	return uint64(l.times.TotalCount()) + l.early
}

// Requests returns the number of exchanges, whatever their status.
func (t *Total) Requests() uint64 { return uint64(t.times.latency.TotalCount()) }

// Succeeded returns the number of exchanges whose reply says no failure: a status of 400 or above, an error of its
// protocol, a check that failed.
func (t *Total) Succeeded() uint64 {
	n := t.Requests()
	for k, f := range t.failures {
		if Kind(k).isRefusal() {
			n -= min(f, n)
		}
	}
	return n
}

// Failed returns the number of failures of all kinds.
func (t *Total) Failed() (n uint64) {
	for _, f := range t.failures {
		n += f
	}
	return n
}

// Gaps returns a sample of the gaps between neighbouring requests of an open load as they were sent, in the measure that at
// turns times into.
func (t *Total) Gaps(at func(time.Duration) float64) []float64 {
	if t.times.open == nil {
		return nil
	}
	return t.times.open.starts.gaps(at)
}

// fill writes the counts into a report.
func (t *Total) fill(r *Report) {
	r.Requests, r.Succeeded, r.Failed = t.Requests(), t.Succeeded(), t.Failed()
	c := &t.counts
	r.Connects, r.ClosedIdle, r.Lenient = c.connects, c.closedIdle, c.lenient
	r.BytesSent, r.BytesReceived = c.sent, c.received
	r.AtEnd = AtEnd{c.unanswered.n, c.unanswered.ns, c.connecting.n, c.connecting.ns}
	r.Errors = map[string]uint64{}
	r.ErrorExamples = map[string]string{}
	for k := range kinds {
		if t.failures[k] == 0 {
			continue
		}
		r.Errors[k.String()] = t.failures[k]
		if err := t.examples[k]; err != nil {
			r.ErrorExamples[k.String()] = err.Error()
		}
	}
	r.StatusCodes = map[string]uint64{}
	for code, n := range t.status {
		if n > 0 {
			r.StatusCodes[strconv.Itoa(code)] = n
		}
	}
	r.Latency = latency(t.times.latency)
	if over := c.overLimit; over.n > 0 {
		r.Latency.OverLimit, r.Latency.Max = over.n, over.ns
	}
}

func latency(h *hdrhistogram.Histogram) Latency {
	if h.TotalCount() == 0 {
		return Latency{}
	}
	at := h.ValueAtQuantile
	return Latency{
		Min: h.Min(), Mean: int64(h.Mean()), StdDev: int64(h.StdDev()),
		P50: at(50), P75: at(75), P90: at(90), P99: at(99), P999: at(99.9), P9999: at(99.99),
		Max: h.Max(), Histogram: Histogram{h},
	}
}
