package sched

import (
	"time"

	"github.com/magpie-go/magpie/internal/word"
)

// The protocol of the monitor.
//
// A worker in a long poll looks neither at its reactor nor at its timers. Its peers do it
// for it when they search, but peers that sleep do not search. So an ordinary goroutine
// looks every few milliseconds whether a busy worker has not been at its reactor for
// long, and wakes a sleeping one.
//
// While all workers sleep there is nothing to watch: the monitor then waits on a channel,
// having set `resting`, and looked once more whether all sleep. A worker that wakes up
// reads `resting` after having marked itself awake, and rouses it.
//
// Invariant: while a worker is awake the monitor ticks, or is being roused.
type monitor struct {
	rt      *Runtime
	resting word.Bool
	tick    time.Duration // while nobody computes
	rouser  chan struct{} // holds one token
	quit    chan struct{}
	told    []time.Duration // the stall of each worker that was reported last, see watchdog.go
}

const (
	// monitorTick is how late a neglected reactor may be found, and 100 wake-ups a
	// second at most.
	monitorTick = 10 * time.Millisecond
	// computeTick is the same while workers compute: see fork.go.
	computeTick = serveEvery
	// monitorRests is after how many ticks without a worker awake the monitor rests: an
	// occasional wake-up should not start and stop it each time.
	monitorRests = 20
)

// watchEvery is the tick of new runtimes' monitors: tests do without them.
var watchEvery = monitorTick

func newMonitor(rt *Runtime) *monitor {
	return &monitor{
		rt: rt, tick: watchEvery, rouser: make(chan struct{}, 1), quit: make(chan struct{}), told: make([]time.Duration, rt.config.Workers),
	}
}

// rouse is called by a worker that woke up.
func (m *monitor) rouse() {
	if m.resting.Load() && m.resting.CompareAndSwap(true, false) {
		m.rouser <- struct{}{} // never blocks: one token for each rest
	}
}

func (m *monitor) run() {
	defer m.rt.running.Done()
	ticker := time.NewTicker(m.tick)
	defer ticker.Stop()
	tick := m.tick
	for quiet := 0; ; {
		select {
		case <-ticker.C:
		case <-m.quit:
			return
		}
		if m.rt.idle.sleeping() < len(m.rt.peers) {
			quiet = 0
			next := m.tick
			if m.watch() {
				next = computeTick
			}
			if next != tick {
				tick = next
				ticker.Reset(tick)
			}
			continue
		}
		if quiet++; quiet < monitorRests {
			continue
		}
		quiet = 0
		ticker.Stop()
		if !m.rest() {
			return
		}
		tick = m.tick
		ticker.Reset(tick)
	}
}

// rest waits until a worker wakes up; false when the runtime stops.
func (m *monitor) rest() bool {
	if !m.announceRest() {
		return true
	}
	select {
	case <-m.rouser:
		return true
	case <-m.quit:
		return false
	}
}

// announceRest announces a rest and reports whether it is to be: a token comes when it is over.
func (m *monitor) announceRest() bool {
	m.resting.Store(true)
	return m.rt.idle.sleeping() == len(m.rt.peers) || !m.resting.CompareAndSwap(true, false)
}

// watch sees to workers that have neglected their reactors: it wakes a sleeping one, has those
// look around after the poll that they are in, and those that compute interrupt it for a while.
// It reports whether one computes.
func (m *monitor) watch() (computing bool) {
	now := m.rt.now()
	neglected := -1
	for _, w := range m.rt.peers {
		if w.neglects(now) {
			neglected = w.id
			w.hurry.Store(true)
			computing = w.jobs.Interrupt() || computing
		}
	}
	if neglected >= 0 {
		m.rt.notify(neglected)
	}
	m.watchStalls(now)
	return computing
}
