package sched

import (
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/sys"
)

// queue puts a task that was woken where it will be polled. The caller has made the
// transition that asks for it, see state.go. It may be any thread.
func (rt *Runtime) queue(h *header) {
	w := rt.current()
	if rt.waits {
		rt.noteQueued(h)
	}
	if place := h.state.place(); place != 0 {
		rt.queueApart(w, h, place)
		return
	}
	if w != nil {
		w.push(h)
		return
	}
	rt.inject(h)
}

// queueApart queues a task that is bound to a worker or has a priority; w is the calling worker, or nil, and place
// that of its state, not 0.
func (rt *Runtime) queueApart(w *worker, h *header, place uint32) {
	if place&bound == 0 {
		if w == nil {
			rt.inject(h)
			return
		}
		w.queues.pushRanked(h, place)
		w.share()
		return
	}
	o := rt.peers[h.home-1]
	switch {
	case w == nil || &w.peer != o:
		o.tasks.sendBound(h)
		o.reactor.Unpark()
	case place == bound:
		w.queues.pushBound(h)
	default:
		w.queues.pushRanked(h, place)
	}
}

// inject queues a task from a thread that is no worker: in the inbox that goes with its
// goroutine, so that a burst fills one inbox, which is taken whole, and two producers do
// not meet.
func (rt *Runtime) inject(h *header) {
	i := int(uint(gid.Current()>>6) % uint(len(rt.peers)))
	if rt.sim != nil {
		i = 0 // not by chance
	}
	rt.peers[i].tasks.send(h)
	if rt.idle.wanted() {
		rt.notify(rt.beside(i))
	}
}

// beside returns the worker that a thread outside had better wake: the one on its own core,
// which is awake, while any other core has to be started first (4 µs against 20); if
// such wake-ups come at short intervals the one after it, which will not have
// gone to sleep by the next, while here it would keep the thread from running. If the
// thread's core is not known or not a worker's, it is i.
func (rt *Runtime) beside(i int) int {
	now := int64(rt.now())
	often := now-rt.wokenOutside.Load() < int64(oftenWoken)
	rt.wokenOutside.Store(now)
	cpu := sys.CPU()
	if cpu < 0 || cpu >= len(rt.onCore) || rt.onCore[cpu] == 0 {
		return i
	}
	here := int(rt.onCore[cpu]) - 1
	if often {
		return (here + 1) % len(rt.peers)
	}
	return here
}

// oftenWoken is the interval of wake-ups at which a worker that spins is met awake.
const oftenWoken = 2 * defaultSpin

// notify is called after work was published: it wakes a sleeping worker, preferably the
// given one, unless one is searching already.
func (rt *Runtime) notify(near int) {
	if i := rt.idle.choose(near); i >= 0 {
		rt.wakes.Add(1)
		rt.peers[i].reactor.Unpark()
	}
}
