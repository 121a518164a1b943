package measure

import (
	"math"
	"runtime"
	"runtime/metrics"
	"slices"
	"sync/atomic"
	"time"
)

// BusySlice is for how long a busy task computes between two yields.
const BusySlice = 20 * time.Microsecond

// IdleTasks is how many tasks are parked when the cost of idling is measured.
const IdleTasks = 10_000

// Gaps notes the longest stop of one task: written by that task, read and cleared by the
// benchmark. A stop is the time between two looks at the clock.
type Gaps struct {
	last    time.Time
	longest atomic.Int64
}

// Mark is called when the task runs again; it returns the time.
func (g *Gaps) Mark() time.Time {
	now := time.Now()
	if !g.last.IsZero() {
		if d := int64(now.Sub(g.last)); d > g.longest.Load() {
			g.longest.Store(d)
		}
	}
	g.last = now
	return now
}

// Leave is called when it gives way to others.
func (g *Gaps) Leave() { g.last = time.Now() }

// SleepLate emits by how much a goroutine's sleep of 1 ms is late, in microseconds.
func SleepLate(r *Run) {
	const want = time.Millisecond
	n := max(int(r.Time/want), 10)
	late := make([]float64, n)
	cpu, start := CPU(), time.Now()
	for i := range late {
		t := time.Now()
		time.Sleep(want)
		late[i] = float64(time.Since(t)-want) / 1e3
	}
	used, wall := CPU()-cpu, time.Since(start)
	slices.Sort(late)
	r.Emit("late_p50", late[n/2], "us")
	r.Emit("late_p99", late[n*99/100], "us")
	r.Emit("cpu", 100*float64(used)/float64(wall), "%")
}

// gcPauses is the runtime's histogram of the times for which a collection stopped all.
const gcPauses = "/sched/pauses/total/gc:seconds"

// GCPause runs collections and emits their longest and their median stop of the world,
// the longest stop of a task, and the time and CPU time of a cycle.
func GCPause(r *Run, gaps []*Gaps) {
	const cycles = 10
	runtime.GC()
	for _, g := range gaps {
		g.longest.Store(0)
	}
	before := readPauses()
	m := r.Meter(cycles)
	m.Start()
	for range cycles {
		runtime.GC()
	}
	m.Stop()
	after := readPauses()
	for i := range after.Counts {
		after.Counts[i] -= before.Counts[i]
	}
	var stop int64
	for _, g := range gaps {
		stop = max(stop, g.longest.Load())
	}
	r.Emit("pause_p50", 1e6*Quantile(after, .5), "us")
	r.Emit("pause_max", 1e6*Quantile(after, 1), "us")
	r.Emit("task_stop_max", float64(stop)/1e3, "us")
	r.Emit("time", float64(m.wall)/cycles/1e6, "ms/cycle")
	r.Emit("cpu", float64(m.cpu)/cycles/1e6, "ms/cycle")
}

func readPauses() *metrics.Float64Histogram {
	s := []metrics.Sample{{Name: gcPauses}}
	metrics.Read(s)
	h := s[0].Value.Float64Histogram()
	return &metrics.Float64Histogram{Counts: slices.Clone(h.Counts), Buckets: h.Buckets}
}

// Quantile returns the upper bound of the bucket in which the q-th part of h lies, or its
// lower bound if the bucket has no end; 0 if h is empty.
func Quantile(h *metrics.Float64Histogram, q float64) float64 {
	var total, seen uint64
	for _, n := range h.Counts {
		total += n
	}
	want := uint64(math.Ceil(q * float64(total)))
	for i, n := range h.Counts {
		if seen += n; n > 0 && seen >= want {
			if up := h.Buckets[i+1]; !math.IsInf(up, 1) {
				return up
			}
			return h.Buckets[i]
		}
	}
	return 0
}

// Idle emits what a process costs that has nothing to do: CPU time in percent of a core,
// and how often a second one of its threads goes back to sleep.
func Idle(r *Run) {
	time.Sleep(r.Time / 5) // what has just been done settles
	runtime.GC()
	time.Sleep(r.Time / 5)
	cpu, switches, start := CPU(), Switches(), time.Now()
	time.Sleep(3 * r.Time)
	wall := time.Since(start)
	r.Emit("cpu", 100*float64(CPU()-cpu)/float64(wall), "%")
	r.Emit("wakeups", float64(Switches()-switches)/wall.Seconds(), "1/s")
}
