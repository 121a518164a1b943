package coord_test

import (
	"errors"
	"runtime"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// maker is an init under the test's control.
type maker struct {
	answer       future.Poll[int]
	panics       bool
	polls, drops int
}

func (m *maker) Poll(*waker.Context) future.Poll[int] {
	m.polls++
	if m.panics {
		panic("coord: a maker")
	}
	return m.answer
}

func (m *maker) Drop() { m.drops++ }

func (m *maker) op(c *coord.OnceCell[int]) future.Future[int] {
	return future.Box(coord.GetOrInit(c, future.Of[int](m)))
}

func TestOnceSetAndGet(t *testing.T) {
	var c coord.OnceCell[int]
	if v, ok := c.Get(); ok || v != 0 {
		t.Errorf("an empty cell has %v", v)
	}
	if err := c.Set(5); err != nil {
		t.Error(err)
	}
	if err := c.Set(6); !errors.Is(err, coord.ErrAlreadySet) {
		t.Errorf("set twice: %v", err)
	}
	if v, ok := c.Get(); !ok || v != 5 {
		t.Errorf("it has %v, %v", v, ok)
	}
	m := new(maker)
	if v := ready(t, newHand(), m.op(&c)); v != 5 || m.polls != 0 || m.drops != 1 {
		t.Errorf("GetOrInit of a cell with a value: %d, %d polls, %d drops", v, m.polls, m.drops)
	}
}

func TestOnceWait(t *testing.T) {
	var c coord.OnceCell[int]
	h := newHand()
	op, left := c.Wait(), c.Wait()
	pending(t, h, &op)
	pending(t, h, &left)
	left.Drop()
	if err := c.Set(4); err != nil {
		t.Error(err)
	}
	h.idle(t, 1)
	if v := ready(t, h, &op); v != 4 {
		t.Errorf("it waited for %d", v)
	}
	if v := ready(t, h, opOf(c.Wait())); v != 4 {
		t.Errorf("it waited for %d", v)
	}
}

// The first makes the value, all others get it, and their inits are dropped unpolled.
func TestOnceGetOrInit(t *testing.T) {
	var c coord.OnceCell[int]
	first := new(maker)
	h := newHand()
	op := first.op(&c)
	pending(t, h, op)
	if err := c.Set(1); !errors.Is(err, coord.ErrInitializing) {
		t.Errorf("set while it is being made: %v", err)
	}
	wait := c.Wait()
	pending(t, h, &wait)
	var hs []*hand
	var ms []*maker
	var ops []future.Future[int]
	for range 20 {
		h, m := newHand(), new(maker)
		op := m.op(&c)
		pending(t, h, op)
		hs, ms, ops = append(hs, h), append(ms, m), append(ops, op)
	}
	if _, ok := c.Get(); ok {
		t.Error("a value before it was made")
	}
	first.answer = future.Ready(7)
	if v := ready(t, h, op); v != 7 || first.polls != 2 || first.drops != 0 {
		t.Errorf("made %d in %d polls; %d drops", v, first.polls, first.drops)
	}
	for i, op := range ops {
		hs[i].idle(t, 1)
		if v := ready(t, hs[i], op); v != 7 || ms[i].polls != 0 || ms[i].drops != 1 {
			t.Errorf("%d: %d, %d polls, %d drops", i, v, ms[i].polls, ms[i].drops)
		}
	}
	if v := ready(t, h, &wait); v != 7 {
		t.Errorf("waited for %d", v)
	}
}

// A maker that fails, panics, or is dropped leaves its part to the next in line.
func TestOnceMakerGivesUp(t *testing.T) {
	failed := errors.New("failed")
	for how, giveUp := range map[string]func(t *testing.T, h *hand, m *maker, op future.Future[int]){
		"fails": func(t *testing.T, h *hand, m *maker, op future.Future[int]) {
			m.answer = future.Failed[int](failed)
			if _, err := settled(t, h, op); err != failed {
				t.Errorf("failed with %v", err)
			}
		},
		"panics": func(t *testing.T, h *hand, m *maker, op future.Future[int]) {
			m.panics = true
			panics(t, func() { op.Poll(&h.cx) }, "a maker")
			future.Drop(op)
		},
		"is dropped": func(_ *testing.T, _ *hand, _ *maker, op future.Future[int]) { future.Drop(op) },
	} {
		t.Run(how, func(t *testing.T) {
			var c coord.OnceCell[int]
			ms := []*maker{new(maker), new(maker), new(maker), new(maker)}
			hs := []*hand{newHand(), newHand(), newHand(), newHand()}
			var ops []future.Future[int]
			for i, m := range ms {
				ops = append(ops, m.op(&c))
				pending(t, hs[i], ops[i])
			}
			giveUp(t, hs[0], ms[0], ops[0])
			hs[1].idle(t, 1)
			late := new(maker)
			lateOp := late.op(&c)
			pending(t, newHand(), lateOp)
			if err := c.Set(9); err != coord.ErrInitializing || late.polls != 0 {
				t.Errorf("somebody came in between: %v, %d", err, late.polls)
			}
			future.Drop(lateOp)
			future.Drop(ops[1]) // told that it is to make it, and gone
			future.Drop(ops[1])
			hs[2].idle(t, 1)
			if ms[1].polls != 0 || ms[1].drops != 1 || hs[3].wakes.Load() != 0 {
				t.Error("more than one at a time makes the value")
			}
			ms[2].answer = future.Ready(3)
			if v := ready(t, hs[2], ops[2]); v != 3 {
				t.Errorf("made %d", v)
			}
			if v := ready(t, hs[3], ops[3]); v != 3 || ms[3].polls != 0 {
				t.Errorf("got %d", v)
			}

			// With nobody in line the cell is empty again.
			var empty coord.OnceCell[int]
			m := new(maker)
			op := m.op(&empty)
			pending(t, newHand(), op)
			giveUp(t, newHand(), m, op)
			if err := empty.Set(8); err != nil {
				t.Errorf("Set after a maker that gave up: %v", err)
			}
		})
	}
}

// Who waits to make the value and leaves changes nothing.
func TestOnceDroppedWaiter(t *testing.T) {
	var c coord.OnceCell[int]
	first, second := new(maker), new(maker)
	h, gone := newHand(), newHand()
	a, b := first.op(&c), second.op(&c)
	pending(t, h, a)
	pending(t, gone, b)
	future.Drop(b)
	unpolled := new(maker)
	future.Drop(unpolled.op(&c))
	if second.drops != 1 || unpolled.drops != 1 {
		t.Error("an init is not dropped")
	}
	gone.idle(t, 0)
	first.answer = future.Ready(1)
	ready(t, h, a)
}

func TestOnceWakersMayDoAnything(t *testing.T) {
	var c coord.OnceCell[int]
	m := &maker{}
	op := m.op(&c)
	pending(t, newHand(), op)
	h, other, more := newHand(), newHand(), newHand()
	h.onWake = runtime.Goexit
	next, waits := new(maker).op(&c), c.Wait()
	last := new(maker).op(&c)
	pending(t, h, next)
	pending(t, other, last)
	pending(t, more, &waits)
	m.answer = future.Ready(5)
	var all sync.WaitGroup
	all.Go(func() { op.Poll(&newHand().cx) })
	all.Wait()
	other.idle(t, 1)
	more.idle(t, 1)
	if v := ready(t, other, last); v != 5 {
		t.Errorf("got %d", v)
	}
	ready(t, more, &waits)
	ready(t, h, next)
}

func TestOnceMisuse(t *testing.T) {
	var none *coord.OnceCell[int]
	for _, f := range []func(){
		func() { none.Get() }, func() { _ = none.Set(1) }, func() { none.Wait() }, func() { new(maker).op(none) },
	} {
		panics(t, f, "nil OnceCell")
	}
	var c coord.OnceCell[int]
	if err := c.Set(1); err != nil {
		t.Fatal(err)
	}
	h := newHand()
	wait, get := c.Wait(), new(maker).op(&c)
	ready(t, h, &wait)
	ready(t, h, get)
	panics(t, func() { wait.Poll(&h.cx) }, "OnceWaitOp")
	panics(t, func() { get.Poll(&h.cx) }, "GetOrInitOp")
	panics(t, func() { (*coord.OnceWaitOp[int])(nil).Drop() }, "OnceWaitOp")
}

func TestOnceAllocatesNothing(t *testing.T) {
	var c coord.OnceCell[int]
	m := future.Of[int](&maker{answer: future.Ready(1)})
	allocates(t, "GetOrInit and Wait", func(co *future.Co) {
		coord.GetOrInit(&c, m).Await(co)
		c.Wait().Await(co)
	})
}

// Of many threads that set it, make it, fail to, or give up, one succeeds, and all others get its
// value.
func TestOnceFromThreads(t *testing.T) {
	rounds := 500
	if testing.Short() {
		rounds = 50
	}
	for range rounds {
		var c coord.OnceCell[int]
		var made word.Int32
		waited := make(chan int, 1)
		go func() { waited <- wait(c.Wait()) }()
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				if i == 0 {
					if c.Set(100) == nil {
						made.Inc()
					}
					return
				}
				op := coord.GetOrInit(&c, future.Of(future.Async(func(co *future.Co) (int, error) {
					co.Yield()
					if i%3 == 0 {
						return 0, errGaveUp
					}
					made.Inc()
					return i, nil
				})))
				if v, ok := giveUpSometimes(&op); ok {
					if w, set := c.Get(); !set || w != v {
						t.Errorf("got %d, and then %d", v, w)
					}
				}
			})
		}
		all.Wait()
		if _, set := c.Get(); !set {
			made.Inc()
			if err := c.Set(200); err != nil {
				t.Fatalf("nobody made it, and Set fails: %v", err)
			}
		}
		if v := <-waited; made.Load() != 1 {
			t.Fatalf("made %d times; waited for %d", made.Load(), v)
		}
	}
}
