package sched

import "github.com/magpie-go/magpie/internal/word"

// park puts the worker to sleep in its reactor until there is work, and returns false
// when the runtime stops instead. The protocol is at the head of idle.go.
func (w *worker) park() bool {
	if w.rt.phase.Load() != open && !w.windDown() {
		return false
	}
	w.publish()
	w.turned.Store(0)
	searched := w.searching
	w.rt.idle.sleep(w.id, searched)
	w.searching = false
	n := 0
	if w.rt.phase.Load() != open {
		w.rt.tellShutdown()
	}
	if !w.workInSight() && !w.workAtPeers(searched) {
		var err error
		w.counts.Parks++
		n, err = w.reactor.Wait(&w.events, -1)
		w.rt.check(err)
	}
	w.searching = w.rt.idle.awake(w.id)
	w.lastTurn = w.rt.now()
	w.turned.Store(int64(w.lastTurn))
	w.rt.monitor.rouse()
	w.deliver(n)
	w.tick = 0
	return true
}

// deliver wakes what the reactor's last wait has reported.
func (w *worker) deliver(n int) {
	w.turning = true
	w.counts.Events += uint64(w.reactor.Deliver(&w.events, n))
	w.turning = false
}

// workInSight is the last look before sleeping: at the worker's own queues.
func (w *worker) workInSight() bool {
	if !w.inbox.Empty() || !w.boundInbox.Empty() || !w.bound.empty() || !w.stealer.Empty() || w.lifo.Load() != nil {
		return true
	}
	if w.rt.phase.Load() != open && !w.returned.Empty() {
		return true
	}
	return false
}

// workAtPeers is the rest of the last look: at everything that could be stolen.
func (w *worker) workAtPeers(searched bool) bool {
	for _, ring := range w.victims {
		for _, v := range ring {
			if !v.stealer.Empty() || !v.inbox.Empty() || v.lifo.Load() != nil {
				if !searched {
					word.Spin() // it may not take it before one of those that search ends its search
				}
				return true
			}
		}
	}
	return false
}
