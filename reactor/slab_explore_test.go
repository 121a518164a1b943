//go:build explore && linux && !portable

package reactor

import (
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
)

// usedSlab is a slab with so many slots in its free list.
func usedSlab(n int) *slab {
	s := new(slab)
	var tokens []uint64
	for range n {
		t, _ := s.insert(new(Source))
		tokens = append(tokens, t)
	}
	for _, t := range tokens {
		s.remove(t)
	}
	return s
}

// Threads that insert and remove, with two slots between them: no slot has two sources.
func modelSlab(threads, slots, rounds int) func(x *explore.Run) {
	return func(x *explore.Run) {
		s := usedSlab(slots)
		x.Label("slab", s)
		tokens := make([]uint64, threads)
		sources := make([]Source, threads)
		for i := range threads {
			x.Go("", func() {
				for round := range rounds {
					if round > 0 {
						x.Assert(s.lookup(tokens[i]) == &sources[i], "a source has lost its slot")
						s.remove(tokens[i])
					}
					tokens[i], _ = s.insert(&sources[i])
				}
			})
		}
		x.Finally(func() {
			for i := range threads {
				x.Assert(s.lookup(tokens[i]) == &sources[i], "source %d has lost its slot", i)
			}
			x.Assert(s.live.Load() == int32(threads), "%d live", s.live.Load())
		})
	}
}

func TestModelSlabInsert(t *testing.T) { explore.Check(t, explore.Config{}, modelSlab(3, 3, 1)) }
func TestModelSlabReuse(t *testing.T) {
	explore.Check(t, testkit.Within(3), modelSlab(2, 2, 3))
}

// A thread that pops is overtaken by one that pops two slots and pushes the first one
// back: the free list must not hand out the second again.
func TestModelSlabFreeListABA(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := usedSlab(3)
		var a, b, c Source
		var ta, tb, tc uint64
		x.Label("slab", s)
		x.Go("slow", func() { tc, _ = s.insert(&c) })
		x.Go("quick", func() {
			ta, _ = s.insert(&a)
			tb, _ = s.insert(&b)
			s.remove(ta)
		})
		x.Finally(func() {
			var d Source
			td, _ := s.insert(&d)
			x.Assert(s.lookup(tb) == &b && s.lookup(tc) == &c && s.lookup(td) == &d, "a slot was handed out twice")
		})
	})
}

// A token looked up while its slot changes hands finds its own source or none.
func TestModelSlabStaleToken(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := usedSlab(1)
		var old, successor Source
		token, _ := s.insert(&old)
		x.Label("slab", s)
		x.Go("owner", func() {
			s.remove(token)
			s.insert(&successor)
		})
		for range 2 {
			x.Go("", func() {
				src := s.lookup(token)
				x.Assert(src == nil || src == &old, "an event of a closed descriptor finds its successor")
			})
		}
		x.Finally(func() { x.Assert(s.lookup(token) == nil, "a token outlives its source") })
	})
}
