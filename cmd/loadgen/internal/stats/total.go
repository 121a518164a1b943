package stats

import (
	"strconv"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Total is the sum of shards.
type Total struct {
	times    times
	counts   counts
	status   [statuses]uint64
	failures [kinds]uint64
	examples [kinds]error
}

// Merge adds shards up. They may still be counted in.
func Merge(shards ...*Shard) *Total {
	t := &Total{times: newTimes(false)}
	for _, s := range shards {
		t.add(s)
	}
	return t
}

func (t *Total) add(s *Shard) {
	s.lock.Lock()
	defer s.lock.Unlock()
	t.times.merge(&s.times)
	t.counts.add(&s.counts)
	for i, n := range s.status {
		t.status[i] += n
	}
	for k, n := range s.failures {
		t.failures[k] += n
		if t.examples[k] == nil {
			t.examples[k] = s.examples[k]
		}
	}
}

// Unsent counts requests whose time came and that nobody took.
func (t *Total) Unsent(n uint64) { t.counts.unsent += n }

// Requests returns the number of exchanges, whatever their status.
func (t *Total) Requests() uint64 { return uint64(t.times.latency.TotalCount()) }

// Succeeded returns the number of exchanges without a status of 400 or above.
func (t *Total) Succeeded() uint64 {
	return t.Requests() - t.failures[HTTP4xx] - t.failures[HTTP5xx]
}

// Failed returns the number of failures of all kinds.
func (t *Total) Failed() (n uint64) {
	for _, f := range t.failures {
		n += f
	}
	return n
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
		Max: h.Max(),
	}
}
