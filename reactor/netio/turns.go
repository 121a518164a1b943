package netio

import (
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
)

// The protocol of turns.
//
// A direction of a connection has room for the waker of one task. Its half of the word tells
// whether an operation waits there, and which:
//
//	bit 0       an operation waits
//	bits 1..15  its number; of the last one that waited, if none does
//
//	claim    free → the next number | 1, before the operation leaves its waker
//	release  that number | 1 → that number, when it is ready or dropped
//
// Invariant: an operation that finds bit 0 set by another one panics before it has read,
// written or left a waker: it would have taken the bytes, or the wake-up, of the other. A number comes
// again after 32,768 waits: it matters only to one that was forgotten without a Drop.
//
// The word knows operations (ReadOp, WriteOp, WriteAllOp), not tasks. PollRead and
// PollWrite are refused while an operation waits, but leave no claim themselves: a
// future written by hand may be moved to another executor, whose waker is another one,
// or be dropped without saying so.
//
// Rejected: the address of the operation (one that stands on a stack moves), and a claim
// by each operation at its beginning (two more atomic operations for each read that
// need not wait), a word for each direction (8 bytes of every connection).
type turns struct{ both word.Uint32 }

// turn is an operation's half of the word, 0 if it does not wait.
type turn uint16

// of returns the half of a direction.
func (s *turns) of(d reactor.Direction) turn { return side(s.both.Load(), d) }

func side(both uint32, d reactor.Direction) turn { return turn(both >> (16 * d)) }

// set makes the half of a direction next if it is old, and reports whether it was.
func (s *turns) set(d reactor.Direction, old, next turn) bool {
	for {
		both := s.both.Load()
		if side(both, d) != old {
			return false
		}
		if s.both.CompareAndSwap(both, both^uint32(old^next)<<(16*d)) {
			return true
		}
	}
}

// check panics if an operation other than that of t waits. t is nil for who is no
// operation.
func (s *turns) check(d reactor.Direction, t *turn) {
	if w := s.of(d); w&1 != 0 && (t == nil || w != *t) {
		panic(taken(d))
	}
}

// claimed reports whether an operation waits.
func (s *turns) claimed(d reactor.Direction) bool { return s.of(d)&1 != 0 }

// claim makes t the operation that waits, or panics if there is another one.
func (s *turns) claim(d reactor.Direction, t *turn) {
	if t == nil || *t != 0 {
		return
	}
	w := s.of(d)
	next := (w + 2) | 1
	if w&1 != 0 || !s.set(d, w, next) {
		panic(taken(d))
	}
	*t = next
}

// release lets other operations wait.
func (s *turns) release(d reactor.Direction, t *turn) {
	if *t != 0 {
		s.set(d, *t, *t&^1)
		*t = 0
	}
}

func taken(d reactor.Direction) string {
	if d == reactor.Read {
		return "netio: a second read from a Conn while another one waits: one task at a time may read; let one task read and hand on what arrives, and Drop a read that is given up"
	}
	return "netio: a second write to a Conn while another one waits: one task at a time may write; let one task write what the others hand it, or have them take turns, and Drop a write that is given up"
}
