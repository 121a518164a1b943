package future

import (
	"unsafe"

	"github.com/magpie-go/magpie/deque"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of the ready queue of a LocalPool.
//
// A wake-up, on any thread, sets the task's bit `queued`; who sets it pushes the
// task to the inbox (see deque.Inbox), and unparks the pool if that was empty. The pool
// takes all of it at once, and clears a task's bit before it polls it.
//
// Invariant: a task whose bit is set is in the inbox, in the pool's own list, or about
// to be pushed. It is nowhere twice, so one link a task is enough. The pool sleeps
// only after it found the inbox empty; who then pushes first leaves a token, which
// the pool finds however late it goes to sleep.
//
// Rejected: a channel of tasks (its length bounds the number of tasks or blocks a
// waker), and a mutex around a slice (the same, for a thread that must not block).
type localQueue = deque.Inbox[localTask, *localTask]

// localTask is a task of a LocalPool as its wakers see it.
type localTask struct {
	pool   *LocalPool
	link   deque.Link[localTask] // in the queue
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

// InboxLink makes a localTask fit for a deque.Inbox.
func (t *localTask) InboxLink() *deque.Link[localTask] { return &t.link }

func (t *localTask) wake() {
	if t.announce() {
		t.pool.parker.unpark()
	}
}

// announce queues t, unless it is queued, and reports whether the pool is to be unparked.
func (t *localTask) announce() bool {
	return t.queued.CompareAndSwap(false, true) && t.pool.queue.Push(t)
}

func (t *localTask) waker() waker.Waker {
	// Sound: only localVTable turns the pointer back, into what it is.
	return waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(t), VTable: &localVTable})
}

// localVTable counts nothing: a waker keeps its task from the collector.
var localVTable waker.VTable

func init() {
	localVTable.Uncounted(func(p unsafe.Pointer) { (*localTask)(p).wake() })
}
