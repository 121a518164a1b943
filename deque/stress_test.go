package deque_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"weak"

	"github.com/magpie-go/magpie/deque"
	"github.com/magpie-go/magpie/internal/testkit"
)

// The list of crossbeam-deque's stress tests, on real threads.

const thieves = 4

func orders(t *testing.T, test func(t *testing.T, d *deque.Deque[*node])) {
	t.Run("oldest_first", func(t *testing.T) { test(t, deque.NewSmall[*node](2, true)) })
	t.Run("newest_first", func(t *testing.T) { test(t, deque.NewSmall[*node](2, false)) })
}

// counts notes how often each element was taken.
type counts []atomic.Int32

func (c counts) take(t *testing.T, n *node) {
	if c[n.id].Add(1) != 1 {
		t.Errorf("element %d was taken twice", n.id)
	}
}

func (c counts) check(t *testing.T) {
	for i := range c {
		if c[i].Load() != 1 {
			t.Fatalf("element %d was taken %d times", i, c[i].Load())
		}
	}
}

// One thief takes everything, in order.
func TestSPSC(t *testing.T) {
	const elements = 50_000
	orders(t, func(t *testing.T, d *deque.Deque[*node]) {
		var wg sync.WaitGroup
		wg.Go(func() {
			s := d.Stealer()
			for want := 0; want < elements; {
				switch n, got := s.Steal(); got {
				case deque.Stolen:
					if n.id != want {
						t.Errorf("stole %d, want %d", n.id, want)
					}
					want++
				case deque.Retry:
					t.Error("told to retry with nobody else there")
				case deque.Empty:
					runtime.Gosched()
				}
			}
			if _, got := s.Steal(); got != deque.Empty {
				t.Errorf("after the last one: %v", got)
			}
		})
		for i := range elements {
			d.Push(&node{id: i})
		}
		wg.Wait()
	})
}

// All run for the elements that are there.
func TestStampede(t *testing.T) {
	const elements = 50_000
	orders(t, func(t *testing.T, d *deque.Deque[*node]) {
		taken := make(counts, elements)
		for i := range elements {
			d.Push(&node{id: i})
		}
		var left atomic.Int64
		left.Store(elements)
		var wg sync.WaitGroup
		for range thieves {
			wg.Go(func() {
				last := -1
				for s := d.Stealer(); left.Load() > 0; {
					n, got := s.Steal()
					if got != deque.Stolen {
						runtime.Gosched()
						continue
					}
					if n.id <= last {
						t.Errorf("stole %d after %d", n.id, last)
					}
					last = n.id
					taken.take(t, n)
					left.Add(-1)
				}
			})
		}
		for left.Load() > 0 {
			if n, ok := d.Pop(); ok {
				taken.take(t, n)
				left.Add(-1)
			} else {
				runtime.Gosched()
			}
		}
		wg.Wait()
		taken.check(t)
	})
}

// The owner pushes and pops in turns that never repeat, half of the thieves take one
// at a time, the others half.
func TestStress(t *testing.T) {
	const elements = 100_000
	orders(t, func(t *testing.T, d *deque.Deque[*node]) {
		taken := make(counts, elements)
		var left atomic.Int64
		left.Store(elements)
		var wg sync.WaitGroup
		for i := range thieves {
			wg.Go(func() {
				own := deque.NewSmall[*node](2, true)
				take := func(n *node) { taken.take(t, n); left.Add(-1) }
				for s := d.Stealer(); left.Load() > 0; {
					n, _, got := (*node)(nil), 0, deque.Empty
					if i%2 == 0 {
						n, got = s.Steal()
					} else {
						n, _, got = s.StealHalf(own)
					}
					if got != deque.Stolen {
						runtime.Gosched()
						continue
					}
					take(n)
					drain(own, take)
				}
			})
		}
		random := uint32(1)
		for i := 0; i < elements; {
			random = random*1664525 + 1013904223
			n := int(random>>16) % 100
			for range min(n, elements-i) {
				d.Push(&node{id: i})
				i++
			}
			for range int(random>>24) % 50 {
				if n, ok := d.Pop(); ok {
					taken.take(t, n)
					left.Add(-1)
				}
			}
		}
		for left.Load() > 0 {
			if n, ok := d.Pop(); ok {
				taken.take(t, n)
				left.Add(-1)
			} else {
				runtime.Gosched()
			}
		}
		wg.Wait()
		taken.check(t)
	})
}

