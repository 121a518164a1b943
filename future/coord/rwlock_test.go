package coord_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/sched"
)

func TestRWLockReadersShare(t *testing.T) {
	var l coord.RWLock
	h := newHand()
	a, b := ready(t, h, opOf(l.Read())), ready(t, h, opOf(l.Read()))
	w := l.Write()
	pending(t, h, &w)
	a.Unlock()
	pending(t, h, &w)
	b.Unlock()
	h.idle(t, 1)
	g := ready(t, h, &w)
	g.Unlock()
}

func TestRWLockWriterIsAlone(t *testing.T) {
	var l coord.RWLock
	h := newHand()
	g := ready(t, h, opOf(l.Write()))
	r, w := l.Read(), l.Write()
	pending(t, h, &r)
	pending(t, h, &w)
	if _, ok := l.TryRead(); ok {
		t.Error("TryRead beside a writer")
	}
	if _, ok := l.TryWrite(); ok {
		t.Error("TryWrite beside a writer")
	}
	g.Unlock()
	read := ready(t, h, &r)
	pending(t, h, &w)
	read.Unlock()
	g = ready(t, h, &w)
	g.Unlock()
	h.idle(t, 2)
}

// A writer that waits stops the readers that come after it, until it has had the lock or has left.
func TestRWLockIsFair(t *testing.T) {
	for _, leaves := range []bool{false, true} {
		var l coord.RWLock
		h, later := newHand(), newHand()
		first := ready(t, h, opOf(l.Read()))
		w, r := l.Write(), l.Read()
		pending(t, h, &w)
		pending(t, later, &r)
		if _, ok := l.TryRead(); ok {
			t.Error("TryRead overtakes a writer that waits")
		}
		if leaves {
			w.Drop()
			later.idle(t, 1)
			second := ready(t, later, &r)
			second.Unlock()
			first.Unlock()
		} else {
			first.Unlock()
			pending(t, later, &r)
			g := ready(t, h, &w)
			g.Unlock()
			later.idle(t, 1)
			second := ready(t, later, &r)
			second.Unlock()
		}
		if g, ok := l.TryWrite(); !ok {
			t.Error("not free in the end")
		} else {
			g.Unlock()
		}
	}
}

func TestRWLockInOrder(t *testing.T) {
	var l coord.RWLock
	h := newHand()
	g, _ := l.TryWrite()
	r1, r2, w1, r3, w2 := l.Read(), l.Read(), l.Write(), l.Read(), l.Write()
	pending(t, h, &r1)
	pending(t, h, &r2)
	pending(t, h, &w1)
	pending(t, h, &r3)
	pending(t, h, &w2)
	g.Unlock()
	a, b := ready(t, h, &r1), ready(t, h, &r2)
	pending(t, h, &w1)
	pending(t, h, &r3)
	a.Unlock()
	b.Unlock()
	g = ready(t, h, &w1)
	pending(t, h, &r3)
	pending(t, h, &w2)
	g.Unlock()
	a = ready(t, h, &r3)
	pending(t, h, &w2)
	a.Unlock()
	g = ready(t, h, &w2)
	g.Unlock()
	h.idle(t, 5)
}

func TestRWLockMaxReaders(t *testing.T) {
	const most = 100
	l := coord.NewRWLock(most)
	var gs []coord.ReadGuard
	for {
		g, ok := l.TryRead()
		if !ok {
			break
		}
		gs = append(gs, g)
	}
	if len(gs) != most {
		t.Errorf("%d readers at once, want %d", len(gs), most)
	}
	h := newHand()
	r, s := l.Read(), l.Read()
	pending(t, h, &r)
	pending(t, newHand(), &s)
	gs[0].Unlock()
	h.idle(t, 1)
	g := ready(t, h, &r)
	pending(t, newHand(), &s)
	s.Drop()
	g.Unlock()
	for i := range gs[1:] {
		gs[1+i].Unlock()
	}
	if g, ok := l.TryWrite(); !ok {
		t.Error("not free in the end")
	} else {
		g.Unlock()
	}
	for _, n := range []int{0, -1, 1 << 30} {
		panics(t, func() { coord.NewRWLock(n) }, "NewRWLock", "readers")
	}
}

