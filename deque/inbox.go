package deque

import (
	"unsafe"

	"github.com/magpie-go/magpie/internal/word"
)

// The protocol of Inbox: a list whose head is pushed by CAS and taken whole by one
// swap to nil. Nobody takes a single element off the shared head, so there is no ABA:
// a push's CAS only needs the head to be the node it linked to, whatever happened
// between.
//
// Invariant: a node is reachable from at most one of the shared head and one taken
// list; its link is written only by who owns it: the pusher before its CAS, the taker
// after its swap.
//
// Rejected: a bounded ring (a push from outside would have to wait or fail), and a
// queue that is taken one by one (an element's cost twice, and hazard pointers).

// Link is the field that makes a struct fit for an Inbox; a method InboxLink of the struct
// returns its address. A struct is in at most one Inbox, or List, at a time.
type Link[T any] struct{ next *T }

// Linked is a pointer type whose struct has a Link.
type Linked[T any] interface {
	*T
	InboxLink() *Link[T]
}

// Inbox is a list that any thread may push to and any thread may take whole. The zero
// value is empty and ready to use. It never allocates.
type Inbox[T any, P Linked[T]] struct {
	_    word.NoCopy
	head word.Pointer[T]
}

// Push adds p and reports whether the inbox was empty before.
func (b *Inbox[T, P]) Push(p P) (first bool) {
	for {
		head := b.head.Load()
		link := p.InboxLink()
		word.Write(unsafe.Pointer(link))
		link.next = head
		if b.head.CompareAndSwap(head, (*T)(p)) {
			return head == nil
		}
	}
}

// Empty reports whether the inbox is empty at this moment.
func (b *Inbox[T, P]) Empty() bool { return b.head.Load() == nil }

// TakeAll empties the inbox and returns what was in it, oldest first.
func (b *Inbox[T, P]) TakeAll() List[T, P] {
	if b.head.Load() == nil {
		return List[T, P]{}
	}
	node := b.head.Swap(nil)
	var l List[T, P]
	for node != nil { // newest first: turn it round
		link := P(node).InboxLink()
		word.Write(unsafe.Pointer(link))
		next := link.next
		link.next = l.head
		l.head = node
		node = next
		l.n++
	}
	return l
}

// List is what TakeAll took: a list that belongs to the taker alone.
type List[T any, P Linked[T]] struct {
	head *T
	n    int
}

// Len returns how many elements are left in the list.
func (l *List[T, P]) Len() int { return l.n }

// Next takes the first element off the list; nil when there is none left.
func (l *List[T, P]) Next() P {
	p := P(l.head)
	if p == nil {
		return nil
	}
	link := p.InboxLink()
	word.Write(unsafe.Pointer(link))
	l.head, link.next = link.next, nil
	l.n--
	return p
}

// PushAll moves a whole list to a deque, publishing it at once.
func PushAll[T any, P Linked[T]](d *Deque[P], l *List[T, P]) {
	n := uint64(l.n)
	if n == 0 {
		return
	}
	if d.bottom-d.safe+n > d.ring.mask+1 {
		d.makeRoom(n)
	}
	for p := l.Next(); p != nil; p = l.Next() {
		*(*P)(d.ring.write(d.bottom, unsafe.Sizeof(p))) = p
		d.bottom++
	}
	d.q.publish(d.bottom)
}
