// Package waitlist is the line in which futures wait for something: first come, first
// served, no allocation, and whoever does not want to wait any more leaves.
package waitlist

import (
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a list.
//
// A list is one word, which holds
//
//	nil      nobody waits
//	a node   the first in line, in a circle with those behind it
//	busy     somebody has locked the list
//	over     the list is closed, and empty
//
// and a closed list that is not empty yet says so in its first node. A node is
//
//	Out → Waiting        by its future, under the lock, or by the operation that makes it the first in line
//	Waiting → Notified   by whoever takes it off because it is its turn, under the lock
//	Waiting → Closed     by whoever closes the list, likewise
//	any → Out            by its future: when it is told, or leaves
//
// Only the two in the middle write a word that others share, told: they add to it what they have to say. That a node
// is Out, and what told was before, is its future's own business, in plain fields: so to wait and to be told
// costs one such write and not three. Who takes a node off reads what told was, which it may: the node
// came into the list after that.
//
// told is written last: a future that sees it changed may use the node for another
// wait, in another list, at once. Wakers are called after the lock was given back, for they
// are code of others, which may come back to this list.
//
// Who finds the list empty and open joins without the lock, by the one compare-and-swap of its word
// (PushFirst): all there is to write is in the node, which nobody else knows of yet.
//
// While a node is in line only its future writes its waker, under the lock, and others
// only read it, under the lock. So the future may compare it without: a poll of one that
// still waits costs one load.
//
// Invariant: a node is in the circle of its list if and only if it is Waiting, or about to
// become something else by the thread that holds the lock. A clone of a waker that was
// given to the list is dropped, or woken, once: by the future that replaced it or left, or
// by the one who took the node off. A future that left knows whether it had been notified;
// then a turn was its, which it must hand on ([List.Leave]).
//
// Rejected: a stack pushed by compare-and-swap and taken whole (as joiners once were:
// nothing can leave it, so it grows with every wait that is given up); a lock beside two
// pointers (24 bytes in every task, where this is 8); a lock-free doubly linked list (a
// node that leaves needs both neighbours).
type List struct{ head word.Pointer[Node] }

// Wait has n wait in line, to be woken by w; if it waits already, by w in place of the
// waker it had. It returns Waiting, or what became of n: Notified, or Closed. n is Out
// again after these two. The caller looks at what it waits for once more after a node
// became Waiting, unless that changes only under the lock of the list.
//
// If w's Clone panics, so does Wait, and nothing has changed.
func (l *List) Wait(n *Node, w waker.Waker) State {
	switch n.State() {
	case Out:
		return l.join(n, w)
	case Waiting:
		n.check()
		n.look()
		if n.waker.WillWake(w) {
			return Waiting
		}
		return l.replace(n, w)
	}
	return n.answer()
}

func (l *List) join(n *Node, w waker.Waker) State {
	if l.head.Load() == over {
		return Closed
	}
	clone := w.Clone()
	if l.PushFirst(n, clone) {
		return Waiting
	}
	h := l.Lock()
	if h.closed {
		h.Unlock()
		clone.Drop()
		return Closed
	}
	h.Push(n, clone)
	h.Unlock()
	return Waiting
}

// PushFirst has an Out node wait, with a clone of its own to be woken by, if nobody does, and the list is neither
// closed nor locked. Else it changes nothing and returns false.
func (l *List) PushFirst(n *Node, clone waker.Waker) bool {
	if l.head.Load() != nil {
		return false
	}
	n.touch()
	n.self, n.waker, n.place, n.closed = n, clone, 0, false
	n.prev, n.next = n, n
	if l.head.CompareAndSwap(nil, n) {
		return true
	}
	n.self, n.waker = nil, waker.Waker{}
	n.prev, n.next = nil, nil
	return false
}

// replace changes the waker of a node in line, unless it is taken off meanwhile.
func (l *List) replace(n *Node, w waker.Waker) State {
	clone := w.Clone()
	h := l.Lock()
	if n.State() != Waiting {
		h.Unlock()
		clone.Drop()
		return n.answer()
	}
	n.touch()
	old := n.waker
	n.waker = clone
	h.Unlock()
	old.Drop()
	return Waiting
}

// Leave ends the wait of n, which is Out then. It reports whether n had been Notified: a
// turn that its future has not seen, and that the caller hands on to the next in line if it
// must not be lost.
func (l *List) Leave(n *Node) (notified bool) {
	if n.State() == Waiting {
		n.check()
		h := l.Lock()
		if n.State() == Waiting {
			w := h.Withdraw(n)
			h.Unlock()
			w.Drop()
			return false
		}
		h.Unlock()
	}
	return n.answer() == Notified
}

// NotifyOne makes the first in line Notified and wakes it. It reports whether there was
// one. A waker that panics is told to report, see [wake.All].
func (l *List) NotifyOne(report wake.Report) bool {
	if first := l.head.Load(); first == nil || first == over {
		return false
	}
	h := l.Lock()
	if h.first == nil {
		h.Unlock()
		return false
	}
	w := h.Take(h.first)
	h.Unlock()
	wake.One(w, report)
	return true
}

// NotifyAll makes all Notified that are in line, and wakes them in their order. Of those who
// come while it does so it may take some, but never more than were there.
func (l *List) NotifyAll(report wake.Report) {
	if first := l.head.Load(); first == nil || first == over {
		return
	}
	h := l.Lock()
	if h.first == nil {
		h.Unlock()
		return
	}
	last := h.first.prev.place
	l.notifyUpTo(h, last, int(last-h.first.place)+1, report)
}

// notifyUpTo is NotifyAll for those up to a place, so many at most, in a list that h holds locked.
func (l *List) notifyUpTo(h Held, last uint32, left int, report wake.Report) {
	told := false
	defer func() {
		if !told { // a waker has called runtime.Goexit
			l.notifyUpTo(l.Lock(), last, left, report)
		}
	}()
	for {
		var ws [batch]waker.Waker
		n := 0
		// The difference, for places may wrap.
		for n < batch && left > 0 && h.first != nil && int32(h.first.place-last) <= 0 {
			ws[n] = h.Take(h.first)
			n++
			left--
		}
		h.Unlock()
		wake.All(ws[:n], report)
		if n < batch {
			told = true
			return
		}
		h = l.Lock()
	}
}

// Close ends the list: nobody waits in it any more. All that are in line become Closed and
// are woken in their order. It may be called again, and does nothing then.
func (l *List) Close(report wake.Report) {
	if l.head.CompareAndSwap(nil, over) {
		return
	}
	told := false
	defer func() {
		if !told { // a waker has called runtime.Goexit
			l.Close(report)
		}
	}()
	for {
		var ws [batch]waker.Waker
		n := 0
		h := l.Lock()
		for h.closed = true; n < batch && h.first != nil; n++ {
			ws[n] = h.Take(h.first)
		}
		h.Unlock()
		wake.All(ws[:n], report)
		if n < batch {
			told = true
			return
		}
	}
}

// Empty reports whether nobody waits in a list that is not closed, as it was a moment ago.
func (l *List) Empty() bool { return l.head.Load() == nil }

// Closed reports whether the list is closed.
func (l *List) Closed() bool {
	first := l.head.Load()
	if first == busy || first != nil && first != over {
		h := l.Lock()
		defer h.Unlock()
		return h.closed
	}
	return first == over
}

// Mark puts m, which is in no line, in the place of a line that nobody shares yet and
// nobody will ever join. [List.Marked] finds it again.
func (l *List) Mark(m *Node) {
	m.told.Store(marked)
	l.head.Store(m)
}

// Marked returns the node given to Mark; nil for a list without.
func (l *List) Marked() *Node {
	if m := l.head.Load(); m != nil && m.told.Load() == marked {
		return m
	}
	return nil
}
