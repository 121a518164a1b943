package coord_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
)

func TestSemaphoreForget(t *testing.T) {
	for _, closed := range []bool{false, true} {
		for size := range 4 {
			for less := range 4 {
				s := coord.NewSemaphore(size)
				if closed {
					s.Close()
				}
				if n := s.Forget(less); n != min(size, less) {
					t.Errorf("Forget(%d) of %d: %d", less, size, n)
				}
				free(t, s, max(size-less, 0))
				if s.Closed() != closed {
					t.Errorf("closed: %v", s.Closed())
				}
			}
		}
	}
	s := coord.NewSemaphore(1)
	p := take(t, s, 1)
	p.Forget()
	free(t, s, 0)
	if _, err := s.TryAcquire(1); err == nil {
		t.Error("a forgotten permit was acquired")
	}
}

func TestSemaphoreMerge(t *testing.T) {
	s := coord.NewSemaphore(3)
	p, q := take(t, s, 1), take(t, s, 2)
	free(t, s, 0)
	p.Merge(&q)
	if p.Count() != 3 || q.Count() != 0 {
		t.Errorf("merged to %d and %d", p.Count(), q.Count())
	}
	p.Release()
	free(t, s, 3)
}

func TestSemaphoreSplit(t *testing.T) {
	s := coord.NewSemaphore(5)
	p := take(t, s, 3)
	q, ok := p.Split(1)
	if !ok || p.Count() != 2 || q.Count() != 1 {
		t.Fatalf("Split: %v, %d and %d", ok, p.Count(), q.Count())
	}
	none, ok := p.Split(0)
	if !ok || none.Count() != 0 {
		t.Fatalf("Split of none: %v, %d", ok, none.Count())
	}
	free(t, s, 2)
	p.Release()
	free(t, s, 4)
	all, ok := q.Split(1)
	if !ok || q.Count() != 0 || all.Count() != 1 {
		t.Fatalf("Split of all: %v, %d and %d", ok, q.Count(), all.Count())
	}
	if _, ok := q.Split(1); ok || q.Count() != 0 {
		t.Error("split into more than there was")
	}
	q.Release()
	none.Release()
	free(t, s, 4)
	all.Release()
	free(t, s, 5)
}

func TestSemaphoreLimits(t *testing.T) {
	s := coord.NewSemaphore(0)
	s.AddPermits(coord.MaxPermits)
	free(t, s, coord.MaxPermits)
	all := take(t, s, coord.MaxPermits)
	all.Release()
	panics(t, func() { s.AddPermits(1) }, "MaxPermits", "Semaphore")
	panics(t, func() { coord.NewSemaphore(1).AddPermits(coord.MaxPermits) }, "MaxPermits")
	s = coord.NewSemaphore(coord.MaxPermits - 1)
	s.AddPermits(1)
	coord.NewSemaphore(coord.MaxPermits)
	panics(t, func() { coord.NewSemaphore(coord.MaxPermits + 1) }, "NewSemaphore", "MaxPermits")
	// Also with somebody in line, whose lock must not be left behind.
	p := take(t, s, coord.MaxPermits)
	op := s.Acquire(coord.MaxPermits)
	h := newHand()
	pending(t, h, &op)
	one, _ := p.Split(1)
	one.Release()
	panics(t, func() { s.AddPermits(coord.MaxPermits) }, "MaxPermits")
	p.Release()
	p = ready(t, h, &op)
	p.Release()
}

func TestSemaphoreMisuse(t *testing.T) {
	s := coord.NewSemaphore(3)
	for what, f := range map[string]func(){
		"NewSemaphore": func() { coord.NewSemaphore(-1) },
		"Acquire":      func() { s.Acquire(-1) },
		"TryAcquire":   func() { _, _ = s.TryAcquire(-2) },
		"AddPermits":   func() { s.AddPermits(-1) },
		"Forget":       func() { s.Forget(-1) },
		"Split":        func() { p := take(t, s, 1); defer p.Release(); p.Split(-1) },
	} {
		panics(t, f, what, "-", "permits")
	}
	p := take(t, s, 1)
	p.Release()
	for what, f := range map[string]func(){
		"Release": p.Release,
		"Forget":  p.Forget,
		"Split":   func() { p.Split(1) },
		"Merge":   func() { q := take(t, s, 1); defer q.Release(); q.Merge(&p) },
	} {
		panics(t, f, what, "Permits")
	}
	p, other := take(t, s, 1), take(t, coord.NewSemaphore(1), 1)
	panics(t, func() { p.Merge(&other) }, "two Semaphores")
	panics(t, func() { p.Merge(&p) }, "themselves")
	p.Release()
	free(t, s, 3)
	var none *coord.Semaphore
	for _, f := range []func(){
		func() { none.Acquire(1) }, func() { _, _ = none.TryAcquire(1) }, func() { none.AddPermits(1) }, func() { none.Forget(1) },
		func() { none.Close() }, func() { none.Closed() }, func() { none.Available() },
	} {
		panics(t, f, "nil Semaphore")
	}
	h := newHand()
	op := s.Acquire(1)
	p = ready(t, h, &op)
	panics(t, func() { op.Poll(&h.cx) }, "AcquireOp")
	panics(t, func() { new(coord.AcquireOp).Poll(&h.cx) }, "AcquireOp")
	panics(t, func() { (*coord.AcquireOp)(nil).Drop() }, "AcquireOp")
}

// Permits that were acquired for somebody who does not get them are given back.
func TestSemaphorePermitsAreDiscarded(t *testing.T) {
	s := coord.NewSemaphore(2)
	h := newHand()
	both := future.Join(s.Acquire(2), s.Acquire(1))
	pending(t, h, &both)
	both.Drop()
	h.idle(t, 0)
	free(t, s, 2)
}

// Who wants no permits comes when the one that stood before it has left, though there are none.
func TestSemaphoreOfNoPermitsBehindOneThatLeaves(t *testing.T) {
	s := coord.NewSemaphore(0)
	h, g := newHand(), newHand()
	one, none := s.Acquire(1), s.Acquire(0)
	pending(t, h, &one)
	pending(t, g, &none)
	one.Drop()
	g.idle(t, 1)
	p := ready(t, g, &none)
	p.Release()
	h.idle(t, 0)
}
