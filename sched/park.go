package sched

import (
	"math"

	"github.com/magpie-go/magpie/internal/faults"
	"github.com/magpie-go/magpie/internal/word"
)

// park puts the worker to sleep in its reactor until there is work, and returns false
// when the runtime stops instead. The protocol is at the head of idle.go.
func (w *worker) park() bool {
	if w.rt.phase.Load() != open && !w.windDown() {
		return false
	}
	if w.fork.latch == nil {
		w.jobs.RunStray()
	}
	if w.rt.config.Hooks.Park != nil {
		w.rt.tellWorker("Park", w.rt.config.Hooks.Park, w)
		if !w.queues.empty() { // also of bound tasks, which no last look of others would see
			w.rt.tellWorker("Unpark", w.rt.config.Hooks.Unpark, w)
			return true
		}
	}
	if w.done() == w.sleptWith {
		w.counts.Noops++
	}
	w.sleptWith = math.MaxUint64
	since := w.rt.now()
	w.publish(since)
	w.jobs.Sweep()
	w.guardPeers()
	w.asleep()
	w.endGuardOf()
	searched := w.searching
	faults.Point()
	w.rt.idle.sleep(w.id, searched)
	w.searching = false
	n := 0
	if w.rt.phase.Load() != open {
		w.rt.tellShutdown()
	}
	seen := w.workInSight() || w.workAtPeers(searched)
	if !seen {
		var err error
		w.counts.Parks++
		faults.Point()
		w.sleptWith = w.done()
		n, err = w.reactor.Wait(&w.events, w.guardedDeadline())
		w.rt.check(err)
	}
	faults.Point()
	w.searching = w.rt.idle.awake(w.id, seen && searched)
	now := w.rt.now()
	w.pace.restart(now, w.counts.Polls)
	w.awake(now)
	if !seen {
		w.slept += now - since
		w.learnFromSleep(now - since)
	}
	faults.Point()
	w.rt.monitor.rouse()
	w.deliver(n)
	w.tick, w.lookedAt = 0, w.lastAsked
	w.rt.tellWorker("Unpark", w.rt.config.Hooks.Unpark, w)
	return true
}

// deliver wakes what the reactor's last wait has reported.
func (w *worker) deliver(n int) {
	w.delivering = true
	w.counts.Events += uint64(w.reactor.Deliver(&w.events, n))
	if len(w.guards) > 0 {
		w.counts.Events += uint64(w.askGuarded())
	}
	w.delivering = false
}

// workInSight is the last look before sleeping: at the worker's own queues.
func (w *worker) workInSight() bool {
	if !w.queues.empty() {
		return true
	}
	if w.rt.phase.Load() != open && !w.queues.ended.Empty() {
		return true
	}
	return w.fork.latch != nil && !w.fork.latch.Sleep()
}

// workAtPeers is the rest of the last look: at everything that could be stolen now. A task
// in a LIFO slot cannot, until its worker is in a long poll, and that the monitor tells.
func (w *worker) workAtPeers(searched bool) bool {
	if !w.peersHaveWork() {
		return false
	}
	if word.Exploring && !searched && w.rt.idle.crowded() {
		word.Spin() // it may not take it before one of those that search ends its search
	}
	return true
}

// peersHaveWork reports whether something could be stolen at this moment that is worth
// being awake for.
func (w *worker) peersHaveWork() bool {
	for _, tier := range w.victims {
		for _, v := range tier {
			if v.hasWork() || !v.jobs.Empty() {
				return true
			}
		}
	}
	return false
}