func TestRWLockTry(t *testing.T) {
	var l coord.RWLock
	r, ok := l.TryRead()
	if !ok {
		t.Fatal("a new lock is not free")
	}
	if _, ok := l.TryWrite(); ok {
		t.Error("TryWrite beside a reader")
	}
	r2, ok := l.TryRead()
	if !ok {
		t.Error("no second reader")
	}
	r.Unlock()
	if _, ok := l.TryWrite(); ok {
		t.Error("TryWrite beside the last reader")
	}
	r2.Unlock()
	w, ok := l.TryWrite()
	if !ok {
		t.Error("no writer in a free lock")
	}
	w.Unlock()
}

func TestRWLockDowngrade(t *testing.T) {
	for _, waits := range []bool{false, true} {
		var l coord.RWLock
		h := newHand()
		g, _ := l.TryWrite()
		r, w := l.Read(), l.Write()
		if waits {
			pending(t, h, &r)
			pending(t, h, &w)
		}
		read := g.Downgrade()
		other := ready(t, h, &r) // also if it waits already
		pending(t, h, &w)
		panics(t, g.Unlock, "WriteGuard", "downgraded before")
		panics(t, func() { g.Downgrade() }, "WriteGuard", "downgraded before")
		read.Unlock()
		pending(t, h, &w)
		other.Unlock()
		g = ready(t, h, &w)
		g.Unlock()
	}
}

// Who gives up leaves nothing behind, whether it has been given the lock or not.
func TestRWLockDroppedWaiterLosesNothing(t *testing.T) {
	for _, told := range []bool{false, true} {
		for _, writer := range []bool{false, true} {
			var l coord.RWLock
			h, last := newHand(), newHand()
			g, _ := l.TryWrite()
			r, w, behind := l.Read(), l.Write(), l.Write()
			drop := r.Drop
			if writer {
				pending(t, h, &w)
				drop = w.Drop
			} else {
				pending(t, h, &r)
			}
			pending(t, last, &behind)
			if told {
				g.Unlock()
				drop()
			} else {
				drop()
				g.Unlock()
			}
			drop()
			last.idle(t, 1)
			g = ready(t, last, &behind)
			g.Unlock()
			if h.kept.Load() != 0 {
				t.Error("the waker of who left is kept")
			}
			w2 := l.Write()
			w2.Drop()
		}
	}
}

func TestRWLockGuardsAreDiscarded(t *testing.T) {
	var l, other coord.RWLock
	held, _ := other.TryWrite()
	h := newHand()
	both := future.Join(future.Join(l.Read(), l.Read()), other.Read())
	pending(t, h, &both)
	both.Drop()
	more := future.Join(l.Write(), other.Write())
	pending(t, h, &more)
	more.Drop()
	held.Unlock()
	for _, l := range []*coord.RWLock{&l, &other} {
		if g, ok := l.TryWrite(); !ok {
			t.Error("held by nobody")
		} else {
			g.Unlock()
		}
	}
}

// A line of readers is longer than one batch, and a waker ends its goroutine.
func TestRWLockWakersMayDoAnything(t *testing.T) {
	var l coord.RWLock
	g, _ := l.TryWrite()
	var hs []*hand
	var ops []*coord.ReadOp
	for i := range 20 {
		h, op := newHand(), l.Read()
		pending(t, h, &op)
		if i == 3 {
			h.onWake = runtime.Goexit
		}
		hs, ops = append(hs, h), append(ops, &op)
	}
	var all sync.WaitGroup
	all.Go(g.Unlock)
	all.Wait()
	for i, op := range ops {
		hs[i].idle(t, 1)
		g := ready(t, hs[i], op)
		g.Unlock()
	}
}

