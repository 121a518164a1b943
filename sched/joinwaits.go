package sched

import (
	"unsafe"

	"github.com/magpie-go/magpie/deque"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of the waits of a set, which are under JoinSet and JoinMap.
//
// Each wait stands in the joinList of its task. The end of the task, on any thread, wakes it: the wait is pushed to
// the inbox of its set (see deque.Inbox), and the task that waits for the set is woken if the inbox was empty.
//
//	add      join the list; push the wait, as its waker would, if that is closed
//	next     hand out what was taken of the inbox; if nothing is left, leave the task's waker, then take
//	         the inbox whole
//	give up  leave the list; a push that is under way may still come, and is passed over
//
// Invariant: a wait is pushed once, as the list of its task is closed once: so one link is enough, and no
// bit says that it is in the inbox. Who pushes first wakes the waker that was left before the inbox was taken, or is
// found in it.
//
// A wait is not used again: it is part of its task where the set has spawned that, one allocation for both.
//
// Rejected: future.Unordered, a set of futures of any kind, as JoinSet was built on (each wait is a member
// beside an operation beside a task, each allocated, and is polled twice: to join the list, and to find that
// the task has ended).
type waits struct {
	parent waker.AtomicWaker
	inbox  deque.Inbox[wait, *wait]
	batch  deque.List[wait, *wait] // taken from the inbox
	head   *wait                   // of the batch, taken off it and not handed out yet

	first, last *wait // those that were neither handed out nor given up, oldest first
	n           int
}

// wait is a wait of a set for the end of a task.
type wait struct {
	node          waitlist.Node
	set           *waits
	link          deque.Link[wait]
	task          *header // nil once the wait was handed out, or given up
	before, after *wait
}

// spawned is a task together with a set's wait for it.
type spawned[T, W any] struct {
	boxed[T]
	wait W
}

// InboxLink makes a wait fit for a deque.Inbox.
func (w *wait) InboxLink() *deque.Link[wait] { return &w.link }

func (w *wait) wake() {
	if w.set.inbox.Push(w) {
		w.set.parent.Wake()
	}
}

// waitVTable counts nothing: a waker keeps the set from the collector.
var waitVTable waker.VTable

func init() {
	// Sound: only add makes wakers with this table, of a *wait.
	waitVTable.Uncounted(func(p unsafe.Pointer) { (*wait)(p).wake() })
}

// add has a new wait wait for a task.
func (s *waits) add(w *wait, task *header) {
	w.set, w.task = s, task
	if w.before = s.last; s.last != nil {
		s.last.after = w
	} else {
		s.first = w
	}
	s.last = w
	s.n++
	if task.joiners.Wait(&w.node, waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(w), VTable: &waitVTable})) == waitlist.Closed {
		w.wake()
	}
}

// next hands out a wait whose task has ended, and the task. If there is none, or no budget for it, w is nil, and who
// polls is woken when there is.
func (s *waits) next(cx *waker.Context) (w *wait, task *header) {
	if !s.look() {
		s.parent.Register(cx.Waker())
		if !s.fetch() {
			return nil, nil
		}
	}
	if !cx.Spend() {
		return nil, nil
	}
	return s.take()
}

// tryNext is next for one who does not wait.
func (s *waits) tryNext() (w *wait, task *header) {
	if !s.look() && !s.fetch() {
		return nil, nil
	}
	return s.take()
}

// look reports whether there is a wait to be handed out among those taken from the inbox.
func (s *waits) look() bool {
	for s.head == nil || s.head.task == nil {
		if s.head = s.batch.Next(); s.head == nil {
			return false
		}
	}
	return true
}

// fetch is look after the inbox was taken.
func (s *waits) fetch() bool {
	s.batch = s.inbox.TakeAll()
	return s.look()
}

func (s *waits) take() (w *wait, task *header) {
	w, s.head = s.head, nil
	task = w.task
	s.forget(w)
	if s.n == 0 {
		s.stopWaiting()
	}
	return w, task
}

// forget takes a wait off the list.
func (s *waits) forget(w *wait) {
	if w.before != nil {
		w.before.after = w.after
	} else {
		s.first = w.after
	}
	if w.after != nil {
		w.after.before = w.before
	} else {
		s.last = w.before
	}
	w.task, w.before, w.after = nil, nil, nil
	s.n--
}

// giveUp ends a wait that was not handed out.
func (s *waits) giveUp(w *wait) {
	w.task.joiners.Leave(&w.node)
	s.forget(w)
}

// giveUpAll ends all waits, and forgets those that were about to be handed out.
func (s *waits) giveUpAll() {
	s.stopWaiting()
	for s.first != nil {
		s.giveUp(s.first)
	}
	s.inbox.TakeAll()
	s.batch, s.head = deque.List[wait, *wait]{}, nil
}

// abortAll aborts all tasks that are waited for.
func (s *waits) abortAll() {
	for w := s.first; w != nil; w = w.after {
		w.task.abort()
	}
}

func (s *waits) stopWaiting() { wake.Forget(&s.parent) }

// end is what a set without tasks comes to.
func end[T any](cx *waker.Context) future.Poll[T] {
	if !cx.Spend() {
		return future.Pending[T]()
	}
	return future.Failed[T](future.ErrEnd)
}

// outcomeOf returns a task with its result. It is sound for a task of a JoinHandle[T], whose outcome begins with the
// header.
func outcomeOf[T any](task *header) *outcome[T] { return (*outcome[T])(unsafe.Pointer(task)) }
