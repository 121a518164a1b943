package onmagpie

import (
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// far is a deadline that does not pass while a benchmark runs.
const far = time.Hour

// wheel is a reactor driven by the benchmark itself, with timers that live in it. A
// worker's reactor is the same, between two polls.
type wheel struct {
	r      *reactor.Reactor
	events reactor.Events
	cx     waker.Context
	live   []reactor.Timer
	extra  []reactor.Timer // those that the benchmark sets and stops
	fired  int
}

// Reactor implements reactor.Host.
func (w *wheel) Reactor() *reactor.Reactor { return w.r }

// extraTimers is how many timers a round sets, stops or fires.
const extraTimers = 1024

func newWheel(run *measure.Run, live int) *wheel {
	r, err := reactor.New()
	if err != nil {
		panic(err)
	}
	run.Cleanup(func() {
		if err := r.Close(); err != nil {
			panic(err)
		}
	})
	w := &wheel{r: r, live: make([]reactor.Timer, live), extra: make([]reactor.Timer, extraTimers)}
	w.cx = waker.NewContext(waker.FromFunc(func() { w.fired++ }), w, nil)
	for i := range w.live {
		w.live[i].Reset(spread(i))
		w.live[i].Poll(&w.cx)
	}
	for i := range w.extra {
		w.extra[i].Reset(spread(i))
		w.extra[i].Poll(&w.cx) // binds it to the reactor
		w.extra[i].Stop()
	}
	return w
}

// spread gives timers deadlines that differ as those of connections do.
func spread(i int) time.Duration { return far + time.Duration(i%4096)*time.Millisecond }

// TimerInsert sets timers that are not set, beside n live ones.
func TimerInsert(n int) func(*measure.Run) {
	return func(r *measure.Run) {
		w := newWheel(r, n)
		w.measure(r, w.set, w.stop)
	}
}

// TimerCancel stops timers that are set, beside n live ones.
func TimerCancel(n int) func(*measure.Run) {
	return func(r *measure.Run) {
		w := newWheel(r, n)
		w.set()
		w.measure(r, w.stop, w.set)
	}
}

// TimerReset moves the deadlines of n live timers, one after the other.
func TimerReset(n int) func(*measure.Run) {
	return func(r *measure.Run) {
		w := newWheel(r, n)
		next := 0
		move := func() {
			for range extraTimers {
				w.live[next].Reset(spread(next))
				if next++; next == len(w.live) {
					next = 0
				}
			}
		}
		r.Loop(extraTimers, move)
		r.Allocs(extraTimers, move)
	}
}

// TimerFire sets timers that are due at once and has them fire and wake, beside n live
// ones.
func TimerFire(n int) func(*measure.Run) {
	return func(r *measure.Run) {
		w := newWheel(r, n)
		w.measure(r, w.fire, func() { w.fired = 0 })
	}
}

// measure repeats part, with undo in between.
func (w *wheel) measure(r *measure.Run, part, undo func()) {
	m := r.Meter(extraTimers)
	for m.Next() {
		undo()
		m.Start()
		part()
		m.Stop()
	}
	m.Report()
	undo()
	r.Allocs(extraTimers, part)
}

func (w *wheel) set() {
	for i := range w.extra {
		w.extra[i].Reset(spread(i))
	}
}

func (w *wheel) stop() {
	for i := range w.extra {
		w.extra[i].Stop()
	}
}

func (w *wheel) fire() {
	for i := range w.extra {
		w.extra[i].Reset(0)
		w.extra[i].Poll(&w.cx)
	}
	for w.fired < len(w.extra) {
		if _, err := w.r.Ask(&w.events); err != nil {
			panic(err)
		}
	}
}
