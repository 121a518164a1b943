package coord

import (
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/waker"
)

// server is a primitive whose line may be served several at a time.
type server interface {
	// next reports whether it is the turn of the first in line, and takes what that turn costs.
	next(first *waitlist.Node) bool
	// served notes that all whose turn it is have been taken off; empty says that nobody is
	// left.
	served(empty bool)
}

// serve gives their turn to those at the head of a line that h holds locked, unlocks it, and
// wakes them in their order. Both methods of s are called with the line locked.
//
// A waker is code of others: between two batches the line is unlocked, and s as whole as between
// two operations.
func serve(l *waitlist.List, h waitlist.Held, s server) {
	told := false
	defer func() {
		if !told { // a waker has called runtime.Goexit
			serve(l, l.Lock(), s)
		}
	}()
	for {
		var ws [turnBatch]waker.Waker
		n := 0
		for ; n < turnBatch; n++ {
			first := h.First()
			if first == nil || !s.next(first) {
				break
			}
			ws[n] = h.Take(first)
		}
		s.served(h.First() == nil)
		h.Unlock()
		wake.All(ws[:n], nil)
		if n < turnBatch {
			told = true
			return
		}
		h = l.Lock()
	}
}

// awaitTurn polls a node that has been in line. It returns Waiting also if the turn has come and
// this poll has no budget left for it.
func awaitTurn(l *waitlist.List, n *waitlist.Node, cx *waker.Context) waitlist.State {
	if n.State() != waitlist.Waiting && !cx.Spend() {
		return waitlist.Waiting
	}
	return l.Wait(n, cx.Waker())
}
