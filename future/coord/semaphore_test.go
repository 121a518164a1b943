package coord_test

import (
	"errors"
	"runtime"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/sched"
)

// free checks how many permits are.
func free(t *testing.T, s *coord.Semaphore, want int) {
	t.Helper()
	if n := s.Available(); n != want {
		t.Errorf("%d permits are free, want %d", n, want)
	}
}

// take is TryAcquire of what must be there.
func take(t *testing.T, s *coord.Semaphore, n int) coord.Permits {
	t.Helper()
	p, err := s.TryAcquire(n)
	if err != nil || p.Count() != n {
		t.Fatalf("TryAcquire(%d): %d, %v", n, p.Count(), err)
	}
	return p
}

func TestSemaphoreWithoutPermits(t *testing.T) {
	var zero coord.Semaphore
	for _, s := range []*coord.Semaphore{&zero, coord.NewSemaphore(0)} {
		if _, err := s.TryAcquire(1); err != coord.ErrNoPermits {
			t.Errorf("TryAcquire: %v", err)
		}
		h := newHand()
		op := s.Acquire(1)
		pending(t, h, &op)
		s.AddPermits(1)
		p := ready(t, h, &op)
		p.Release()
		free(t, s, 1)
	}
}

func TestSemaphoreTryAcquire(t *testing.T) {
	s := coord.NewSemaphore(4)
	free(t, s, 4)
	p, q := take(t, s, 1), take(t, s, 3)
	if _, err := s.TryAcquire(1); !errors.Is(err, coord.ErrNoPermits) {
		t.Errorf("TryAcquire of none left: %v", err)
	}
	none := take(t, s, 0)
	none.Release()
	p.Release()
	free(t, s, 1)
	if _, err := s.TryAcquire(2); !errors.Is(err, coord.ErrNoPermits) {
		t.Errorf("TryAcquire of 2 when 1 is left: %v", err)
	}
	q.Release()
	free(t, s, 4)
}

func TestSemaphoreAcquireWaits(t *testing.T) {
	s := coord.NewSemaphore(2)
	h, other := newHand(), newHand()
	p := ready(t, h, opOf(s.Acquire(2)))
	one, two := s.Acquire(1), s.Acquire(1)
	pending(t, h, &one)
	pending(t, other, &two)
	p.Release()
	h.idle(t, 1)
	other.idle(t, 1)
	a, b := ready(t, h, &one), ready(t, other, &two)
	free(t, s, 0)
	a.Release()
	b.Release()
	free(t, s, 2)
}

func TestSemaphoreAddPermits(t *testing.T) {
	s := coord.NewSemaphore(1)
	h := newHand()
	p := take(t, s, 1)
	op := s.Acquire(1)
	pending(t, h, &op)
	s.AddPermits(1)
	h.idle(t, 1)
	q := ready(t, h, &op)
	p.Release()
	q.Release()
	free(t, s, 2)
}

// Who wants many is served before those who come later and want few.
func TestSemaphoreIsFair(t *testing.T) {
	s := coord.NewSemaphore(4)
	p := take(t, s, 4)
	big, small := newHand(), newHand()
	many, few := s.Acquire(3), s.Acquire(1)
	pending(t, big, &many)
	pending(t, small, &few)
	var back coord.Permits
	for i := range 3 {
		one, _ := p.Split(1)
		one.Release()
		if i < 2 {
			free(t, s, i+1)
			if _, err := s.TryAcquire(1); err != coord.ErrNoPermits {
				t.Errorf("overtaken by TryAcquire: %v", err)
			}
			pending(t, small, &few)
			pending(t, big, &many)
		}
	}
	pending(t, small, &few)
	back = ready(t, big, &many)
	p.Release()
	q := ready(t, small, &few)
	back.Release()
	q.Release()
	free(t, s, 4)
}

// Who leaves hands on what it had been given, and its place to one behind that wants less.
func TestSemaphoreDroppedWaiterLosesNothing(t *testing.T) {
	s := coord.NewSemaphore(2)
	p := take(t, s, 1)
	big, small, last := newHand(), newHand(), newHand()
	two, one, another := s.Acquire(2), s.Acquire(1), s.Acquire(1)
	pending(t, big, &two)
	pending(t, small, &one)
	pending(t, last, &another)
	two.Drop()
	big.idle(t, 0)
	small.idle(t, 1)
	if last.wakes.Load() != 0 {
		t.Error("the last is woken too early")
	}
	one.Drop() // it has been given one
	one.Drop()
	q := ready(t, last, &another)
	another.Drop() // after Ready
	q.Release()
	p.Release()
	free(t, s, 2)
	unpolled := s.Acquire(1)
	unpolled.Drop()
	free(t, s, 2)
}

