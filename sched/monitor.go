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
	rouser  chan struct{} // holds one token
	quit    chan struct{}
}

const (
	// monitorTick is how late a neglected reactor may be found, and 100 wake-ups a
	// second at most.
	monitorTick = 10 * time.Millisecond
	// monitorRests is after how many ticks without a worker awake the monitor rests: an
	// occasional wake-up should not start and stop it each time.
	monitorRests = 20
)

func newMonitor(rt *Runtime) *monitor {
	return &monitor{rt: rt, rouser: make(chan struct{}, 1), quit: make(chan struct{})}
}

// rouse is called by a worker that woke up.
func (m *monitor) rouse() {
	if m.resting.Load() && m.resting.CompareAndSwap(true, false) {
		m.rouser <- struct{}{} // never blocks: one token for each rest
	}
}

func (m *monitor) run() {
	defer m.rt.running.Done()
	ticker := time.NewTicker(monitorTick)
	defer ticker.Stop()
	for quiet := 0; ; {
		select {
		case <-ticker.C:
		case <-m.quit:
			return
		}
		if m.rt.idle.sleeping() < len(m.rt.workers) {
			quiet = 0
			m.watch()
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
		ticker.Reset(monitorTick)
	}
}

// rest waits until a worker wakes up; false when the runtime stops.
func (m *monitor) rest() bool {
	if !m.settle() {
		return true
	}
	select {
	case <-m.rouser:
		return true
	case <-m.quit:
		return false
	}
}

// settle announces a rest and tells whether it is to be: a token comes when it is over.
func (m *monitor) settle() bool {
	m.resting.Store(true)
	return m.rt.idle.sleeping() == len(m.rt.workers) || !m.resting.CompareAndSwap(true, false)
}

// watch wakes a sleeping worker if a busy one has neglected its reactor.
func (m *monitor) watch() {
	now := m.rt.now()
	for _, w := range m.rt.workers {
		if w.neglects(now) {
			m.rt.notify(w.id)
			return
		}
	}
}
