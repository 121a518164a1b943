package netio

import (
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
)

// The protocol of turns.
//
// A direction of a connection has room for the waker of one task. Its word tells whether
// an operation waits there, and which:
//
//	bit 0    an operation waits
//	bits 1+  its number; of the last one that waited, if none does
//
//	claim    free → the next number | 1, before the operation leaves its waker
//	release  that number | 1 → that number, when it is ready or dropped
//
// Invariant: an operation that finds bit 0 set by another one panics before it has read,
// written or left a waker: it would have taken the bytes, or the wake-up, of the other.
//
// The word knows operations (ReadOp, WriteOp, WriteAllOp), not tasks. PollRead and
// PollWrite are refused while an operation waits, but leave no claim themselves: a
// future written by hand may be moved to another executor, whose waker is another one,
// or be dropped without saying so.
//
// Rejected: the address of the operation (one that stands on a stack moves), and a claim
// by each operation at its beginning (two more atomic operations for each read that
// need not wait).
type turns struct {
	dir [2]word.Uint32
}

// turn is an operation's number, 0 if it does not wait.
type turn uint32

// check panics if an operation other than that of t waits. t is nil for who is no
// operation.
func (s *turns) check(d reactor.Direction, t *turn) {
	if w := s.dir[d].Load(); w&1 != 0 && (t == nil || turn(w) != *t) {
		panic(taken(d))
	}
}

// claimed reports whether an operation waits.
func (s *turns) claimed(d reactor.Direction) bool { return s.dir[d].Load()&1 != 0 }

// claim makes t the operation that waits, or panics if there is another one.
func (s *turns) claim(d reactor.Direction, t *turn) {
	if t == nil || *t != 0 {
		return
	}
	w := s.dir[d].Load()
	next := (w + 2) | 1
	if w&1 != 0 || !s.dir[d].CompareAndSwap(w, next) {
		panic(taken(d))
	}
	*t = turn(next)
}

// release lets other operations wait.
func (s *turns) release(d reactor.Direction, t *turn) {
	if *t != 0 {
		s.dir[d].CompareAndSwap(uint32(*t), uint32(*t)&^1)
		*t = 0
	}
}

func taken(d reactor.Direction) string {
	if d == reactor.Read {
		return "netio: a second read from a Conn while another one waits: one task at a time may read; let one task read and hand on what arrives, and Drop a read that is given up"
	}
	return "netio: a second write to a Conn while another one waits: one task at a time may write; let one task write what the others hand it, or have them take turns, and Drop a write that is given up"
}
