package ongo

import (
	"sync/atomic"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

const far = time.Hour

const extraTimers = 1024

// spread gives timers deadlines that differ as those of connections do.
func spread(i int) time.Duration { return far + time.Duration(i%4096)*time.Millisecond }

// timers is n live timers and some more that a benchmark sets and stops.
type timers struct {
	live, extra []*time.Timer
	fired       atomic.Int64
}

func newTimers(n int) *timers {
	twoProcs()
	t := new(timers)
	for i := range n {
		t.live = append(t.live, time.AfterFunc(spread(i), func() {}))
	}
	for i := range extraTimers {
		e := time.AfterFunc(spread(i), func() { t.fired.Add(1) })
		e.Stop()
		t.extra = append(t.extra, e)
	}
	return t
}

func (t *timers) set() {
	for i, e := range t.extra {
		e.Reset(spread(i))
	}
}

func (t *timers) stop() {
	for _, e := range t.extra {
		e.Stop()
	}
}

// measure repeats part, with undo in between.
func (t *timers) measure(r *measure.Run, part, undo func()) {
	m := r.Meter(extraTimers)
	for m.Next() {
		undo()
		m.Start()
		part()
		m.Stop()
	}
	m.Report()
}

// TimerInsert sets timers that are not set, beside n live ones.
func TimerInsert(n int) func(*measure.Run) {
	return func(r *measure.Run) {
		t := newTimers(n)
		t.measure(r, t.set, t.stop)
	}
}

// TimerCancel stops timers that are set, beside n live ones.
func TimerCancel(n int) func(*measure.Run) {
	return func(r *measure.Run) {
		t := newTimers(n)
		t.measure(r, t.stop, t.set)
	}
}

// TimerReset moves the deadlines of n live timers, one after the other.
func TimerReset(n int) func(*measure.Run) {
	return func(r *measure.Run) {
		t := newTimers(n)
		next := 0
		r.Loop(extraTimers, func() {
			for range extraTimers {
				t.live[next].Reset(spread(next))
				if next++; next == n {
					next = 0
				}
			}
		})
	}
}

// TimerFire sets timers that are due at once and has them fire, beside n live ones: each
// runs its function in a goroutine.
func TimerFire(n int) func(*measure.Run) {
	return func(r *measure.Run) {
		t := newTimers(n)
		t.measure(r, func() {
			for _, e := range t.extra {
				e.Reset(0)
			}
			for t.fired.Load() < extraTimers {
				time.Sleep(10 * time.Microsecond)
			}
		}, func() { t.fired.Store(0) })
	}
}
