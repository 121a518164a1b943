package sched

import (
	"github.com/magpie-go/magpie/deque"
	"github.com/magpie-go/magpie/internal/cpu"
	"github.com/magpie-go/magpie/internal/faults"
	"github.com/magpie-go/magpie/internal/word"
)

// The queues of a worker.
//
//	queue       who pushes                  who takes
//	lifo        the worker                  the worker; peers, of a worker in a long poll
//	run         the worker                  the worker, oldest first; peers, half at a time
//	bound       the worker                  the worker
//	inbox       any thread                  the worker, whole, into run; peers, whole
//	boundInbox  any thread                  the worker, whole, into bound
//	lanes       as run, bound and inbox, for tasks that have a priority: see priority.go
//	ended       peers, tasks that ended     the worker, whole: they are not polled
//
// They are enumerated in this file and nowhere else: whoever asks whether there is work, or
// takes some, asks for it by what it is for.
//
// A worker has queues, which only its own thread touches; others reach its sharedQueues, which
// is a part of them.
//
// Invariant: a task is in at most one queue, see state.go. A task that is bound to a worker is
// in bound, boundInbox or ended of that worker only.
type queues struct {
	run       *deque.Deque[*header]
	bound     fifo
	inARow    int    // polls in a row from the LIFO slot
	fromLIFO  uint64 // polls from the LIFO slot, ever
	boundLast bool   // of two tasks that are not from the LIFO slot the last one was bound's
	lanesUsed bool   // there may be something in the lanes
	lanes     lanes

	_ cpu.Pad
	sharedQueues
	_ cpu.Pad
}

// sharedQueues are the queues of a worker as all other threads see them.
type sharedQueues struct {
	lifo       word.Pointer[header]
	inbox      inbox
	boundInbox inbox
	boundSent  word.Int32 // tasks pushed to boundInbox and not taken in
	sent       word.Gauge // the same of inbox, and of the inbox of the lanes
	ended      inbox
	thieves    deque.Stealer[*header] // of run; never written again
	rankedEver word.Bool              // the lanes have been used
	ranked     sharedLanes
}

type inbox = deque.Inbox[header, *header]

// maxLIFO is how many polls in a row may come from the LIFO slot while others wait;
// tokio's figure.
const maxLIFO = 3

// initialQueue is the capacity of a new run queue, Go's and tokio's.
const initialQueue = 256

func (q *queues) init() {
	q.run = deque.NewFIFO[*header](initialQueue)
	q.thieves = q.run.Stealer()
	q.initLanes()
}

// push queues a task to be polled next. The one that was to be next goes to the run queue; if
// there was one push returns true.
func (q *queues) push(h *header) (displaced bool) {
	old := q.lifo.Swap(h)
	if old == nil {
		return false
	}
	q.run.Push(old)
	return true
}

// pushLast queues a task behind all others.
func (q *queues) pushLast(h *header) { q.run.Push(h) }

// pushBound queues a task that no other worker may poll, and that has no priority.
func (q *queues) pushBound(h *header) { q.bound.push(h) }

// next takes the task to poll next, of those that were pushed or taken in; nil if there is none.
// While other queues have tasks, maxLIFO in a row come from the LIFO slot at most, and the others
// take turns.
func (q *queues) next() *header {
	if q.lanesUsed {
		if h := q.nextInLane(); h != nil {
			return h
		}
	}
	if q.inARow < maxLIFO && q.lifo.Load() != nil {
		if h := q.takeLIFO(); h != nil {
			q.inARow++
			q.fromLIFO++
			return h
		}
	}
	q.inARow = 0
	if !q.bound.empty() {
		if q.boundLast = !q.boundLast; q.boundLast {
			return q.bound.pop()
		}
	}
	if h, ok := q.run.Pop(); ok {
		return h
	}
	if h := q.bound.pop(); h != nil {
		return h
	}
	if h := q.takeLIFO(); h != nil || !q.lanesUsed {
		return h
	}
	return q.lastInLane()
}

// takeLIFO empties the LIFO slot. Any thread may call it.
func (q *sharedQueues) takeLIFO() *header {
	if q.lifo.Load() == nil {
		return nil
	}
	return q.lifo.Swap(nil)
}

