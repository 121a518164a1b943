package future

import (
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// LocalHandle is a future of the outcome of a task of a [LocalPool]. Any executor may
// poll it, on any thread, one at a time. It ends with a [*PanicError] if the task
// panicked, and with [ErrDropped] if the pool was closed first.
//
// Abandoning the handle leaves the task alone.
//
// done publishes out: the pool writes out, sets done, and wakes; the handle leaves
// its waker, and reads out once it sees done, which it looks at again after it left
// the waker. Rejected: unguarded fields, as everything else in the pool has them;
// a handle is what other threads wait with.
type LocalHandle[T any] struct {
	task   localTask
	f      Future[T] // nil once it has ended
	out    Poll[T]
	done   word.Bool
	taken  bool
	joiner waker.AtomicWaker
}

// Poll answers what the task ended with.
func (h *LocalHandle[T]) Poll(cx *waker.Context) Poll[T] {
	if h.taken {
		ended("LocalHandle")
	}
	if !h.done.Load() {
		h.joiner.Register(cx.Waker())
		if !h.done.Load() {
			return Pending[T]()
		}
		h.Drop()
	}
	return Done(h.take())
}

// Drop abandons the handle; the task goes on.
func (h *LocalHandle[T]) Drop() {
	if w, ok := h.joiner.Take(); ok {
		w.Drop()
	}
}

func (h *LocalHandle[T]) take() (T, error) {
	h.taken = true
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
	h.done.Store(true)
	h.joiner.Wake()
}
