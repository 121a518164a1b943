package deque_test

import (
	"slices"
	"testing"

	"github.com/magpie-go/magpie/deque"
)

func push(d *deque.Deque[int], from, to int) {
	for i := from; i <= to; i++ {
		d.Push(i)
	}
}

// drain pops all, for f.
func drain[T any](d *deque.Deque[T], f func(T)) {
	for v, ok := d.Pop(); ok; v, ok = d.Pop() {
		f(v)
	}
}

// all pops all and returns it in order.
func all[T any](d *deque.Deque[T]) (list []T) {
	drain(d, func(v T) { list = append(list, v) })
	return list
}

func numbers(from, to int) (all []int) {
	step := 1
	if to < from {
		step = -1
	}
	for i := from; i != to+step; i += step {
		all = append(all, i)
	}
	return all
}

func TestOwnerOrder(t *testing.T) {
	oldest, newest := deque.NewFIFO[int](0), deque.NewLIFO[int](0)
	push(oldest, 1, 5)
	push(newest, 1, 5)
	if got := all(oldest); !slices.Equal(got, numbers(1, 5)) {
		t.Errorf("oldest first gave %v", got)
	}
	if got := all(newest); !slices.Equal(got, numbers(5, 1)) {
		t.Errorf("newest first gave %v", got)
	}
}

func TestStealTakesTheOldest(t *testing.T) {
	for _, d := range []*deque.Deque[int]{deque.NewFIFO[int](0), deque.NewLIFO[int](0)} {
		s := d.Stealer()
		if v, got := s.Steal(); got != deque.Empty || v != 0 {
			t.Errorf("an empty deque gave %d, %v", v, got)
		}
		push(d, 1, 3)
		for want := 1; want <= 3; want++ {
			if s.Len() != 4-want || s.Empty() || d.Len() != 4-want {
				t.Errorf("%d left, and Len is %d and %d", 4-want, s.Len(), d.Len())
			}
			if v, got := s.Steal(); got != deque.Stolen || v != want {
				t.Errorf("steal %d gave %d, %v", want, v, got)
			}
		}
		if _, ok := d.Pop(); ok || !s.Empty() || s.Len() != 0 || d.Len() != 0 {
			t.Errorf("something is left: %d", d.Len())
		}
	}
}

func TestCapacity(t *testing.T) {
	for _, c := range [][2]int{{-1, 64}, {0, 64}, {64, 64}, {65, 128}, {1000, 1024}} {
		if got := deque.NewFIFO[int](c[0]).Cap(); got != c[1] {
			t.Errorf("asked for %d, got room for %d, want %d", c[0], got, c[1])
		}
	}
}

// A deque grows by what is in it, not by what has gone through it.
func TestGrowth(t *testing.T) {
	for _, fifo := range []bool{true, false} {
		d := deque.NewSmall[int](2, fifo)
		for i := range 1000 {
			d.Push(i)
			d.Push(i)
			d.Pop()
			d.Stealer().Steal()
		}
		if d.Cap() > 4 {
			t.Errorf("2 elements at a time made a ring of %d", d.Cap())
		}
		push(d, 1, 1000)
		if d.Len() != 1000 || d.Cap() < 1000 {
			t.Errorf("%d elements in a ring of %d", d.Len(), d.Cap())
		}
		want := numbers(1, 1000)
		if !fifo {
			slices.Reverse(want)
		}
		if got := all(d); !slices.Equal(got, want) {
			t.Errorf("grown to %d it gave %v", d.Cap(), got)
		}
	}
}

func TestStealHalf(t *testing.T) {
	for _, fifo := range []bool{true, false} {
		for _, c := range []struct{ have, want int }{{0, 0}, {1, 1}, {2, 1}, {3, 2}, {10, 5}, {511, 256}, {2000, 256}} {
			d, dst := deque.NewSmall[int](2, fifo), deque.NewSmall[int](2, true)
			push(d, 1, c.have)
			v, n, got := d.Stealer().StealHalf(dst)
			if n != c.want || (got == deque.Stolen) != (c.want > 0) {
				t.Errorf("half of %d is %d, %v; want %d", c.have, n, got, c.want)
			}
			if n == 0 {
				continue
			}
			if took := append([]int{v}, all(dst)...); !slices.Equal(took, numbers(1, c.want)) {
				t.Errorf("half of %d took %v", c.have, took)
			}
			if d.Len() != c.have-c.want {
				t.Errorf("half of %d left %d", c.have, d.Len())
			}
		}
	}
}

func TestStealHalfIntoItself(t *testing.T) {
	d := deque.NewFIFO[int](0)
	d.Push(1)
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
		if v, ok := d.Pop(); !ok || v != 1 {
			t.Error("the element is gone")
		}
	}()
	d.Stealer().StealHalf(d)
}

func TestElementsOfAnySize(t *testing.T) {
	type large struct {
		n    [5]uint32
		text string
	}
	larges, empties := deque.NewSmall[large](2, false), deque.NewSmall[struct{}](2, false)
	for i := range uint32(100) {
		larges.Push(large{n: [5]uint32{4: i}, text: "x"})
		empties.Push(struct{}{})
	}
	for i := range uint32(100) {
		if v, ok := larges.Pop(); !ok || v.n[4] != 99-i || v.text != "x" {
			t.Fatalf("the pop %d gave %v, %v", i, v, ok)
		}
	}
	if n := len(all(empties)); n != 100 {
		t.Errorf("of 100 structs without fields came back %d", n)
	}
}

func TestStealString(t *testing.T) {
	for got, want := range map[deque.Steal]string{deque.Empty: "empty", deque.Retry: "retry", deque.Stolen: "stolen", 9: "invalid"} {
		if got.String() != want {
			t.Errorf("%d is %q, want %q", got, got, want)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	for _, fifo := range []bool{true, false} {
		d, dst := deque.NewSmall[*int](16, fifo), deque.NewSmall[*int](16, fifo)
		s := d.Stealer()
		var in inbox
		nodes := make([]node, 8)
		queue := deque.NewSmall[*node](16, fifo)
		v := new(int)
		round := func() {
			for range 8 {
				d.Push(v)
			}
			d.Pop()
			s.Steal()
			s.StealHalf(dst)
			drain(d, func(*int) {})
			drain(dst, func(*int) {})
			for i := range nodes {
				in.Push(&nodes[i])
			}
			l := in.TakeAll()
			l.Next()
			deque.PushAll(queue, &l)
			drain(queue, func(*node) {})
		}
		// Many rounds a run: the answer is rounded down.
		allocs := testing.AllocsPerRun(10, func() {
			for range 100 {
				round()
			}
		})
		if allocs != 0 {
			t.Errorf("fifo=%v: %v allocations in 100 rounds, want none", fifo, allocs)
		}
	}
}
