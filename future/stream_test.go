package future_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// tap is a stream under the test's control. It counts how often its wait was ended.
type tap struct {
	items   []future.Poll[int]
	stopped int
	dropped int
}

func (s *tap) PollNext(*waker.Context) future.Poll[int] {
	if len(s.items) == 0 {
		return future.Pending[int]()
	}
	p := s.items[0]
	s.items = s.items[1:]
	return p
}

func (s *tap) StopWaiting() { s.stopped++ }
func (s *tap) Drop()        { s.dropped++ }

func TestNextComesToOneItem(t *testing.T) {
	e := newExecutor()
	s := &tap{items: []future.Poll[int]{future.Ready(1), future.Failed[int](errTest), future.Failed[int](future.ErrEnd)}}
	for _, want := range []struct {
		v   int
		err error
	}{{1, nil}, {0, errTest}, {0, future.ErrEnd}} {
		mustReady(t, e, future.Box(future.Next(s)), want.v, want.err)
	}
	if s.stopped != 0 || s.dropped != 0 {
		t.Errorf("what was ready was stopped %d times and dropped %d times", s.stopped, s.dropped)
	}
}

// A Next that is given up ends its wait, once, and leaves the stream to the next one.
func TestNextBorrowsItsStream(t *testing.T) {
	e := newExecutor()
	s := &tap{}
	f := future.Box(future.Next(s))
	mustPend(t, e, f)
	future.Drop(f)
	future.Drop(f)
	if s.stopped != 1 || s.dropped != 0 {
		t.Errorf("stopped %d times, dropped %d times; want 1 and 0", s.stopped, s.dropped)
	}
	mustPanic(t, func() { f.Poll(&e.cx) }, "NextOp polled after Ready")
	s.items = append(s.items, future.Ready(7))
	mustReady(t, e, future.Box(future.Next(s)), 7, nil)
}

// A set whose Next lost keeps no waker of the task.
func TestNextOfASetGivesItsWakerBack(t *testing.T) {
	e := newExecutor()
	var u future.Unordered[int]
	p := &probe[int]{}
	u.Push(p)
	f := future.Box(future.Next(&u))
	mustPend(t, e, f)
	future.Drop(f)
	e.balanced(t)
	p.complete(3, nil)
	if e.takeWake() {
		t.Error("woken after the wait was given up")
	}
	mustReady(t, e, future.Box(u.Next()), 3, nil)
}

func TestNextOfNothingPanics(t *testing.T) {
	var cx waker.Context
	mustPanic(t, func() { future.Next[int](nil) }, "future: Next: nil stream")
	mustPanic(t, func() { new(future.NextOp[int]).Poll(&cx) }, "NextOp")
	mustPanic(t, func() { (*future.NextOp[int])(nil).Poll(&cx) }, "NextOp")
	new(future.NextOp[int]).Drop()
	future.StopWaiting(nil)
}

func TestNextAllocatesNothing(t *testing.T) {
	var u future.Unordered[int]
	defer u.Drop()
	u.Push(future.Func(func(*waker.Context) future.Poll[int] { return future.Pending[int]() }))
	var op future.NextOp[int]
	cx := waker.FromWaker(waker.Noop())
	if n := testing.AllocsPerRun(100, func() {
		op = future.Next(&u)
		op.Poll(&cx)
		op.Drop()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