// takeIn moves what others have pushed to where next finds it, and returns how many tasks those
// were.
func (q *queues) takeIn() int {
	l := q.boundInbox.TakeAll()
	n := l.Len()
	if n > 0 {
		q.boundSent.Add(-int32(n))
	}
	for h := l.Next(); h != nil; h = l.Next() {
		if place := h.state.place(); place != bound {
			q.pushRanked(h, place)
		} else {
			q.pushBound(h)
		}
	}
	if q.rankedEver.Load() {
		n += q.takeInRanked(&q.sharedQueues)
	}
	return n + q.takeInbox(&q.sharedQueues)
}

// takeInbox moves what others have pushed to an inbox, the worker's own or a peer's, to the run queue, and returns
// how many tasks those were.
func (q *queues) takeInbox(from *sharedQueues) int {
	l := from.inbox.TakeAll()
	n := l.Len()
	if n == 0 {
		return 0
	}
	from.sent.Add(-int32(n))
	faults.Point()
	deque.PushAll(q.run, &l)
	return n
}

// stealFrom moves tasks of another worker to the run queue, from one of its queues, and returns
// how many. It takes what the other one is about to poll, in its LIFO slot, only if it is told
// to. (A chain of tasks that wake one another would otherwise change workers with each idle one
// that comes by.)
func (q *queues) stealFrom(v *sharedQueues, slot bool) int {
	ranked := v.rankedEver.Load()
	if ranked {
		if n := q.takeInRanked(v) + q.stealLane(v, laneHigh); n > 0 {
			return n
		}
	}
	if n := stealHalf(v.thieves, q.run); n > 0 {
		return n
	}
	if n := q.takeInbox(v); n > 0 {
		return n
	}
	if slot {
		if h := v.takeLIFO(); h != nil {
			faults.Point()
			q.run.Push(h)
			return 1
		}
	}
	if ranked {
		return q.stealLane(v, laneLow)
	}
	return 0
}

// stealHalf moves half of a peer's queue to one of the worker's, and returns how many tasks those were.
func stealHalf(from deque.Stealer[*header], to *deque.Deque[*header]) int {
	for {
		h, n, got := from.StealHalf(to)
		switch got {
		case deque.Stolen:
			faults.Point()
			to.Push(h)
			return n
		case deque.Empty:
			return 0
		}
	}
}

// empty reports whether there is nothing to poll, for a worker that is about to sleep.
func (q *queues) empty() bool { return q.boundLen() == 0 && q.sharedQueues.empty() }

// empty reports the same of the queues that others reach: all there are of a worker that sleeps.
func (q *sharedQueues) empty() bool {
	return !q.arrived() && q.thieves.Empty() && q.lifo.Load() == nil && q.lanesEmpty()
}

// arrived reports whether others have pushed something that was not taken in.
func (q *sharedQueues) arrived() bool {
	return !q.inbox.Empty() || !q.boundInbox.Empty() || q.rankedEver.Load() && !q.ranked.inbox.Empty()
}

// stealable reports whether there is something that is worth stealing: tasks from outside, or a
// run queue of that length. (What stands in a LIFO slot becomes so by a long poll, which
// the monitor sees.)
func (q *sharedQueues) stealable(length int) bool {
	return q.len() >= length || !q.inbox.Empty() || q.rankedEver.Load() && !q.ranked.inbox.Empty()
}

// len returns the length of the run queue, with that of the lanes.
func (q *sharedQueues) len() int {
	n := q.thieves.Len()
	if q.rankedEver.Load() {
		n += q.ranked.thieves[laneLow].Len() + q.ranked.thieves[laneHigh].Len()
	}
	return n
}

// send queues a task from another thread.
func (q *sharedQueues) send(h *header) {
	if h.state.place() != 0 {
		q.sendRanked(h)
		return
	}
	q.sent.Add(1)
	q.inbox.Push(h)
}

// sendBound queues a task that is bound to the worker from another thread.
func (q *sharedQueues) sendBound(h *header) {
	q.boundSent.Inc()
	q.boundInbox.Push(h)
}
