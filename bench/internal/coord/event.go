package coord

import (
	"sync/atomic"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of an Event.
//
// One word says whether it is set. Set writes it and wakes; the waiting task takes it by
// a swap, or registers its waker and tries once more.
//
// Invariant: a Set is taken by one poll at most, and one that comes after the second try
// of a poll finds the waker registered.
//
// Rejected: a counter (sets that come before a poll would each have to be waited for;
// users of an event want to know that something happened, not how often).

// Event is set by any thread and waited for by one task, again and again. The zero Event
// is not set.
type Event struct {
	set   atomic.Uint32
	waker waker.AtomicWaker
}

// Set makes the next poll Ready. Sets between two polls fold into one.
func (e *Event) Set() {
	e.set.Store(1)
	e.waker.Wake()
}

// Poll is Ready if the event has been set since it last was.
func (e *Event) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if !e.take() {
		e.waker.Register(cx.Waker())
		if !e.take() {
			return future.Pending[future.Unit]()
		}
	}
	return future.Ready(future.Unit{})
}

func (e *Event) take() bool { return e.set.Load() != 0 && e.set.Swap(0) != 0 }
