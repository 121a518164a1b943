package waitlist

import (
	"fmt"
	"unsafe"

	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// State is what a Node has to say to the future that it belongs to.
type State uint32

const (
	// Out is a node in no line.
	Out State = iota
	// Waiting is a node in line.
	Waiting
	// Notified is a node that was taken off because it is its turn.
	Notified
	// Closed is a node that was taken off because nobody waits any more.
	Closed
)

// What told has besides the count.
const (
	marked  = 1 << 31 // a node that takes the place of a line, see Mark
	counted = marked - 1
)

// Node is a place in a line. It lives in the future that waits, at one place from the
// first Wait to the end of the wait: a wait that is given up ends with Leave. The zero
// Node is Out. All its methods and those of List with a Node are for one thread at a time,
// the one that polls.
type Node struct {
	told   word.Uint32
	seen   uint32 // what told was before this wait
	place  uint32 // in line; grows from the first to the last
	closed bool   // of the first one: the list is closed; under its lock
	self   *Node  // from joining on until the future knows what it was told; also to find one that was moved

	// Under the lock of the list. The waker is written by the future only, see the
	// protocol.
	next, prev *Node // a ring
	waker      waker.Waker
}

// State returns where the node stands, as it was a moment ago if it is Waiting.
func (n *Node) State() State {
	if n.self == nil {
		return Out
	}
	if why := (n.told.Load() - n.seen) & counted; why != 0 {
		return State(why)
	}
	return Waiting
}

// tell makes a node Notified or Closed that was taken off. The node may be another wait's by then.
func (n *Node) tell(why State) { n.told.Store((n.seen + uint32(why)) & counted) }

// Waker returns the waker that the node waits with. Under the lock of its list.
func (n *Node) Waker() waker.Waker { return n.waker }

// answer makes a node Out that was taken off, and returns why it was.
func (n *Node) answer() State {
	why := n.State()
	if why != Out {
		n.touch()
		n.waker, n.self = waker.Waker{}, nil
		n.seen = n.told.Load()
	}
	return why
}

// check panics if a node in line is not where it was when it joined.
func (n *Node) check() {
	if n.self != n {
		panic(fmt.Sprintf("waitlist: a future was moved while it waited (from %p to %p): keep it behind one pointer once it has been polled", n.self, n))
	}
}

// touch tells the explorer that the node is about to be written, look that it is read.
func (n *Node) touch() { word.Write(unsafe.Pointer(&n.waker)) }
func (n *Node) look()  { word.Read(unsafe.Pointer(&n.waker)) }
