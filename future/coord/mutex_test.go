package coord_test

import (
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/sched"
)

func TestMutexGoesFromHandToHand(t *testing.T) {
	var m coord.Mutex
	hs := []*hand{newHand(), newHand(), newHand()}
	first, second, third := m.Lock(), m.Lock(), m.Lock()
	g := ready(t, hs[0], &first)
	pending(t, hs[1], &second)
	pending(t, hs[2], &third)
	pending(t, hs[1], &second) // once more, without a cause
	g.Unlock()
	hs[1].idle(t, 1)
	if _, ok := m.TryLock(); ok {
		t.Error("TryLock took what is on its way to somebody")
	}
	pending(t, hs[2], &third)
	g = ready(t, hs[1], &second)
	if hs[2].wakes.Load() != 0 {
		t.Error("the third is woken too early")
	}
	g.Unlock()
	g = ready(t, hs[2], &third)
	g.Unlock()
	hs[2].idle(t, 1)
	if g, ok := m.TryLock(); !ok {
		t.Error("not free in the end")
	} else {
		g.Unlock()
	}
}

func TestMutexTryLock(t *testing.T) {
	var m coord.Mutex
	g, ok := m.TryLock()
	if !ok {
		t.Fatal("a new Mutex is not free")
	}
	if _, ok := m.TryLock(); ok {
		t.Fatal("locked twice")
	}
	g.Unlock()
	g, ok = m.TryLock()
	if !ok {
		t.Fatal("not free after Unlock")
	}
	g.Unlock()
}

// Who gives up leaves the line, whether it has been handed the lock or not, or was not polled.
func TestMutexDroppedWaiterLosesNothing(t *testing.T) {
	for _, told := range []bool{false, true} {
		var m coord.Mutex
		h, leaver, other := newHand(), newHand(), newHand()
		first, second, third, unpolled := m.Lock(), m.Lock(), m.Lock(), m.Lock()
		g := ready(t, h, &first)
		pending(t, leaver, &second)
		pending(t, other, &third)
		unpolled.Drop()
		if told {
			g.Unlock()
			second.Drop()
		} else {
			second.Drop()
			g.Unlock()
		}
		other.idle(t, 1)
		if leaver.kept.Load() != 0 {
			t.Error("the waker of who left is kept")
		}
		second.Drop() // once more does nothing
		g = ready(t, other, &third)
		third.Drop() // nor after Ready
		if _, ok := m.TryLock(); ok {
			t.Error("the lock of a holder is free")
		}
		g.Unlock()
	}
}

// All that waited have left: the lock is free after its holder's Unlock.
func TestMutexWhenAllHaveLeft(t *testing.T) {
	var m coord.Mutex
	h := newHand()
	g, _ := m.TryLock()
	op := m.Lock()
	pending(t, h, &op)
	op.Drop()
	h.idle(t, 0)
	g.Unlock()
	panics(t, g.Unlock, "unlocked before")
	if g, ok := m.TryLock(); !ok {
		t.Error("the lock is lost")
	} else {
		g.Unlock()
	}
}

// A lock that was acquired for somebody who does not get it is free again.
func TestMutexGuardIsDiscarded(t *testing.T) {
	var a, b coord.Mutex
	held, _ := b.TryLock()
	h := newHand()
	both := future.Join(a.Lock(), b.Lock())
	pending(t, h, &both)
	both.Drop()
	h.idle(t, 0)
	if g, ok := a.TryLock(); !ok {
		t.Error("a lock that nobody got is held")
	} else {
		g.Unlock()
	}
	held.Unlock()
	if g, ok := b.TryLock(); !ok {
		t.Error("who had given up was handed the lock")
	} else {
		g.Unlock()
	}
}

