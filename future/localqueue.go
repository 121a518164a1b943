package future

import (
	"unsafe"

	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of the ready queue of a LocalPool.
//
// A wake-up, on any thread, sets the task's bit `queued`; who sets it pushes the
// task on the list `head` by compare-and-swap, and unparks the pool if the list was
// empty. The pool takes the whole list by one swap, turns it round, and clears a
// task's bit before it polls it.
//
// Invariant: a task whose bit is set is in `head`, in the pool's own list, or about
// to be pushed. It is nowhere twice, so one link a task is enough. The pool sleeps
// only after a swap that found nothing; who then pushes first leaves a token, which
// the pool finds however late it goes to sleep. The list is never popped one by one,
// so a head that comes back (ABA) is still followed by what the pusher linked to it.
//
// Rejected: a channel of tasks (its length bounds the number of tasks or blocks a
// waker), and a mutex around a slice (the same, for a thread that must not block).
type localQueue struct {
	head word.Pointer[localTask]
}

// localTask is a task of a LocalPool as its wakers see it.
type localTask struct {
	pool   *LocalPool
	next   *localTask // in the queue
	queued word.Bool

	// The pool's list of tasks that have not ended, touched by its thread alone.
	// body is nil once the task has ended.
	before, after *localTask
	body          localBody
}

// localBody is what a task runs, whatever its type of value.
type localBody interface {
	poll(cx *waker.Context) (ready bool)
	end(err error)
	drop()
}

// push adds t and tells whether the queue was empty.
func (q *localQueue) push(t *localTask) bool {
	for {
		old := q.head.Load()
		t.next = old
		if q.head.CompareAndSwap(old, t) {
			return old == nil
		}
	}
}

// takeAll empties the queue and returns its tasks linked, the oldest first.
func (q *localQueue) takeAll() *localTask {
	var list *localTask
	for t := q.head.Swap(nil); t != nil; {
		next := t.next
		t.next = list
		list, t = t, next
	}
	return list
}

func (t *localTask) wake() {
	if t.announce() {
		t.pool.parker.unpark()
	}
}

// announce queues t, unless it is queued, and tells whether the pool is to be unparked.
func (t *localTask) announce() bool {
	return t.queued.CompareAndSwap(false, true) && t.pool.queue.push(t)
}

func (t *localTask) waker() waker.Waker {
	// Sound: only localVTable turns the pointer back, into what it is.
	return waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(t), VTable: &localVTable})
}

// localVTable counts nothing: a waker keeps its task from the collector.
var localVTable waker.VTable

func init() {
	// Set here and not where it is declared: Clone names the table it is in.
	wake := func(p unsafe.Pointer) { (*localTask)(p).wake() }
	localVTable = waker.VTable{
		Clone:     func(p unsafe.Pointer) waker.RawWaker { return waker.RawWaker{Data: p, VTable: &localVTable} },
		Wake:      wake,
		WakeByRef: wake,
		Drop:      func(unsafe.Pointer) {},
	}
}
