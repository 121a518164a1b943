//go:build explore

package deque

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
)

// scene is a deque of the numbers 1, 2, 3, … in the order in which they are pushed,
// and who took which.
type scene struct {
	x       *explore.Run
	d       *Deque[int]
	s       Stealer[int]
	pushed  int
	popped  [][2]int // what the owner took, and how much had been pushed by then
	nothing [][2]int // how much the owner had popped, and pushed, when it found nothing
	thieves []*thief
	loot    []*Deque[int] // what thieves put into deques of their own
}

type thief struct {
	*scene
	took []int
	// What became of its attempts.
	empty, retry int
	afterEmpty   bool // an attempt succeeded after one that found nothing
	own          *Deque[int]
}

func newScene(x *explore.Run, fifo bool, capacity, elements int) *scene {
	s := &scene{x: x, d: NewSmall[int](capacity, fifo)}
	s.s = s.d.Stealer()
	x.Label("d", s.d)
	x.Label("slots", reflect.NewAt(reflect.ArrayOf(capacity, reflect.TypeFor[int]()), s.d.ring.base).Interface())
	s.push(elements)
	x.Finally(s.check)
	return s
}

func (s *scene) push(n int) {
	for range n {
		s.pushed++
		s.d.Push(s.pushed)
	}
}

func (s *scene) pop(n int) {
	for range n {
		v, ok := s.d.Pop()
		if !ok {
			s.nothing = append(s.nothing, [2]int{len(s.popped), s.pushed})
			continue
		}
		s.popped = append(s.popped, [2]int{v, s.pushed})
	}
}

func (s *scene) owner(f func()) { s.x.Go("owner", f) }

// thief adds a thread that steals.
func (s *scene) thief(f func(t *thief)) *thief {
	t := &thief{scene: s}
	s.thieves = append(s.thieves, t)
	s.x.Go("", func() { f(t) })
	return t
}

func (t *thief) note(got Steal, elements ...int) {
	switch got {
	case Empty:
		t.empty++
	case Retry:
		t.retry++
	case Stolen:
		t.took = append(t.took, elements...)
		t.afterEmpty = t.afterEmpty || t.empty > 0
	}
}

func (t *thief) steal(n int) {
	for range n {
		v, got := t.s.Steal()
		t.note(got, v)
	}
}

// half steals half and says how many that were.
func (t *thief) half() int {
	if t.own == nil {
		t.own = NewSmall[int](2, true)
	}
	v, n, got := t.s.StealHalf(t.own)
	took := []int{v}
	for {
		more, ok := t.own.Pop()
		if !ok {
			break
		}
		took = append(took, more)
	}
	if got == Stolen {
		t.x.Assert(n == len(took), "StealHalf said %d and took %v", n, took)
	} else {
		t.x.Assert(n == 0 && len(took) == 1, "StealHalf said %d, %v and took %v", n, got, took)
	}
	t.note(got, took...)
	return n
}

// check is what every model must satisfy when its threads have ended.
func (s *scene) check() {
	for _, d := range s.loot {
		t := &thief{scene: s}
		for v, ok := d.Pop(); ok; v, ok = d.Pop() {
			t.took = append(t.took, v)
		}
		if !d.fifo {
			slices.Reverse(t.took)
		}
		s.thieves = append(s.thieves, t)
	}

	// What is left comes out in order.
	var left []int
	for v, ok := s.d.Pop(); ok; v, ok = s.d.Pop() {
		left = append(left, v)
		s.x.Assert(len(left) <= s.pushed, "of 1 to %d came out %v", s.pushed, left)
	}
	want := slices.Sorted(slices.Values(left))
	if !s.d.fifo {
		slices.Reverse(want)
	}
	s.x.Assert(slices.Equal(left, want), "%v were left, in this order", left)

	// Each element once.
	all := slices.Clone(left)
	stolen := map[int]bool{}
	for _, t := range s.thieves {
		s.x.Assert(slices.IsSorted(t.took), "a thief took %v, in this order", t.took)
		all = append(all, t.took...)
		for _, v := range t.took {
			stolen[v] = true
		}
	}
	for _, p := range s.popped {
		all = append(all, p[0])
	}
	slices.Sort(all)
	for i := range s.pushed {
		if i >= len(all) || all[i] != i+1 {
			s.x.Fail("of 1 to %d were taken %s", s.pushed, s.account(left))
		}
	}
	s.x.Assert(len(all) == s.pushed, "of 1 to %d were taken %s", s.pushed, s.account(left))

	// The owner took the oldest or the newest of what thieves left it.
	var before []int
	for _, p := range s.popped {
		for v := 1; v <= p[1]; v++ {
			passedOver := v < p[0]
			if !s.d.fifo {
				passedOver = v > p[0]
			}
			if passedOver && !stolen[v] && !slices.Contains(before, v) {
				s.x.Fail("the owner took %d while %d was there: %s", p[0], v, s.account(left))
			}
			if !s.d.fifo && passedOver && stolen[v] {
				s.x.Fail("a thief took %d while %d was there: %s", v, p[0], s.account(left))
			}
		}
		before = append(before, p[0])
	}
	for _, n := range s.nothing {
		for v := 1; v <= n[1]; v++ {
			s.x.Assert(stolen[v] || slices.Contains(before[:n[0]], v), "the owner found nothing while %d was there: %s", v, s.account(left))
		}
	}
	for i, v := range s.d.Slots() {
		s.x.Assert(v == 0, "the empty deque keeps %d in slot %d", v, i)
	}
	s.x.Assert(s.d.Len() == 0 && s.s.Empty(), "the empty deque has length %d", s.d.Len())
}

func (s *scene) account(left []int) string {
	text := fmt.Sprintf("by the owner %v (with so many pushed), left %v", s.popped, left)
	for _, t := range s.thieves {
		text += fmt.Sprintf(", by a thief %v", t.took)
	}
	return text
}

// bothOrders explores a model with an oldest-first and a newest-first owner.
func bothOrders(t *testing.T, model func(x *explore.Run, fifo bool)) {
	for _, c := range []struct {
		name string
		fifo bool
	}{{"oldest_first", true}, {"newest_first", false}} {
		t.Run(c.name, func(t *testing.T) {
			explore.Check(t, explore.Config{}, func(x *explore.Run) { model(x, c.fifo) })
		})
	}
}
