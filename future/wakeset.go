package future

import (
	"math/bits"
	"unsafe"

	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of wakeSet.
//
// A future with many children gives each a waker of its own, so that it polls only
// the children that were woken. One bit a child says "poll me"; the waker of the
// parent's task lies in an AtomicWaker.
//
//	a child is woken   set its bit; if it was not set before, wake the parent
//	the parent polls   leave the task's waker; take the bits, word by word;
//	                   poll the children they name
//
// Invariant: a bit that is set is seen by a poll of the parent that has yet to take
// that word. Who sets a bit wakes the parent afterwards; so either the parent, which
// leaves its waker before it takes the bits, has left it already and is polled
// again, or it has not, and then takes the bit in the poll that is under way. A bit
// found set was set by somebody who sees to the same thing.
//
// A child that wakes itself while it is polled sets its bit anew and waits for the
// next poll of the parent: one poll ends, whatever the children do.
//
// Rejected: polling all children each time (quadratic for a large join), and a queue
// of woken children (a word and a link each, and who frees the node of a child whose
// waker outlives the set); bits of a collected set are simply written and forgotten.
type wakeSet struct {
	parent waker.AtomicWaker
	bits   []word.Uint32
	seats  []wakeSeat
	cx     waker.Context // lent to the child being polled; here as a local one would escape
	first  int           // the child to begin with: the one after that which used up the last budget
}

// wakeSeat is what a child's waker points to.
type wakeSeat struct {
	set   *wakeSet
	index uint32
}

// init makes the set for n children, all of them to be polled.
func (s *wakeSet) init(n int) {
	s.bits = make([]word.Uint32, (n+31)/32)
	s.seats = make([]wakeSeat, n)
	for i := range s.seats {
		s.seats[i] = wakeSeat{s, uint32(i)}
	}
	for i := range s.bits {
		s.bits[i].Store(uint32(1)<<min(32, n-32*i) - 1)
	}
}

// each calls poll for every child woken since the last time, with its context,
// until poll returns false. They come in order; but after a poll in which one child has
// used up the budget, so that those after it got nothing, they begin with those.
func (s *wakeSet) each(cx *waker.Context, poll func(i int, cx *waker.Context) bool) {
	s.parent.Register(cx.Waker())
	first := s.first
	s.first = 0
	for k := range s.bits {
		w := (first/32 + k) % len(s.bits)
		if s.bits[w].Load() == 0 {
			continue
		}
		for left := bits.RotateLeft32(s.bits[w].Swap(0), -(first % 32)); left != 0; left &= left - 1 {
			i := 32*w + (bits.TrailingZeros32(left)+first)%32
			s.cx = cx.WithWaker(s.seats[i].waker())
			if !poll(i, &s.cx) {
				s.cx = waker.Context{}
				return
			}
			if s.first == 0 && cx.Exhausted() {
				s.first = (i + 1) % len(s.seats)
			}
		}
	}
	s.cx = waker.Context{}
}

// release gives the parent's waker back, when no child is waited for any more.
func (s *wakeSet) release() {
	wake.Forget(&s.parent)
}

func (s *wakeSeat) waker() waker.Waker {
	// Sound: only seatVTable turns the pointer back, into what it is.
	return waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(s), VTable: &seatVTable})
}

func (s *wakeSeat) wake() {
	word, bit := &s.set.bits[s.index/32], uint32(1)<<(s.index%32)
	for {
		old := word.Load()
		if old&bit != 0 {
			return
		}
		if word.CompareAndSwap(old, old|bit) {
			s.set.parent.Wake()
			return
		}
	}
}

// seatVTable counts nothing: a child's waker keeps the whole set from the collector.
var seatVTable waker.VTable

func init() {
	seatVTable.Uncounted(func(p unsafe.Pointer) { (*wakeSeat)(p).wake() })
}