// Every thief gets something, however fast the owner takes its elements back.
func TestNoStarvation(t *testing.T) {
	orders(t, func(t *testing.T, d *deque.Deque[*node]) {
		var waiting atomic.Int64
		waiting.Store(thieves)
		var wg sync.WaitGroup
		for range thieves {
			wg.Go(func() {
				s := d.Stealer()
				for stolen := 0; stolen < 100; {
					if _, got := s.Steal(); got == deque.Stolen {
						stolen++
					} else {
						runtime.Gosched()
					}
				}
				waiting.Add(-1)
			})
		}
		for n := new(node); waiting.Load() > 0; {
			for range 20 {
				d.Push(n)
			}
			for range 10 {
				d.Pop()
			}
			if d.Len() > 1000 {
				drain(d, func(*node) {})
			}
			runtime.Gosched()
		}
		wg.Wait()
	})
}

// Many push to an inbox, one moves what came to a deque, from which others steal.
func TestStressInbox(t *testing.T) {
	const pushers, each = 3, 20_000
	d := deque.NewSmall[*node](2, true)
	taken := make(counts, pushers*each)
	var in inbox
	var firsts, left atomic.Int64
	left.Store(pushers * each)
	var wg sync.WaitGroup
	for p := range pushers {
		wg.Go(func() {
			for i := range each {
				if in.Push(&node{id: p*each + i}) {
					firsts.Add(1)
				}
			}
		})
	}
	wg.Go(func() {
		for s := d.Stealer(); left.Load() > 0; {
			if n, got := s.Steal(); got == deque.Stolen {
				taken.take(t, n)
				left.Add(-1)
			} else {
				runtime.Gosched()
			}
		}
	})
	lists := int64(0)
	for left.Load() > 0 {
		if l := in.TakeAll(); l.Len() > 0 {
			lists++
			deque.PushAll(d, &l)
		}
		if n, ok := d.Pop(); ok {
			taken.take(t, n)
			left.Add(-1)
		} else {
			runtime.Gosched()
		}
	}
	wg.Wait()
	taken.check(t)
	if firsts.Load() != lists {
		t.Errorf("%d lists were taken and %d pushes were told to be the first", lists, firsts.Load())
	}
}

// What was taken is not kept alive, neither by the ring nor by one it grew out of.
func TestNothingIsKept(t *testing.T) {
	orders(t, func(t *testing.T, d *deque.Deque[*node]) {
		const elements = 300
		refs := make([]weak.Pointer[node], elements)
		for i := range refs {
			n := &node{id: i}
			refs[i] = weak.Make(n)
			d.Push(n)
		}
		s, dst := d.Stealer(), deque.NewFIFO[*node](0)
		for range 50 {
			d.Pop()
			s.Steal()
		}
		s.StealHalf(dst)
		drain(dst, func(*node) {})
		drain(d, func(*node) {})
		if testkit.Kept(refs) != 0 {
			t.Error("elements that were taken are kept alive")
		}
		runtime.KeepAlive(d)
		runtime.KeepAlive(dst)
	})
}

// What the owner pops is let go at once.
func TestPopLetsGo(t *testing.T) {
	orders(t, func(t *testing.T, d *deque.Deque[*node]) {
		refs := make([]weak.Pointer[node], 10)
		for i := range refs {
			n := &node{id: i}
			refs[i] = weak.Make(n)
			d.Push(n)
			if v, ok := d.Pop(); !ok || v != n {
				t.Fatal("not what was pushed")
			}
		}
		if testkit.Kept(refs) != 0 {
			t.Error("elements that were popped are kept alive")
		}
		runtime.KeepAlive(d)
	})
}

// A deque that is let go lets go of its elements.
func TestDroppedDeque(t *testing.T) {
	refs := make([]weak.Pointer[node], 1000)
	func() {
		d := deque.NewSmall[*node](2, true)
		for i := range refs {
			n := &node{id: i}
			refs[i] = weak.Make(n)
			d.Push(n)
		}
		d.Stealer().Steal()
	}()
	if testkit.Kept(refs) != 0 {
		t.Error("the elements are kept alive")
	}
}
