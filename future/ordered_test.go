package future_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

func mustNext(t *testing.T, e *executor, s future.Stream[int], want int, wantErr error) {
	t.Helper()
	mustReady(t, e, future.Box(future.Next(s)), want, wantErr)
}

func mustWait(t *testing.T, e *executor, s future.Stream[int]) {
	t.Helper()
	if p := s.PollNext(&e.cx); p.IsReady() {
		t.Fatalf("ready with %v, want pending", p)
	}
}

func TestOrderedComesInTheOrderOfPushes(t *testing.T) {
	e := newExecutor()
	var o future.Ordered[int]
	ps, _ := probes(3)
	for _, p := range ps {
		o.Push(p)
	}
	mustWait(t, e, &o)
	ps[2].complete(2, nil)
	ps[1].complete(1, errTest)
	mustWait(t, e, &o)
	ps[0].complete(0, nil)
	if !e.takeWake() {
		t.Fatal("not woken by the first")
	}
	mustNext(t, e, &o, 0, nil)
	mustNext(t, e, &o, 1, errTest)
	if o.Len() != 1 {
		t.Errorf("%d are left", o.Len())
	}
	mustNext(t, e, &o, 2, nil)
	mustNext(t, e, &o, 0, future.ErrEnd)
	mustNext(t, e, &o, 0, future.ErrEnd)
	o.Push(future.Value(3)) // it goes on
	mustNext(t, e, &o, 3, nil)
	e.balanced(t)
}

// What is pushed to the front is next, and what waits behind it stays in order.
func TestOrderedPushFront(t *testing.T) {
	e := newExecutor()
	var o future.Ordered[int]
	o.PushFront(future.Value(2))
	o.Push(future.Value(3))
	o.PushFront(future.Value(1))
	o.PushFront(future.Value(0))
	for i := range 2 {
		mustNext(t, e, &o, i, nil)
	}
	o.PushFront(future.Value(9))
	for _, v := range []int{9, 2, 3} {
		mustNext(t, e, &o, v, nil)
	}
	mustNext(t, e, &o, 0, future.ErrEnd)
}

// What is added while the set waits is polled, and need not wait for another wake-up.
func TestOrderedPushWhileItWaits(t *testing.T) {
	e := newExecutor()
	var o future.Ordered[int]
	defer o.Drop()
	first := &probe[int]{}
	o.Push(first)
	mustWait(t, e, &o)
	o.PushFront(future.Value(7))
	if !e.takeWake() {
		t.Fatal("a push woke nobody")
	}
	mustNext(t, e, &o, 7, nil)
	mustWait(t, e, &o)
	first.complete(8, nil)
	mustNext(t, e, &o, 8, nil)
}

func TestOrderedDropEndsAll(t *testing.T) {
	e := newExecutor()
	var o future.Ordered[*resource]
	waits := &probe[*resource]{}
	var r resource
	o.Push(waits)
	o.Push(future.Value(&r))
	if o.PollNext(&e.cx).IsReady() {
		t.Fatal("ready before its turn")
	}
	o.Drop()
	if waits.drops != 1 || r.drops != 1 || o.Len() != 0 {
		t.Errorf("dropped %d times, discarded %d times, %d are left", waits.drops, r.drops, o.Len())
	}
	e.balanced(t)
}

// The one that panics is over; the others are not lost behind it.
func TestOrderedGoesOnAfterAPanic(t *testing.T) {
	e := newExecutor()
	var o future.Ordered[int]
	bad := &probe[int]{panics: "boom"}
	o.Push(bad)
	o.Push(future.Value(7))
	mustPanic(t, func() { o.PollNext(&e.cx) }, "boom")
	mustNext(t, e, &o, 7, nil)
	mustNext(t, e, &o, 0, future.ErrEnd)
	if bad.drops != 1 {
		t.Errorf("dropped %d times", bad.drops)
	}
}

func TestOrderedAllocatesNothing(t *testing.T) {
	var o future.Ordered[int]
	f := readyAgain{}
	cx := waker.FromWaker(waker.Noop())
	for range 4 {
		o.Push(f)
	}
	if n := testing.AllocsPerRun(100, func() {
		o.Push(f)
		if v, err := o.PollNext(&cx).Result(); v != 7 || err != nil {
			t.Fatal(v, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

type readyAgain struct{}

func (readyAgain) Poll(*waker.Context) future.Poll[int] { return future.Ready(7) }

func TestOrderedOfNothingPanics(t *testing.T) {
	var o *future.Ordered[int]
	var cx waker.Context
	mustPanic(t, func() { o.PollNext(&cx) }, "nil Ordered")
	mustPanic(t, func() { o.Push(future.Value(1)) }, "nil Ordered")
	mustPanic(t, func() { o.Drop() }, "nil Ordered")
}
