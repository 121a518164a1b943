package sched

import (
	"fmt"

	"github.com/magpie-go/magpie/internal/faults"
	"github.com/magpie-go/magpie/internal/word"
)

// The protocol of a task's state.
//
//	waiting    none of what follows: nobody looks at it until it is woken
//	scheduled  it is in a run queue, or will be put there after its poll
//	running    a worker polls it
//	complete   it has ended; its result is there, and nothing changes any more
//	cancelled  it is to be dropped instead of polled
//	bound      it is polled by its home worker only, see waker.Context and future.Local
//	high, low  its priority, if it is not the normal one, from the beginning; see priority.go
//
//	wake     waiting → scheduled, and the caller queues it; running → running+scheduled,
//	         and the worker queues it after the poll; otherwise nothing
//	start    scheduled → running, by the worker that took it from a queue
//	suspend  running → waiting; running+scheduled → scheduled, and the worker queues it
//	yield    running, scheduled or not → scheduled, and the worker queues it
//	finish   running → complete
//	abort    as wake, and cancelled
//	refuse   scheduled → running, of a task that was never queued and is dropped instead
//	renew    new, running or complete → scheduled, and nothing else: the first state of a
//	         task, and of one that is used again, see recycle.go; bound, high or low too, of
//	         one that was spawned so
//
// Invariant: a task is in exactly one queue if it is scheduled and not running, else in
// none; so at most one worker polls it, and who makes the transition that needs it to be
// queued is the only one who queues it. A wake-up between start and suspend leads to
// one more poll; any number of them lead to one.
//
// wake does not write when the task is scheduled already: the poll to come begins with
// a read-modify-write of this word that follows the reading here. What the waking
// thread published before is thus seen by that poll, as far as it is published by
// atomics, as waker's contract asks.
//
// Transitions of one's own (all but wake and abort, which any thread may try at any time)
// are made without looking: who makes them knows what the state is. Under the explorer and
// the build tag faults they look, and panic if it is another.
//
// Rejected: a lock a task, and separate flags (two words that have to agree).
type state struct{ bits word.Uint32 }

const (
	scheduled uint32 = 1 << iota
	running
	complete
	cancelled
	bound
	high
	low
)

// initial is the state of a task that its spawner is about to queue.
const initial = scheduled

// wake notes a wake-up and reports whether the caller has to queue the task.
func (s *state) wake() (queue bool) {
	for {
		old := s.bits.Load()
		if old&(scheduled|complete) != 0 {
			return false
		}
		if s.bits.CompareAndSwap(old, old|scheduled) {
			return old&running == 0
		}
	}
}

// abort asks for the task to be dropped and reports whether the caller has to queue it.
func (s *state) abort() (queue bool) {
	for {
		old := s.bits.Load()
		if old&(complete|cancelled) != 0 {
			return false
		}
		if s.bits.CompareAndSwap(old, old|cancelled|scheduled) {
			return old&(running|scheduled) == 0
		}
	}
}

// start begins a poll of a task taken from a queue and reports whether it is to be
// dropped instead.
func (s *state) start() (drop bool) {
	// One addition does both changes: only this worker may change these two bits now.
	now := s.bits.Add(running - scheduled)
	if checked {
		legal("start", now-(running-scheduled), scheduled|running|complete, scheduled)
	}
	return now&cancelled != 0
}

// suspend ends a poll that answered Pending and reports whether the worker has to queue
// the task again.
func (s *state) suspend() (queue bool) {
	now := s.bits.Add(^(running - 1))
	if checked {
		legal("suspend", now+running, running|complete, running)
	}
	return now&scheduled != 0
}

// yield ends a poll that answered Pending and wants another one: the worker queues the
// task. It is a wake and a suspend in one.
func (s *state) yield() {
	for {
		old := s.bits.Load()
		if checked {
			legal("yield", old, running|complete, running)
		}
		if s.bits.CompareAndSwap(old, old&^running|scheduled) {
			return
		}
	}
}

// bind makes the task stay where its home says, for good. Once, while it is running.
func (s *state) bind() {
	now := s.bits.Add(bound)
	if checked {
		legal("bind", now-bound, running|complete|bound, running)
	}
}

// finish ends the task, after its result was stored.
func (s *state) finish() { s.become("finish", complete, running|complete, running) }

// refuse claims a task that was never queued, for it to be dropped and finished.
func (s *state) refuse() {
	s.become("refuse", running, scheduled|running|complete, scheduled)
}

// renew makes the state that of a new task, which its spawner is about to queue. place is bound, high and low, as
// far as the task is from the beginning.
func (s *state) renew(place uint32) {
	if !checked {
		s.bits.Store(initial | place)
		return
	}
	if old := s.bits.Swap(initial | place); old != 0 && old&(running|complete) == 0 {
		illegal("renew", old)
	}
}

// place returns bound, high and low, as far as they are set: 0 for the tasks that any worker polls in their turn.
func (s *state) place() uint32 { return s.bits.Load() & (bound | high | low) }

// become stores a state that does not depend on the one before, of which the bits in mask
// are as wanted.
func (s *state) become(name string, now, mask, want uint32) {
	if !checked {
		s.bits.Store(now)
		return
	}
	legal(name, s.bits.Swap(now), mask, want)
}

// checked says whether transitions are.
const checked = word.Exploring || faults.Enabled

func legal(name string, old, mask, want uint32) {
	if old&mask != want {
		illegal(name, old)
	}
}

func illegal(name string, old uint32) {
	panic(fmt.Sprintf("sched: illegal transition of a task: %s in state %05b", name, old))
}

func (s *state) isComplete() bool { return s.bits.Load()&complete != 0 }
func (s *state) isBound() bool    { return s.bits.Load()&bound != 0 }
