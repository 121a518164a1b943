package coord

import (
	"sync/atomic"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a Gate.
//
// head is a list of those that wait, pushed by CAS; Open swaps it for the mark `open` and
// wakes whom it took.
//
// Invariant: a waiter is either pushed before that swap, and is woken, or finds the mark.
// Its waker and link are written before it is pushed, and only Open reads them after.
//
// Rejected: a list under a mutex, whose holder may be stopped while all others wait, and
// a slice of wakers (it would be copied, and its growth counted as memory of the tasks).

// Gate is opened once, for all that wait at it. The zero Gate is shut.
type Gate struct{ head atomic.Pointer[Wait] }

var open = new(Wait)

// Wait is the future of one task at a gate. It links itself into the gate, so it must not
// be moved once polled, belongs to one task, and is not abandoned before the gate opens.
type Wait struct {
	gate  *Gate
	next  *Wait
	waker waker.Waker
}

// Wait returns a future that is Ready once the gate is open.
func (g *Gate) Wait() Wait { return Wait{gate: g} }

// Poll implements future.Future.
func (w *Wait) Poll(cx *waker.Context) future.Poll[future.Unit] {
	listed := !w.waker.IsNoop()
	for {
		head := w.gate.head.Load()
		switch {
		case head == open:
			return future.Ready(future.Unit{})
		case listed:
			return future.Pending[future.Unit]()
		}
		w.next = head
		w.waker = cx.Waker().Clone()
		if w.gate.head.CompareAndSwap(head, w) {
			return future.Pending[future.Unit]()
		}
	}
}

// Open lets everybody through, now and later.
func (g *Gate) Open() {
	for w := g.head.Swap(open); w != nil && w != open; {
		next := w.next // the task may end, and be reused, as soon as it is woken
		w.waker.Wake()
		w = next
	}
}
