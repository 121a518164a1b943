package coord_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/sched"
)

// lockFree checks that nobody holds m.
func lockFree(t *testing.T, m *coord.Mutex) {
	t.Helper()
	g, ok := m.TryLock()
	if !ok {
		t.Fatal("the Mutex is held")
	}
	g.Unlock()
}

// condWait returns a wait of a Cond that is in line.
func condWait(t *testing.T, c *coord.Cond, m *coord.Mutex, h *hand) *coord.CondOp {
	t.Helper()
	g, ok := m.TryLock()
	if !ok {
		t.Fatal("the Mutex is held")
	}
	op := c.Wait(g)
	if _, ok := m.TryLock(); ok {
		t.Error("Wait gives the Mutex back before it is in line")
	}
	pending(t, h, &op)
	lockFree(t, m)
	return &op
}

func TestCondSignal(t *testing.T) {
	var c coord.Cond
	var m coord.Mutex
	c.Signal() // to nobody: it is not kept
	a, b := newHand(), newHand()
	first, second := condWait(t, &c, &m, a), condWait(t, &c, &m, b)
	g, _ := m.TryLock()
	c.Signal()
	a.idle(t, 1)
	pending(t, a, first) // the Mutex is held
	g.Unlock()
	a.idle(t, 2)
	g = ready(t, a, first)
	pending(t, b, second)
	g.Unlock()
	c.Signal()
	g = ready(t, b, second)
	b.idle(t, 1)
	if _, ok := m.TryLock(); ok {
		t.Error("a wait ended without the Mutex")
	}
	g.Unlock()
}

func TestCondBroadcast(t *testing.T) {
	var c coord.Cond
	var m coord.Mutex
	var hs []*hand
	var ops []*coord.CondOp
	for range 20 {
		h := newHand()
		hs, ops = append(hs, h), append(ops, condWait(t, &c, &m, h))
	}
	c.Broadcast()
	late := newHand()
	another := condWait(t, &c, &m, late)
	for i, op := range ops {
		hs[i].idle(t, 1)
		g := ready(t, hs[i], op)
		g.Unlock()
	}
	another.Drop()
	late.idle(t, 0)
}

// A Broadcast between Wait and its first poll is not missed.
func TestCondBroadcastBeforeTheFirstPoll(t *testing.T) {
	var c coord.Cond
	var m coord.Mutex
	g, _ := m.TryLock()
	op := c.Wait(g)
	c.Broadcast()
	g = ready(t, newHand(), &op)
	g.Unlock()
}

// Dropped in any state, a wait does not have the Mutex, and a Signal goes on to the next.
func TestCondDroppedWaiterLosesNothing(t *testing.T) {
	for _, state := range []string{"held", "waiting", "told", "locking", "locked"} {
		t.Run(state, func(t *testing.T) {
			var c coord.Cond
			var m coord.Mutex
			h, other := newHand(), newHand()
			if state == "held" {
				g, _ := m.TryLock()
				op := c.Wait(g)
				op.Drop()
				op.Drop()
				panics(t, g.Unlock, "unlocked before")
				lockFree(t, &m)
				return
			}
			op, next := condWait(t, &c, &m, h), condWait(t, &c, &m, other)
			switch state {
			case "waiting":
				op.Drop()
				c.Signal()
			case "told":
				c.Signal()
				op.Drop()
			case "locking":
				g, _ := m.TryLock()
				c.Signal()
				pending(t, h, op)
				op.Drop()
				g.Unlock()
			case "locked":
				g, _ := m.TryLock()
				c.Signal()
				pending(t, h, op)
				g.Unlock() // it has been handed the Mutex
				op.Drop()
			}
			op.Drop()
			if h.kept.Load() != 0 {
				t.Error("the waker of who left is kept")
			}
			other.idle(t, 1)
			g := ready(t, other, next)
			g.Unlock()
			lockFree(t, &m)
		})
	}
}

// Who was told by a Broadcast has nothing to hand on.
func TestCondDroppedAfterBroadcast(t *testing.T) {
	var c coord.Cond
	var m coord.Mutex
	h, late := newHand(), newHand()
	op := condWait(t, &c, &m, h)
	c.Broadcast()
	next := condWait(t, &c, &m, late)
	op.Drop()
	pending(t, late, next)
	next.Drop()
	late.idle(t, 0)
}

func TestCondMisuse(t *testing.T) {
	var none *coord.Cond
	var m coord.Mutex
	g, _ := m.TryLock()
	panics(t, func() { none.Wait(g) }, "nil Cond")
	panics(t, none.Signal, "nil Cond")
	panics(t, none.Broadcast, "nil Cond")
	var c coord.Cond
	panics(t, func() { c.Wait(coord.Guard{}) }, "Cond.Wait", "zero Guard")
	h := newHand()
	op := c.Wait(g)
	c.Broadcast()
	g = ready(t, h, &op)
	panics(t, func() { op.Poll(&h.cx) }, "CondOp")
	panics(t, func() { (*coord.CondOp)(nil).Drop() }, "CondOp")
	g.Unlock()
	stale := c.Wait(g)
	panics(t, func() { stale.Poll(&h.cx) }, "unlocked before")
}

func TestCondAllocatesNothing(t *testing.T) {
	var c coord.Cond
	var m coord.Mutex
	allocates(t, "Wait", func(co *future.Co) {
		g, _ := m.Lock().Await(co)
		op := c.Wait(g)
		c.Broadcast()
		g, _ = op.Await(co)
		g.Unlock()
	})
}

// A queue of one place between tasks: what is put in is taken out, in order.
func TestCondBetweenTasks(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	const count = 500
	var (
		m     coord.Mutex
		c     coord.Cond
		full  bool
		place int
	)
	move := func(wantFull bool, f func(i int)) future.Future[future.Unit] {
		return future.Async(func(co *future.Co) (future.Unit, error) {
			for i := range count {
				g, err := m.Lock().Await(co)
				for err == nil && full != wantFull {
					g, err = c.Wait(g).Await(co)
				}
				if err != nil {
					return future.Unit{}, err
				}
				f(i)
				full = !full
				g.Unlock()
				c.Signal()
			}
			return future.Unit{}, nil
		})
	}
	put := sched.Spawn(rt, move(false, func(i int) { place = i }))
	take := sched.Spawn(rt, move(true, func(i int) {
		if place != i {
			t.Errorf("took %d, want %d", place, i)
		}
	}))
	for _, task := range []sched.JoinHandle[future.Unit]{put, take} {
		if _, err := task.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// Permits under a Mutex and a Cond, taken by threads some of which give up waiting: each is had
// again in the end, and nobody waits for ever.
func TestCondFromThreads(t *testing.T) {
	var m coord.Mutex
	var c coord.Cond
	permits := 2
	var had word.Int64
	together(t, 6, 2000, func(int, int) {
		g := wait(m.Lock())
		for permits == 0 {
			op := c.Wait(g)
			var ok bool
			if g, ok = giveUpSometimes(&op); !ok {
				return
			}
		}
		permits--
		g.Unlock()
		had.Inc()
		g = wait(m.Lock())
		permits++
		g.Unlock()
		c.Signal()
	})
	lockFree(t, &m)
	if permits != 2 || had.Load() == 0 {
		t.Errorf("%d permits in the end, want 2; had %d times", permits, had.Load())
	}
}