func TestMutexMisuse(t *testing.T) {
	var m coord.Mutex
	g, _ := m.TryLock()
	again := g
	g.Unlock()
	panics(t, g.Unlock, "Guard", "unlocked before")
	panics(t, again.Unlock, "Guard", "unlocked before")
	h := newHand()
	op := m.Lock()
	other := ready(t, h, &op)
	panics(t, g.Unlock, "unlocked before") // while somebody else holds it
	waits := m.Lock()
	pending(t, h, &waits)
	panics(t, g.Unlock, "unlocked before") // and somebody waits
	other.Unlock()
	panics(t, other.Unlock, "unlocked before") // it is handed over by now
	last := ready(t, h, &waits)
	last.Unlock()
	panics(t, func() { op.Poll(&h.cx) }, "LockOp", "Mutex.Lock")
	panics(t, func() { new(coord.LockOp).Poll(&h.cx) }, "LockOp")
	panics(t, func() { (*coord.LockOp)(nil).Poll(&h.cx) }, "LockOp")
	panics(t, func() { (*coord.LockOp)(nil).Drop() }, "LockOp")
	panics(t, func() { (*coord.Mutex)(nil).Lock() }, "Mutex")
	panics(t, func() { (*coord.Mutex)(nil).TryLock() }, "Mutex")
	panics(t, func() { coord.Guard{}.Unlock() }, "Guard")
}

// A waker that ends its goroutine, or comes back, finds the lock as it should be.
func TestMutexWakersMayDoAnything(t *testing.T) {
	var m coord.Mutex
	h, back := newHand(), m.Lock()
	g, _ := m.TryLock()
	op := m.Lock()
	pending(t, h, &op)
	h.onWake = func() {
		pending(t, newHand(), &back)
		panic("a waker")
	}
	g.Unlock()
	g = ready(t, h, &op)
	g.Unlock()
	g = ready(t, newHand(), &back)
	g.Unlock()
}

func TestMutexAllocatesNothing(t *testing.T) {
	var m coord.Mutex
	allocates(t, "Lock", func(co *future.Co) {
		g, _ := m.Lock().Await(co)
		g.Unlock()
	})
	h := newHand()
	if n := testing.AllocsPerRun(100, func() {
		g, _ := m.TryLock()
		var op coord.LockOp
		f := future.Future[coord.Guard](&op)
		op = m.Lock()
		f.Poll(&h.cx)
		g.Unlock()
		g, _ = f.Poll(&h.cx).Result()
		g.Unlock()
	}); n > 1 { // op itself
		t.Errorf("a contended Lock: %v allocations", n)
	}
	if s := unsafe.Sizeof(m); s > 2*unsafe.Sizeof(uintptr(0)) {
		t.Errorf("a Mutex has %d bytes", s)
	}
}

// What one hold writes the next one reads, on any thread, and one holds it at a time: the race
// detector looks after n.
func TestMutexExcludes(t *testing.T) {
	var m coord.Mutex
	n, got := 0, make([]int, 8)
	together(t, len(got), 4000, func(thread, round int) {
		var g coord.Guard
		if round%5 == 0 {
			ok := false
			if g, ok = m.TryLock(); !ok {
				return
			}
		} else {
			op, ok := m.Lock(), false
			if g, ok = giveUpSometimes(&op); !ok {
				return
			}
		}
		n++
		got[thread]++
		g.Unlock()
	})
	total := 0
	for _, k := range got {
		total += k
	}
	if g, ok := m.TryLock(); !ok || total != n || n == 0 {
		t.Errorf("%d holds, %d counted; free in the end: %v", n, total, ok)
	} else {
		g.Unlock()
	}
}

// Tasks of a runtime hold it across an await.
func TestMutexBetweenTasks(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	var m coord.Mutex
	n := 0
	var tasks []sched.JoinHandle[future.Unit]
	for range 50 {
		tasks = append(tasks, sched.Spawn(rt, future.Async(func(co *future.Co) (future.Unit, error) {
			for range 20 {
				g, err := m.Lock().Await(co)
				if err != nil {
					return future.Unit{}, err
				}
				before := n
				co.Yield()
				n = before + 1
				g.Unlock()
			}
			return future.Unit{}, nil
		})))
	}
	for _, task := range tasks {
		if _, err := task.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n != 50*20 {
		t.Errorf("%d increments, want %d", n, 50*20)
	}
}
