package sched

import "github.com/magpie-go/magpie/internal/gid"

// queue puts a task that was woken where it will be polled. The caller has made the
// transition that asks for it, see state.go. It may be any thread.
func (rt *Runtime) queue(h *header) {
	w := rt.current()
	if h.state.isBound() {
		rt.queueBound(w, h)
		return
	}
	if w != nil {
		w.push(h)
		return
	}
	rt.inject(h)
}

// queueBound queues a task at the worker that it is bound to; w is the calling worker, or
// nil.
func (rt *Runtime) queueBound(w *worker, h *header) {
	o := rt.workers[h.home-1]
	if w == o {
		o.bound.push(h)
		return
	}
	o.boundInbox.Push(h)
	o.reactor.Unpark()
}

// inject queues a task from a thread that is no worker: in the inbox that goes with its
// goroutine, so that a burst fills one inbox, which is taken whole, and two producers do
// not meet.
func (rt *Runtime) inject(h *header) {
	i := int(uint(gid.Current()>>6) % uint(len(rt.workers)))
	rt.workers[i].inbox.Push(h)
	rt.notify(i)
}

// notify is called after work was published: it wakes a sleeping worker, preferably the
// given one, unless one is searching already.
func (rt *Runtime) notify(near int) {
	if i := rt.idle.choose(near); i >= 0 {
		rt.wakes.Add(1)
		rt.workers[i].reactor.Unpark()
	}
}
