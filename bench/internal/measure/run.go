package measure

import (
	"slices"
	"time"
)

// Workers is how many workers, threads or Ps every scheduler has.
const Workers = 2

// Run is one run of one program.
type Run struct {
	// Emit takes a figure.
	Emit func(metric string, value float64, unit string)
	// Time is for how long to measure, after a fifth of it unmeasured.
	Time time.Duration
	// Ops is how many operations to measure instead, if it is not 0: the N of
	// go test -bench.
	Ops int

	cleanups []func()
}

// Cleanup has f called by Close. A process of its own just ends instead.
func (r *Run) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

// Close gives back what the program left behind, for the next one in this process.
func (r *Run) Close() {
	for _, f := range r.cleanups {
		f()
	}
	r.cleanups = nil
}

// More reports whether a measurement that began at start and has done ops operations goes
// on.
func (r *Run) More(start time.Time, ops int) bool {
	if r.Ops > 0 {
		return ops < r.Ops
	}
	return time.Since(start) < r.Time
}

// Loop repeats iter, which performs ops operations, and emits the mean time and CPU time
// of one, in nanoseconds.
func (r *Run) Loop(ops int, iter func()) {
	for warm := time.Now(); r.Ops == 0 && time.Since(warm) < r.Time/5; {
		iter()
	}
	n := 0
	m := r.Meter(0)
	m.Start()
	for more := true; more; more = r.More(m.started, n) {
		iter()
		n += ops
	}
	m.Stop()
	m.n = n
	m.Report()
}

// Meter measures parts of a program that repeats itself. Reading the clocks costs about a
// microsecond a round, outside the wall time but not quite outside the CPU time: a part
// should take fifty or more.
//
//	for m := r.Meter(ops); m.Next(); {
//		prepare()
//		m.Start()
//		work() // ops operations
//		m.Stop()
//	}
type Meter struct {
	r         *Run
	ops       int
	warm      bool
	began     time.Time // warming up or measuring
	n         int
	wall, cpu time.Duration

	started    time.Time
	startedCPU time.Duration
}

// Meter returns a meter of rounds of ops operations each.
func (r *Run) Meter(ops int) *Meter { return &Meter{r: r, ops: ops} }

// overrun is how much longer than Run.Time a meter goes on when only a part of each round
// is measured.
const overrun = 3

// Next reports whether to go another round.
func (m *Meter) Next() bool {
	now := time.Now()
	if m.began.IsZero() {
		m.began = now
	}
	if m.r.Ops > 0 {
		return m.n < m.r.Ops
	}
	if !m.warm {
		if now.Sub(m.began) < m.r.Time/5 {
			return true
		}
		m.warm, m.began = true, now
		m.n, m.wall, m.cpu = 0, 0, 0
	}
	return m.n == 0 || m.wall < m.r.Time && now.Sub(m.began) < overrun*m.r.Time
}

// Start begins the measured part of a round.
func (m *Meter) Start() {
	m.startedCPU = CPU()
	m.started = time.Now()
}

// Stop ends it.
func (m *Meter) Stop() {
	m.wall += time.Since(m.started)
	m.cpu += CPU() - m.startedCPU
	m.n += m.ops
}

// Report emits the mean time and CPU time of an operation, in nanoseconds.
func (m *Meter) Report() {
	m.r.Emit("time", float64(m.wall)/float64(m.n), "ns/op")
	m.r.Emit("cpu", float64(m.cpu)/float64(m.n), "ns/op")
}

// Percentiles emits median and 99th percentile of latencies in nanoseconds, which it
// sorts.
func (r *Run) Percentiles(latencies []int64) {
	slices.Sort(latencies)
	n := len(latencies)
	r.Emit("p50", float64(latencies[n/2]), "ns")
	r.Emit("p99", float64(latencies[n*99/100]), "ns")
}