func TestRWLockMisuse(t *testing.T) {
	var none *coord.RWLock
	for _, f := range []func(){func() { none.Read() }, func() { none.Write() }, func() { none.TryRead() }, func() { none.TryWrite() }} {
		panics(t, f, "nil RWLock")
	}
	var l coord.RWLock
	r, _ := l.TryRead()
	again := r
	r.Unlock()
	panics(t, r.Unlock, "ReadGuard", "unlocked before")
	panics(t, again.Unlock, "ReadGuard", "no readers")
	panics(t, new(coord.ReadGuard).Unlock, "ReadGuard")
	w, _ := l.TryWrite()
	w.Unlock()
	panics(t, w.Unlock, "WriteGuard", "unlocked")
	next, _ := l.TryWrite()
	h := newHand()
	op := l.Write()
	pending(t, h, &op)
	panics(t, w.Unlock, "WriteGuard", "unlocked")
	next.Unlock()
	next = ready(t, h, &op)
	next.Unlock()
	panics(t, func() { coord.WriteGuard{}.Unlock() }, "WriteGuard")
	panics(t, func() { op.Poll(&h.cx) }, "WriteOp")
	panics(t, func() { new(coord.ReadOp).Poll(&h.cx) }, "ReadOp")
	panics(t, func() { (*coord.ReadOp)(nil).Drop() }, "ReadOp")
	panics(t, func() { (*coord.WriteOp)(nil).Drop() }, "WriteOp")
}

func TestRWLockAllocatesNothing(t *testing.T) {
	var l coord.RWLock
	allocates(t, "Read and Write", func(co *future.Co) {
		r, _ := l.Read().Await(co)
		r.Unlock()
		w, _ := l.Write().Await(co)
		w.Unlock()
	})
	h, op := newHand(), new(coord.ReadOp)
	if n := testing.AllocsPerRun(100, func() {
		w, _ := l.TryWrite()
		*op = l.Read()
		op.Poll(&h.cx)
		w.Unlock()
		r, _ := op.Poll(&h.cx).Result()
		r.Unlock()
	}); n != 0 {
		t.Errorf("a contended Read: %v allocations", n)
	}
}

// Readers and writers from many threads, some of which give up: a writer is alone, and what it wrote
// is read; the race detector looks after n.
func TestRWLockExcludes(t *testing.T) {
	l := coord.NewRWLock(3)
	var readers, most word.Int32
	n, reads, writes := 0, word.Int64{}, word.Int64{}
	together(t, 8, 3000, func(thread, round int) {
		if (thread+round)%3 == 0 {
			op := l.Write()
			if g, ok := giveUpSometimes(&op); ok {
				n++
				writes.Inc()
				if round%4 == 0 {
					r := g.Downgrade()
					_ = n
					r.Unlock()
				} else {
					g.Unlock()
				}
			}
			return
		}
		op := l.Read()
		if g, ok := giveUpSometimes(&op); ok {
			if r := readers.Inc(); r > 3 {
				most.Store(r)
			}
			_ = n + 0
			reads.Inc()
			readers.Dec()
			g.Unlock()
		}
	})
	if int64(n) != writes.Load() || n == 0 || reads.Load() == 0 || most.Load() != 0 {
		t.Errorf("%d of %d writes; %d reads; %d readers at once", n, writes.Load(), reads.Load(), most.Load())
	}
	if g, ok := l.TryWrite(); !ok {
		t.Error("not free in the end")
	} else {
		g.Unlock()
	}
}

func TestRWLockBetweenTasks(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	var l coord.RWLock
	n := 0
	var tasks []sched.JoinHandle[int]
	for i := range 20 {
		tasks = append(tasks, sched.Spawn(rt, future.Async(func(co *future.Co) (last int, err error) {
			for range 50 {
				if i%4 == 0 {
					g, _ := l.Write().Await(co)
					before := n
					co.Yield()
					n = before + 1
					g.Unlock()
					continue
				}
				g, _ := l.Read().Await(co)
				now := n
				co.Yield()
				if n != now {
					t.Error("written while it was read")
				}
				g.Unlock()
			}
			return
		})))
	}
	for _, task := range tasks {
		if _, err := task.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n != 5*50 {
		t.Errorf("%d writes, want %d", n, 5*50)
	}
}
