package sched

import (
	"unsafe"

	"github.com/magpie-go/magpie/deque"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/waker"
)

// header is what the scheduler knows of a task: the first part of its one allocation,
// followed by the result and the future.
type header struct {
	state   state
	owner   uint16 // worker that has it in its list, by id + 1; written once, while running
	home    uint16 // worker that it is bound to, likewise; another one may own it
	self    body
	rt      *Runtime
	link    deque.Link[header] // in an inbox, or among those that ended away from their owner
	prev    *header            // in the owner's list
	next    *header
	joiners joinList
}

// InboxLink makes a header fit for a deque.Inbox.
func (h *header) InboxLink() *deque.Link[header] { return &h.link }

// body is the typed part of a task.
type body interface {
	// poll polls the future and, if it is ready, keeps its result.
	poll(cx *waker.Context) (done bool)
	// abandon drops the future, which has not been ready, and makes err the result. It is
	// called once at most.
	abandon(err error)
	// setError makes err the result, without touching the future again.
	setError(err error)
	// polled returns the future, while it is there.
	polled() any
}

// outcome is a task with the result that its JoinHandle reads once it is complete.
type outcome[T any] struct {
	header
	value T
	err   error
}

func (o *outcome[T]) setError(err error) { o.err = err }

// result returns the result of a task that is complete.
func (o *outcome[T]) result() (T, error) {
	if o.err != nil {
		o.rt.read(o.err)
	}
	return o.value, o.err
}

// boxed is a task of a future that lives elsewhere.
type boxed[T any] struct {
	outcome[T]
	f future.Future[T]
}

func (b *boxed[T]) poll(cx *waker.Context) bool {
	p := b.f.Poll(cx)
	if p.IsPending() {
		return false
	}
	b.f = nil
	b.value, b.err = p.Result()
	return true
}

func (b *boxed[T]) abandon(err error) {
	f := b.f
	b.f, b.err = nil, err
	future.Drop(f)
}

func (b *boxed[T]) polled() any { return b.f }

// inline is a task that holds its future itself.
type inline[T, F any, P FuturePointer[F, T]] struct {
	outcome[T]
	f F
}

func (i *inline[T, F, P]) poll(cx *waker.Context) bool {
	p := P(&i.f).Poll(cx)
	if p.IsPending() {
		return false
	}
	i.clear()
	i.value, i.err = p.Result()
	return true
}

func (i *inline[T, F, P]) abandon(err error) {
	i.err = err
	defer i.clear()
	future.Drop(P(&i.f))
}

func (i *inline[T, F, P]) polled() any { return P(&i.f) }

// clear forgets the future, so that a finished task keeps nothing of it alive. One that others
// may point to is left as it is, see plain.go.
func (i *inline[T, F, P]) clear() {
	if poolOf[inline[T, F, P], F](i).plain {
		var zero F
		i.f = zero
	}
}

// name is what the task's future is called in reports, while it is there.
func (h *header) name() string { return origin.Name(h.self.polled()) }

// rawWaker returns the waker of the task. It needs no counting: the collector keeps the
// task for as long as somebody has its waker.
func (h *header) rawWaker() waker.RawWaker {
	return waker.RawWaker{Data: unsafe.Pointer(h), VTable: &taskVTable}
}

var taskVTable waker.VTable

func init() {
	// Sound: Data of a waker with this table is always a *header.
	taskVTable.Uncounted(func(p unsafe.Pointer) {
		h := (*header)(p)
		if h.state.wake() {
			h.rt.queue(h)
		}
	})
}
