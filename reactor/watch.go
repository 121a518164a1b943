package reactor

import "time"

// The protocol of watching.
//
// A worker in a long poll is not at its reactor. A peer that sleeps can be made to wake up for it:
// the peer's reactor watches the busy one's, for events by adding its poller to its own (a
// poller is a descriptor that becomes readable), for timers by taking its first deadline for
// one of its own wait, and being interrupted if an earlier one is set.
//
//	Watch      the watcher's poller reports when the watched one has something to report;
//	           edge-triggered: what nobody takes is not reported again and again
//	Deadline   under the lock: reads the first deadline, notes it and the watcher
//	arm        under the lock: a timer before the deadline noted interrupts the watcher
//	Unwatched  under the lock: the watcher is awake; timers interrupt nobody
//
// Invariant: between Deadline and Unwatched every timer of the watched reactor is due no earlier
// than what the watcher waits for, or has interrupted it. The watcher that wakes up calls
// AskAsPeer of the watched reactor; the owner may do the same at any moment, and each event and timer is
// delivered by one of them.
//
// Rejected: moving the sources to the peer's reactor (two system calls and a protocol for each
// socket, back again when the other worker computes), and a peer that wakes up at an interval
// to look (a latency of that interval, for as much CPU time as all the events).

// watchToken is the event data of a watched poller.
const watchToken = ^uint64(1)

// AskAsPeer is Ask for a thread that is not the owner's: it may be called while the owner is in a
// long poll, and does no harm if the owner is back. Where only the owner can ask the backend
// (see backend.go) it fires the timers that are due, and nothing else.
func (r *Reactor) AskAsPeer(ev *Events) (int, error) {
	r.check()
	if !r.poll.shareable() {
		return r.fireDue(), nil
	}
	return r.Ask(ev)
}

// Watch has the owner's waits end when there is something to deliver at another reactor, until
// Unwatch. Any thread may call either, one at a time for each other reactor. It fails if
// the reactors would watch each other in a circle. Where only the owner of the other one can
// ask its backend it does nothing: the watcher wakes up for timers alone, see Deadline.
func (r *Reactor) Watch(other *Reactor) error {
	if !other.poll.shareable() {
		return nil
	}
	return r.poll.watch(&other.poll)
}

// Unwatch ends what Watch has begun.
func (r *Reactor) Unwatch(other *Reactor) {
	if other.poll.shareable() {
		r.poll.unwatch(&other.poll)
	}
}

// Deadline returns how long it is until the first timer is due, negative if none is set, for the
// owner of a reactor that watches this one and is about to wait no longer than that. An
// earlier timer that is set before Unwatched interrupts its wait.
func (r *Reactor) Deadline(watcher *Reactor) time.Duration {
	r.lock.Lock()
	defer r.lock.Unlock()
	deadline := r.wheel.deadline()
	r.watcher, r.watchedUntil = watcher, deadline
	if deadline == never {
		return -1
	}
	return max(time.Duration(deadline-r.now()), 0)
}

// Unwatched says that the watcher of Deadline is awake.
func (r *Reactor) Unwatched(watcher *Reactor) {
	r.lock.Lock()
	if r.watcher == watcher { // else another one has begun since
		r.watcher, r.watchedUntil = nil, 0
	}
	r.lock.Unlock()
}

// sleeperPast returns the reactor whose owner waits for longer than until a deadline of this
// one, its own or its watcher's; nil if none does. Under r.lock.
func (r *Reactor) sleeperPast(when int64) *Reactor {
	switch {
	case when < r.asleepUntil:
		return r
	case when < r.watchedUntil:
		return r.watcher
	}
	return nil
}
