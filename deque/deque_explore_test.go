//go:build explore

package deque

import (
	"fmt"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
)

func TestModelDequeLastElement(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 2, 1)
		s.owner(func() { s.pop(1) })
		a := s.thief(func(t *thief) { t.steal(1) })
		b := s.thief(func(t *thief) { t.steal(1) })
		x.Finally(func() {
			x.Assert(len(s.popped)+len(a.took)+len(b.took) == 1, "nobody took the last element")
		})
	})
}

// Nobody else takes, so the thief gets something each time.
func TestModelDequePushAgainstSteal(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 4, 2)
		s.owner(func() { s.push(2) })
		a := s.thief(func(t *thief) { t.steal(2) })
		x.Finally(func() { x.Assert(len(a.took) == 2, "the thief took %v, missed %d", a.took, a.retry+a.empty) })
	})
}

func TestModelDequePushPopOneThief(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 4, 1)
		s.owner(func() { s.push(2); s.pop(2); s.push(1); s.pop(2) })
		s.thief(func(t *thief) { t.steal(3) })
	})
}

func TestModelDequePushPopTwoThieves(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 2, 1)
		s.owner(func() { s.push(1); s.pop(1); s.push(2); s.pop(2) })
		s.thief(func(t *thief) { t.steal(2) })
		s.thief(func(t *thief) { t.steal(1) })
	})
}

// Without pushes, what was empty stays so.
func TestModelDequeEmptyIsTrue(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 2, 2)
		s.owner(func() { s.pop(1) })
		s.thief(func(t *thief) { t.steal(1) })
		b := s.thief(func(t *thief) { t.steal(2) })
		x.Finally(func() {
			x.Assert(!b.afterEmpty, "a thief found nothing, and then it found %v", b.took)
		})
	})
}

// The ring is full while a thief may be anywhere in its steal.
func TestModelDequeGrows(t *testing.T) {
	for _, capacity := range []int{2, 4} {
		t.Run(fmt.Sprint(capacity), func(t *testing.T) {
			bothOrders(t, func(x *explore.Run, fifo bool) {
				s := newScene(x, fifo, capacity, capacity)
				s.owner(func() { s.push(2); s.pop(1) })
				s.thief(func(t *thief) { t.steal(2) })
			})
		})
	}
}

func TestModelDequeGrowsTwoThieves(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 2, 2)
		s.owner(func() { s.push(2) })
		for range 2 {
			s.thief(func(t *thief) { t.steal(1) })
		}
	})
}

// A thief stands between its CAS and its read while the owner goes round the ring.
func TestModelDequeWrapsAround(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 2, 1)
		s.owner(func() {
			for range 3 {
				s.push(1)
				s.pop(1)
			}
		})
		s.thief(func(t *thief) { t.steal(2) })
	})
}

// A thief that has not read its element yet makes the owner move to another ring, of
// the same size, and what the owner does there must not depend on the old one.
func TestModelDequeMovesToAnotherRing(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 4, 4)
		s.owner(func() { s.push(2); s.pop(1); s.push(2) })
		s.thief(func(t *thief) { t.steal(3) })
	})
}

// The owner clears the slots of what was stolen when it finds nothing, and when its
// ring is full.
func TestModelDequeSweeps(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 2, 2)
		s.owner(func() { s.pop(1); s.push(1); s.pop(2); s.push(1) })
		s.thief(func(t *thief) { t.steal(2) })
	})
}

func TestModelDequeSweepsTwoThieves(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 2, 2)
		s.owner(func() { s.pop(1); s.push(1) })
		for range 2 {
			s.thief(func(t *thief) { t.steal(1) })
		}
	})
}

func TestModelDequeStealHalf(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 4, 4)
		s.owner(func() { s.pop(3); s.push(1) })
		s.thief(func(t *thief) {
			n := t.half()
			if !fifo {
				return
			}
			t.x.Assert(n == 0 || slices.Equal(t.took, consecutive(t.took[0], n)), "half of it is %v", t.took)
		})
	})
}

func TestModelDequeStealHalfWithoutOwner(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 4, 4)
		a := s.thief(func(t *thief) { t.half() })
		s.thief(func(t *thief) { t.steal(1) })
		x.Finally(func() {
			x.Assert(len(a.took) <= 2, "half of 4 is %v", a.took)
			x.Assert(!fifo || a.retry > 0 || len(a.took) == 2, "half of 3 or 4, claimed at once, is %v", a.took)
		})
	})
}

func TestModelDequeStealHalfTwice(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 2, 2)
		s.owner(func() { s.push(1) })
		for range 2 {
			s.thief(func(t *thief) { t.half() })
		}
	})
}

// What was stolen is stolen again out of the thief's deque.
func TestModelDequeStealHalfOnwards(t *testing.T) {
	bothOrders(t, func(x *explore.Run, fifo bool) {
		s := newScene(x, fifo, 4, 4)
		own := NewSmall[int](2, fifo)
		x.Label("own", own)
		s.loot = append(s.loot, own)
		s.thief(func(t *thief) {
			v, _, got := t.s.StealHalf(own)
			t.note(got, v)
		})
		s.thief(func(t *thief) {
			v, got := own.Stealer().Steal()
			t.note(got, v)
		})
	})
}

func consecutive(from, n int) (all []int) {
	for i := range n {
		all = append(all, from+i)
	}
	return all
}

// Three threads, longer: not all schedules.
func TestModelDequeAtRandom(t *testing.T) {
	for _, fifo := range []bool{true, false} {
		t.Run(fmt.Sprint("fifo=", fifo), func(t *testing.T) {
			explore.Check(t, explore.Config{Random: 5000, Seed: 1}, func(x *explore.Run) {
				s := newScene(x, fifo, 2, 1)
				s.owner(func() {
					for range 3 {
						s.push(3)
						s.pop(2)
					}
				})
				for range 2 {
					s.thief(func(t *thief) { t.steal(2); t.half() })
				}
			})
		})
	}
}
