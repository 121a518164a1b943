package sched

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/magpie-go/magpie/internal/word"
)

// Timing says which durations a runtime measures: by default none. Each reads the clock once or twice a poll, which is
// more than a short poll takes.
type Timing struct {
	// Polls has the duration of each poll counted in [WorkerMetrics].PollTimes: with what its worker has polled in
	// between, if it computes by sched/par.
	Polls bool
	// Waits has counted in [WorkerMetrics].WaitTimes for how long a task was queued before each poll, from when it was
	// spawned or woken, or had let others run; hooks are told by [TaskInfo].Waited. It costs each task 32 bytes, in an
	// allocation.
	Waits bool
	// Bounds divide durations into buckets, see [Histogram]: they increase, and are more than 0. By default they are
	// LogBounds(100*time.Nanosecond, time.Minute, 4).
	Bounds []time.Duration
}

// LogBounds returns bounds from least to most that divide each doubling of the duration into parts of equal length, from
// 1 to 64, so that no bucket is wider than that part of its lower bound. It panics for a least of less than 1 ns, a most
// that is not more, and other numbers of parts.
func LogBounds(least, most time.Duration, parts int) (bounds []time.Duration) {
	if least < 1 || most <= least || parts < 1 || parts > 64 {
		panic(fmt.Sprintf("sched: LogBounds from %v to %v by %d; want 1ns or more, more than that, and 1 to 64 parts", least, most, parts))
	}
	for base := least; ; base *= 2 {
		n := time.Duration(parts)
		for i := range n {
			b := base + base/n*i + base%n*i/n
			if b >= most {
				return append(bounds, most)
			}
			if len(bounds) == 0 || b > bounds[len(bounds)-1] {
				bounds = append(bounds, b)
			}
		}
		if base > math.MaxInt64/2 {
			return append(bounds, most)
		}
	}
}

// complete fills in the default, and reports what is wrong.
func (t Timing) complete() (Timing, error) {
	if t.Bounds == nil {
		t.Bounds = LogBounds(100*time.Nanosecond, time.Minute, 4)
	}
	t.Bounds = slices.Clone(t.Bounds)
	before := time.Duration(0)
	for i, b := range t.Bounds {
		if b <= before {
			return t, fmt.Errorf("sched: Config.Timing.Bounds[%d] is %v, after %v; each must be more than the one before, and the first more than 0", i, b, before)
		}
		before = b
	}
	return t, nil
}

// Histogram is how many durations were how long. Where nothing is measured it has no buckets.
type Histogram struct {
	// Bounds are the upper ends of all buckets but the last one, which has none: a duration of exactly a bound is in the
	// bucket above it. They are shared by all histograms of the runtime, and not to be changed.
	Bounds []time.Duration
	// Counts are the durations in each bucket: there is one more of them than Bounds.
	Counts []uint64
}

// Count returns how many durations there are.
func (h Histogram) Count() (n uint64) {
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// Quantile returns a duration that the given part of all, from 0 to 1, do not exceed: the upper end of a bucket, and the
// longest Duration for the last one. Without durations it is 0.
func (h Histogram) Quantile(part float64) time.Duration {
	n := h.Count()
	if n == 0 {
		return 0
	}
	rank := uint64(math.Ceil(min(max(part, 0), 1) * float64(n)))
	for i, c := range h.Counts {
		if c >= rank && c > 0 {
			if i == len(h.Bounds) {
				break
			}
			return h.Bounds[i]
		}
		rank -= min(c, rank)
	}
	return math.MaxInt64
}

// Since returns what has been counted since an earlier histogram of the same runtime or worker.
func (h Histogram) Since(earlier Histogram) Histogram {
	d := Histogram{h.Bounds, slices.Clone(h.Counts)}
	for i, c := range earlier.Counts {
		d.Counts[i] -= c
	}
	return d
}

// plus returns the sum of two histograms, of which the first may have no buckets.
func (h Histogram) plus(o Histogram) Histogram {
	if h.Counts == nil {
		return Histogram{o.Bounds, slices.Clone(o.Counts)}
	}
	for i, c := range o.Counts {
		h.Counts[i] += c
	}
	return h
}

// durations counts for one worker. It alone writes, at any time others read, so each count is a shared word.
type durations struct {
	bounds []time.Duration
	counts []word.Count
}

func newDurations(bounds []time.Duration) *durations {
	return &durations{bounds, make([]word.Count, len(bounds)+1)}
}

// add counts a duration.
func (d *durations) add(t time.Duration) {
	i, exactly := slices.BinarySearch(d.bounds, t)
	if exactly {
		i++
	}
	d.counts[i].Store(d.counts[i].Load() + 1)
}

// read returns what has been counted. Any thread may call it; d may be nil.
func (d *durations) read() Histogram {
	if d == nil {
		return Histogram{}
	}
	h := Histogram{d.bounds, make([]uint64, len(d.counts))}
	for i := range d.counts {
		h.Counts[i] = d.counts[i].Load()
	}
	return h
}
