package future

import (
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// LocalHandle is a future of the outcome of a task of a [LocalPool]. Any executor may
// poll it, on any thread, one at a time. It ends with a [*PanicError] if the task
// panicked, and with [ErrDropped] if the pool was closed first.
//
// A handle that nobody wants can be left alone, or dropped.
type LocalHandle[T any] struct {
	task   localTask
	f      Future[T] // nil once it has ended
	out    Poll[T]
	state  word.Uint32
	joiner waker.AtomicWaker
}

// The protocol of LocalHandle: state says whose out is. The pool writes out, publishes it (open to done), and wakes; the
// handle leaves its waker, looks at the state again, and reads out once that is done. A
// handle that is dropped while it is open leaves out to the pool, which discards it.
// Rejected: unguarded fields, as everything else in the pool has them; a handle is what
// other threads wait with.
const (
	handleOpen = iota
	handleDone
	handleOver // taken or dropped
)

// Poll returns what the task ended with.
func (h *LocalHandle[T]) Poll(cx *waker.Context) Poll[T] {
	h.check()
	switch h.state.Load() {
	case handleOver:
		ended("LocalHandle")
	case handleOpen:
		h.joiner.Register(cx.Waker())
		if h.state.Load() == handleOpen {
			return Pending[T]()
		}
	}
	if !cx.Spend() {
		return Pending[T]()
	}
	h.release()
	return Done(h.take())
}

// Drop abandons the handle. The task goes on; what it comes to, or has come to, is
// discarded (see [Discard]).
func (h *LocalHandle[T]) Drop() {
	h.check()
	if h.state.Swap(handleOver) == handleDone {
		v := h.out.value
		h.out = Poll[T]{}
		defer Discard(v)
	}
	h.release()
}

// check panics for a handle that Spawn has not made, whose task would never end.
func (h *LocalHandle[T]) check() {
	if h == nil || h.task.pool == nil {
		panic("future: a nil or zero LocalHandle: Spawn makes them")
	}
}

func (h *LocalHandle[T]) release() {
	wake.Forget(&h.joiner)
}

func (h *LocalHandle[T]) isDone() bool { return h.state.Load() == handleDone }

func (h *LocalHandle[T]) take() (T, error) {
	h.state.Store(handleOver)
	out := h.out
	h.out = Poll[T]{}
	return out.Result()
}

func (h *LocalHandle[T]) poll(cx *waker.Context) bool {
	p := h.f.Poll(cx)
	if p.ready {
		h.f = nil
		h.finish(p)
	}
	return p.ready
}

func (h *LocalHandle[T]) end(err error) { h.finish(Failed[T](err)) }

func (h *LocalHandle[T]) drop() {
	f := h.f
	h.f = nil
	Drop(f)
}

func (h *LocalHandle[T]) finish(p Poll[T]) {
	h.out = p
	if h.state.CompareAndSwap(handleOpen, handleDone) {
		wake.Cell(&h.joiner, nil)
	} else {
		h.out = Poll[T]{}
		Discard(p.value)
	}
}
