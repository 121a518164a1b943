package sched

import (
	"slices"
	"time"

	"github.com/magpie-go/magpie/internal/faults"
)

// The protocol of guards.
//
// The sockets and timers of a worker in long polls are served by its peers. One that sleeps does
// not notice them, and that the monitor wakes it every 10 ms is slow for a socket. So a worker
// that is about to sleep becomes the guard of peers in long polls: its reactor watches theirs
// (see reactor.Watch), it wakes up for what they would wake up for, and asks their
// reactors whenever it asks its own.
//
//	guard  0           nobody guards the worker
//	       id+1        this one does; its poller watches the worker's
//	       guardMoves  somebody is changing that
//
//	guardPeers   a worker before it sleeps, for each peer that lets down: 0 → moves → id+1, and
//	             the same from the id of a guard that is in a long poll itself. From the others:
//	             id+1 → moves → 0
//	endGuardOf   a worker that is about to sleep needs no guard: whatever → moves → 0
//
// Invariant: the poller of a worker is watched by that of its guard and by no other; a worker
// that falls asleep is not guarded, so that nothing wakes two. (Where it has a guard still,
// because another thread was changing that at the moment, one is woken in vain, and ends it.)
//
// Nothing depends on there being a guard but latency: what no guard sees is found by those that
// search and by the monitor. So whoever finds the word moving lets it be.
//
// A worker lets down while its reactor is neglected, and for guardFor after it, or a peer, has
// last found it so: long enough to cover one long poll after the other, and what peers do for
// it meanwhile; short enough that one long poll among many short ones does not wake peers for
// long.
//
// Rejected: guarding whoever is awake (each event of a busy server would wake a second worker),
// and letting the guard take no notice between two long polls (a socket that becomes readable
// then waits for the second).
const (
	guardMoves int32 = -1
	guardFor         = 2 * monitorTick
)

// letsDown reports whether the worker's reactor cannot be relied on to be asked soon.
func (p *peer) letsDown(now time.Duration) bool {
	switch since := p.askedAt.Load(); {
	case since == 0: // it is asleep in it
		return false
	case now-time.Duration(since) > neglected:
		return true
	}
	late := p.late.Load()
	return late != 0 && now-time.Duration(late) < guardFor
}

// guardPeers makes the worker, which is about to sleep, the guard of peers that let down, and no
// longer of others.
func (w *worker) guardPeers() {
	now := w.rt.now()
	for _, tier := range w.victims {
		for _, v := range tier {
			if v.letsDown(now) {
				w.beginGuardOf(v, now)
			}
		}
	}
	if len(w.guards) == 0 {
		return
	}
	w.guards = slices.DeleteFunc(w.guards, func(v *peer) bool {
		if v.guard.Load() == w.asGuard() && v.letsDown(now) {
			return false
		}
		w.endGuard(v, w.asGuard())
		return true
	})
}

func (w *worker) asGuard() int32 { return int32(w.id) + 1 }

// beginGuardOf makes the worker the guard of v, unless there is one that can be relied on.
func (w *worker) beginGuardOf(v *peer, now time.Duration) {
	old := v.guard.Load()
	if old == w.asGuard() || old == guardMoves || old > 0 && !w.rt.peers[old-1].letsDown(now) {
		return
	}
	if !w.endGuard(v, old) {
		return
	}
	if !v.guard.CompareAndSwap(0, guardMoves) {
		return
	}
	faults.Point()
	if w.reactor.Watch(v.reactor) != nil { // in a circle
		v.guard.Store(0)
		return
	}
	v.guard.Store(w.asGuard())
	w.guards = append(w.guards, v)
}

// endGuard ends what guard old does for the worker v, and reports whether v has none now. Any
// thread may call it.
func (w *worker) endGuard(v *peer, old int32) (none bool) {
	if old == 0 {
		return true
	}
	if old == guardMoves || !v.guard.CompareAndSwap(old, guardMoves) {
		return false
	}
	faults.Point()
	w.rt.peers[old-1].reactor.Unwatch(v.reactor)
	v.guard.Store(0)
	return true
}

// endGuardOf ends the guard of the worker, which is about to sleep.
func (w *worker) endGuardOf() {
	if old := w.guard.Load(); old != 0 {
		w.endGuard(&w.peer, old)
	}
}

// guardedDeadline returns how long the worker may sleep for the timers of those that it guards;
// negative without limit.
func (w *worker) guardedDeadline() (limit time.Duration) {
	limit = -1
	for _, v := range w.guards {
		if d := v.reactor.Deadline(w.reactor); d >= 0 && (limit < 0 || d < limit) {
			limit = d
		}
	}
	return limit
}

// askGuarded asks the reactors of those that the worker guards, and returns how many events and
// timers there were.
func (w *worker) askGuarded() (n int) {
	for _, v := range w.guards {
		v.reactor.Unwatched(w.reactor)
		if v.guard.Load() != w.asGuard() || v.askedAt.Load() == 0 {
			continue
		}
		k, err := v.reactor.AskAsPeer(&w.events)
		w.rt.check(err)
		n += k
	}
	return n
}
