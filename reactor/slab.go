package reactor

import (
	"errors"
	"math/bits"
	"sync"

	"github.com/magpie-go/magpie/internal/word"
)

// The protocol of the slab.
//
// It gives each registered source a slot, and the operating system a token for it:
// slot number and generation, 32 bits each. Any thread may insert, remove and look
// up.
//
//	insert  pop a free slot; write its source; the token has the slot's generation
//	remove  generation++; clear the source; push the slot on the free list
//	look-up read generation, source, generation: both must be the token's
//
// Invariant: while a slot holds a source, its generation is the one in that source's
// token. A token of an earlier source never matches again (a slot would have to be
// used four thousand million times while one event is in a batch): an event of a
// closed descriptor reaches nobody, above all not the next connection in its slot.
// The second reading of the generation closes the gap in which a slot changes hands
// between the first and the source.
//
// The free list is a stack of slot numbers whose head carries a counter, so that a pop
// cannot take a head that was popped and pushed meanwhile for the one it read.
//
// Rejected: a map from descriptor to source (a descriptor is reused at once: the trap
// of gnet #621 and netpoll #127), and pointers in the event data (nothing keeps the
// source alive, and nothing tells it from its successor).

const (
	firstChunk = 64 // slots in the first chunk; each further one doubles the slab
	maxChunks  = 24 // 64 << 23 slots: more than any descriptor table
)

type slot struct {
	generation word.Uint32
	next       word.Uint32 // in the free list: slot number + 1
	source     word.Pointer[Source]
}

type slab struct {
	_      word.Align64
	free   word.Uint64 // counter << 32 | slot number + 1
	live   word.Int32
	chunks [maxChunks]word.Pointer[[]slot]
	grow   sync.Mutex // taken once a doubling
	size   uint32     // slots ever handed out; under grow
}

var errSlabFull = errors.New("reactor: too many registered descriptors")

// slot returns slot number i, which must have been handed out.
func (s *slab) slot(i uint32) *slot {
	n := i/firstChunk + 1
	c := bits.Len32(n) - 1 // chunk c holds 64<<c slots from 64*(1<<c - 1) on
	chunk := s.chunks[c].Load()
	return &(*chunk)[i-firstChunk*(1<<c-1)]
}

func (s *slab) insert(src *Source) (token uint64, err error) {
	i, err := s.pop()
	if err != nil {
		return 0, err
	}
	sl := s.slot(i)
	g := sl.generation.Load()
	sl.source.Store(src)
	s.live.Add(1)
	return uint64(g)<<32 | uint64(i), nil
}

// remove takes the source of a token out and returns how many are left.
func (s *slab) remove(token uint64) (left int) {
	i := uint32(token)
	sl := s.slot(i)
	sl.generation.Add(1)
	sl.source.Store(nil)
	s.push(i)
	return int(s.live.Add(-1))
}

// lookup returns the source of a token, or nil if it is gone.
func (s *slab) lookup(token uint64) *Source {
	sl := s.slot(uint32(token))
	g := uint32(token >> 32)
	if sl.generation.Load() != g {
		return nil
	}
	src := sl.source.Load()
	if sl.generation.Load() != g {
		return nil
	}
	return src
}

// each calls f for every source that is registered during all of the call.
func (s *slab) each(f func(*Source)) {
	s.grow.Lock()
	n := s.size
	s.grow.Unlock()
	for i := range n {
		if src := s.slot(i).source.Load(); src != nil {
			f(src)
		}
	}
}

func (s *slab) push(i uint32) {
	sl := s.slot(i)
	for {
		head := s.free.Load()
		sl.next.Store(uint32(head))
		if s.free.CompareAndSwap(head, counted(head, i+1)) {
			return
		}
	}
}

func (s *slab) pop() (uint32, error) {
	for {
		head := s.free.Load()
		if uint32(head) == 0 {
			return s.fresh()
		}
		i := uint32(head) - 1
		next := s.slot(i).next.Load()
		if s.free.CompareAndSwap(head, counted(head, next)) {
			return i, nil
		}
	}
}

// counted returns the head of the free list that comes after head, with another first slot.
func counted(head uint64, first uint32) uint64 { return (head>>32+1)<<32 | uint64(first) }

// fresh hands out a slot that was never used.
func (s *slab) fresh() (uint32, error) {
	s.grow.Lock()
	defer s.grow.Unlock()
	i := s.size
	c := bits.Len32(i/firstChunk+1) - 1
	if c >= maxChunks {
		return 0, errSlabFull
	}
	if s.chunks[c].Load() == nil {
		chunk := make([]slot, firstChunk<<c)
		s.chunks[c].Store(&chunk)
	}
	s.size++
	return i, nil
}
