package coord

import (
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/waker"
)

// hold locks a line for one who wants to join it, unless the line is closed. Then it drops the clone.
func hold(l *waitlist.List, clone waker.Waker) (h waitlist.Held, open bool) {
	h = l.Lock()
	if h.Closed() {
		h.Unlock()
		clone.Drop()
		return h, false
	}
	return h, true
}

// waitAlone is List.Wait for a line with room for one. It panics with misuse if somebody else waits
// there.
func waitAlone(l *waitlist.List, n *waitlist.Node, w waker.Waker, misuse string) waitlist.State {
	if n.State() != waitlist.Out {
		return l.Wait(n, w)
	}
	clone := w.Clone()
	if l.PushFirst(n, clone) {
		return waitlist.Waiting
	}
	h, open := hold(l, clone)
	if !open {
		return waitlist.Closed
	}
	if h.First() != nil {
		h.Unlock()
		clone.Drop()
		panic("coord: " + misuse)
	}
	h.Push(n, clone)
	h.Unlock()
	return waitlist.Waiting
}

// join has an Out node wait, and reports whether it is the only one.
func join(l *waitlist.List, n *waitlist.Node, w waker.Waker) (s waitlist.State, only bool) {
	clone := w.Clone()
	if l.PushFirst(n, clone) {
		return waitlist.Waiting, true
	}
	h, open := hold(l, clone)
	if !open {
		return waitlist.Closed, false
	}
	only = h.First() == nil
	h.Push(n, clone)
	h.Unlock()
	return waitlist.Waiting, only
}

// waitFirst has an Out node wait ahead of all others: for one whose turn it was, in vain.
func waitFirst(l *waitlist.List, n *waitlist.Node, w waker.Waker) waitlist.State {
	clone := w.Clone()
	h, open := hold(l, clone)
	if !open {
		return waitlist.Closed
	}
	h.PushFront(n, clone)
	h.Unlock()
	return waitlist.Waiting
}