func TestSemaphoreClose(t *testing.T) {
	s := coord.NewSemaphore(1)
	p := take(t, s, 1)
	var hs []*hand
	var ops []*coord.AcquireOp
	for range 20 {
		h, op := newHand(), s.Acquire(1)
		pending(t, h, &op)
		hs, ops = append(hs, h), append(ops, &op)
	}
	if s.Closed() {
		t.Error("closed from the start")
	}
	s.Close()
	s.Close()
	p.Release()
	ops[3].Drop()
	for i, op := range ops {
		hs[i].idle(t, 1)
		if i == 3 {
			continue
		}
		if _, err := settled(t, hs[i], op); !errors.Is(err, coord.ErrSemaphoreClosed) || !errors.Is(err, coord.ErrClosed) || !errors.Is(err, future.ErrClosed) {
			t.Errorf("failed with %v", err)
		}
	}
	if _, err := s.TryAcquire(1); err != coord.ErrSemaphoreClosed {
		t.Errorf("TryAcquire: %v", err)
	}
	if _, err := settled(t, newHand(), opOf(s.Acquire(1))); err != coord.ErrSemaphoreClosed {
		t.Errorf("Acquire: %v", err)
	}
	free(t, s, 1)
	s.AddPermits(2)
	free(t, s, 3)
	if !s.Closed() {
		t.Error("not closed")
	}
}

// All of a long line are woken, though a waker panics or ends the goroutine that calls it.
func TestSemaphoreWakersMayDoAnything(t *testing.T) {
	s := coord.NewSemaphore(0)
	var hs []*hand
	var ops []*coord.AcquireOp
	for i := range 30 {
		h, op := newHand(), s.Acquire(1)
		switch i {
		case 2:
			h.onWake = func() { panic("a waker") }
		case 5:
			h.onWake = runtime.Goexit
		case 20:
			h.onWake = func() { s.AddPermits(1) }
		}
		pending(t, h, &op)
		hs, ops = append(hs, h), append(ops, &op)
	}
	var all sync.WaitGroup
	all.Go(func() { s.AddPermits(29) })
	all.Wait()
	for i, op := range ops {
		hs[i].idle(t, 1)
		p := ready(t, hs[i], op)
		p.Forget()
	}
	free(t, s, 0)
}

func TestSemaphoreBlocking(t *testing.T) {
	s := coord.NewSemaphore(5)
	p := wait(s.Acquire(3))
	free(t, s, 2)
	var all sync.WaitGroup
	all.Go(func() {
		q := wait(s.Acquire(4))
		q.Release()
	})
	p.Release()
	all.Wait()
	free(t, s, 5)
	s.Close()
	if _, err := future.BlockOn(future.Box(s.Acquire(2))); !errors.Is(err, coord.ErrClosed) {
		t.Errorf("a closed one: %v", err)
	}
}

// On a worker a wait that would block it fails, and holds nothing afterwards.
func TestSemaphoreBlockingOnAWorker(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	s := coord.NewSemaphore(0)
	_, err = sched.Spawn(rt, future.Async(func(*future.Co) (future.Unit, error) {
		_, err := future.BlockOn(future.Box(s.Acquire(1)))
		return future.Unit{}, err
	})).Wait(t.Context())
	if !errors.Is(err, future.ErrOnWorker) {
		t.Errorf("it ended with %v", err)
	}
	s.AddPermits(1)
	free(t, s, 1)
}

func TestSemaphoreAllocatesNothing(t *testing.T) {
	s := coord.NewSemaphore(3)
	allocates(t, "Acquire", func(co *future.Co) {
		p, _ := s.Acquire(2).Await(co)
		p.Release()
	})
	h := newHand()
	op := new(coord.AcquireOp)
	if n := testing.AllocsPerRun(100, func() {
		p, _ := s.TryAcquire(3)
		*op = s.Acquire(1)
		op.Poll(&h.cx)
		p.Release()
		p, _ = op.Poll(&h.cx).Result()
		p.Release()
	}); n != 0 {
		t.Errorf("a contended Acquire: %v allocations", n)
	}
}

// Many threads acquire and release different numbers, give up, and try: there are never more in
// use than there are, and all are free in the end.
func TestSemaphoreConserves(t *testing.T) {
	const size = 5
	s := coord.NewSemaphore(size)
	var used, most, got word.Int32
	together(t, 8, 4000, func(thread, round int) {
		n := 1 + (thread+round)%size
		var p coord.Permits
		ok := false
		if round%7 == 0 {
			var err error
			p, err = s.TryAcquire(n)
			ok = err == nil
		} else {
			op := s.Acquire(n)
			p, ok = giveUpSometimes(&op)
		}
		if !ok {
			return
		}
		if u := used.Add(int32(n)); u > size {
			most.Store(u)
		}
		got.Inc()
		used.Sub(int32(n))
		if n > 1 && round%3 == 0 {
			part, _ := p.Split(1)
			part.Release()
		}
		p.Release()
	})
	free(t, s, size)
	if most.Load() != 0 || got.Load() == 0 {
		t.Errorf("%d of %d permits were in use at once; acquired %d times", most.Load(), size, got.Load())
	}
}

// A thousand tasks share five permits.
func TestSemaphoreBetweenTasks(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	s := coord.NewSemaphore(5)
	var tasks []sched.JoinHandle[future.Unit]
	for range 1000 {
		tasks = append(tasks, sched.Spawn(rt, future.Async(func(co *future.Co) (future.Unit, error) {
			p, err := s.Acquire(1).Await(co)
			if err == nil {
				co.Yield()
				p.Release()
			}
			return future.Unit{}, err
		})))
	}
	for _, task := range tasks {
		if _, err := task.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	p := take(t, s, 5)
	if _, err := s.TryAcquire(1); err == nil {
		t.Error("there are more than five")
	}
	p.Release()
}
