package waitlist

import (
	"runtime"

	"github.com/magpie-go/magpie/internal/cpu"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// busy stands in the word of a list that is locked, over in that of one that is closed and
// empty. Nobody looks into them.
var busy, over = new(Node), new(Node)

// Held is a list while it is locked. The section must be short, for others spin; it must
// call no waker, nor anything else that is not known to return. It ends with Unlock.
type Held struct {
	list   *List
	first  *Node
	closed bool
}

// Lock locks the list.
func (l *List) Lock() Held {
	first := l.head.Load()
	if first == busy || !l.head.CompareAndSwap(first, busy) {
		first = l.contend()
	}
	switch first {
	case nil:
		return Held{list: l}
	case over:
		return Held{list: l, closed: true}
	}
	return Held{l, first, first.closed}
}

// contend is apart so that Lock is small.
//
//go:noinline
func (l *List) contend() *Node {
	for round := 0; ; round++ {
		first := l.head.Load()
		for first != busy {
			if l.head.CompareAndSwap(first, busy) {
				return first
			}
			first = l.head.Load()
		}
		word.Spin()
		if round < 7 { // as internal/spin
			cpu.Pauses(1 << round)
		} else {
			runtime.Gosched()
		}
	}
}

// Unlock ends the section.
func (h *Held) Unlock() {
	first := h.first
	if first != nil {
		first.closed = h.closed
	} else if h.closed {
		first = over
	}
	h.list.head.Store(first)
}

// Closed reports whether the list is closed; it is not to be joined then.
func (h *Held) Closed() bool { return h.closed }

// First returns the node that has waited longest; nil if none waits.
func (h *Held) First() *Node { return h.first }

// Last returns the node that has waited shortest; nil if none waits.
func (h *Held) Last() *Node {
	if h.first == nil {
		return nil
	}
	return h.first.prev
}

// After returns the node behind n in line; nil if n is the last.
func (h *Held) After(n *Node) *Node {
	if n.next == h.first {
		return nil
	}
	return n.next
}

// Push puts an Out node at the end of the line, to be woken by w, a clone of its own.
func (h *Held) Push(n *Node, w waker.Waker) {
	if h.first == nil {
		h.first = n
		h.enter(n, n, n, 0, w)
		return
	}
	last := h.first.prev
	h.enter(n, last, h.first, last.place+1, w)
}

// PushFront puts an Out node ahead of all others.
func (h *Held) PushFront(n *Node, w waker.Waker) {
	first := h.first
	if first == nil {
		h.Push(n, w)
		return
	}
	h.enter(n, first.prev, first, first.place-1, w)
	h.first = n
}

func (h *Held) enter(n, prev, next *Node, place uint32, w waker.Waker) {
	n.touch()
	n.self, n.waker, n.place = n, w, place
	n.prev, n.next = prev, next
	prev.next, next.prev = n, n
}

// Take takes a node off and makes it Notified, or Closed if the list is. It returns the
// node's waker, which its caller wakes after Unlock. The node may be another wait's by
// then, and must not be touched.
func (h *Held) Take(n *Node) waker.Waker {
	h.unlink(n)
	n.look()
	w, why := n.waker, Notified
	if h.closed {
		why = Closed
	}
	n.tell(why)
	return w
}

// Withdraw takes a node off that does not want to wait any more: it is Out. It returns the
// node's waker, which its caller drops after Unlock. It is for those who keep count of who is in
// line; others call [List.Leave].
func (h *Held) Withdraw(n *Node) waker.Waker {
	h.unlink(n)
	w := n.waker
	n.answer()
	return w
}

func (h *Held) unlink(n *Node) {
	if n.next == n {
		h.first = nil
	} else if h.first == n {
		h.first = n.next
	}
	n.prev.next, n.next.prev = n.next, n.prev
	n.next, n.prev = nil, nil
}
