package stream

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/waker"
)

// Split returns two streams: yes has the values of s that is is true for, no the others. Neither keeps
// more than one value for the other: a half that meets a value that is not its own waits until that is
// taken. An item that failed goes to the half that asks; the end comes to both.
//
// Both halves belong to one task, as branches of a [future.Join] do. For two tasks there are channels,
// see package coord. If one is dropped what is its own is discarded; s is dropped with the second.
func Split[T any](s future.Stream[T], is func(v T) bool) (yes, no future.Stream[T]) {
	mustHave(is != nil, "Split", "func", aFunc)
	sp := &splitter[T]{over: on(s, "Split"), is: is}
	sp.half[0].of, sp.half[1].of = sp, sp
	return &sp.half[0], &sp.half[1]
}

// splitter is what the halves share. Whoever polls s last has left his waker there, though s may have been ready: so a half
// that has stopped waiting, or got an item, wakes the other one, which asks for itself then.
type splitter[T any] struct {
	over[T]
	is   func(T) bool
	half [2]part[T]
}

// part is a half of a stream.
type part[T any] struct {
	of   *splitter[T]
	v    T // its own, which the other half has met
	full bool
	gone bool
	w    waker.AtomicWaker
}

func (h *part[T]) other() *part[T] {
	if h == &h.of.half[0] {
		return &h.of.half[1]
	}
	return &h.of.half[0]
}

func (h *part[T]) take() T {
	var none T
	v := h.v
	h.v, h.full = none, false
	return v
}

func (h *part[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if h.gone {
		return end[T](cx)
	}
	other := h.other()
	if h.full {
		v := h.take()
		wake.Cell(&other.w, nil) // it may have waited for this
		return future.Ready(v)
	}
	for {
		h.w.Register(cx.Waker())
		if other.full {
			return future.Pending[T]()
		}
		p := h.of.next(cx)
		v, err := p.Result()
		if p.IsPending() {
			return p
		}
		if err != nil {
			wake.Cell(&other.w, nil)
			return p
		}
		mine := h.of.is(v) == (h == &h.of.half[0])
		switch {
		case mine:
			wake.Cell(&other.w, nil)
			return p
		case other.gone:
			future.Discard(v)
		default:
			other.v, other.full = v, true
			wake.Cell(&other.w, nil)
		}
	}
}

func (h *part[T]) StopWaiting() {
	wake.Forget(&h.w)
	other := h.other()
	h.of.StopWaiting()
	wake.Cell(&other.w, nil)
}

func (h *part[T]) Drop() {
	if h.gone {
		return
	}
	h.gone = true
	other := h.other()
	if other.gone {
		defer h.of.leave()
	}
	if h.full {
		defer future.Discard(h.take())
	}
	h.StopWaiting()
}

func (h *part[T]) Trace(t *future.Tracer) { h.of.over.Trace(t) }
