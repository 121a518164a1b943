package future_test

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

func TestFusedIsPendingAfterItsEnd(t *testing.T) {
	e := newExecutor()
	f := future.Fuse(future.Value(7))
	if f.Ended() {
		t.Fatal("ended before its first poll")
	}
	mustReady(t, e, f, 7, nil)
	for range 2 {
		mustPend(t, e, f)
	}
	if !f.Ended() {
		t.Error("not ended after Ready")
	}
	f.Drop()
	mustPanic(t, func() { (*future.Fused[int])(nil).Poll(&e.cx) }, "nil Fused")
}

// A branch of a loop that is over takes no more part.
func TestFusedInALoopOfSelects(t *testing.T) {
	got, err := future.BlockOn(future.Async(func(co *future.Co) (int, error) {
		once, got := future.Fuse(future.Value(1)), 0
		for range 3 {
			v, err := future.Select2(future.Ref(once), future.Of(future.Value(10))).Await(co)
			if err != nil {
				return 0, err
			}
			got += v.First + v.Second
		}
		return got, nil
	}))
	if got != 21 || err != nil {
		t.Error(got, err)
	}
}

func TestFusedDropsOnce(t *testing.T) {
	e := newExecutor()
	p := &probe[int]{}
	f := future.Fuse(p)
	mustPend(t, e, f)
	f.Drop()
	f.Drop()
	if p.drops != 1 || !f.Ended() {
		t.Errorf("dropped %d times", p.drops)
	}
	mustPend(t, e, f)
}

func TestLazyBeginsAtItsFirstPoll(t *testing.T) {
	e := newExecutor()
	made := 0
	f := future.Lazy(func() future.Future[int] { made++; return future.Value(7) })
	if made != 0 {
		t.Fatal("made before the first poll")
	}
	mustReady(t, e, f, 7, nil)
	future.Drop(future.Lazy(func() future.Future[int] { made++; return nil }))
	if made != 1 {
		t.Errorf("made %d times", made)
	}
	mustPanic(t, func() { future.Lazy(func() future.Future[int] { return nil }).Poll(&e.cx) }, "Lazy: nil future from its func")
}

// A recursion through Lazy takes no stack.
func TestLazyInTailPosition(t *testing.T) {
	var count func(n int) future.Future[int]
	count = func(n int) future.Future[int] {
		if n == 0 {
			return future.Value(7)
		}
		return future.Lazy(func() future.Future[int] { return count(n - 1) })
	}
	mustReady(t, newExecutor(), count(1_000_000), 7, nil)
}

func TestInspectShowsTheOutcome(t *testing.T) {
	e := newExecutor()
	var saw int
	var sawErr error
	show := func(v int, err error) { saw, sawErr = v, err }
	p := &probe[int]{}
	f := future.Inspect(p, show)
	mustPend(t, e, f)
	if saw != 0 {
		t.Error("shown while pending")
	}
	p.complete(7, errTest)
	mustReady(t, e, f, 7, errTest)
	if saw != 7 || sawErr != errTest {
		t.Errorf("shown %d, %v", saw, sawErr)
	}
}

func TestInspectThatPanicsDiscards(t *testing.T) {
	var r resource
	f := future.Inspect(future.Value(&r), func(*resource, error) { panic("shown") })
	mustPanic(t, func() { f.Poll(&newExecutor().cx) }, "shown")
	if r.drops != 1 {
		t.Errorf("discarded %d times", r.drops)
	}
}

func TestCatchPanicFailsWithIt(t *testing.T) {
	e := newExecutor()
	p := &probe[int]{}
	f := future.CatchPanic(p)
	mustPend(t, e, f)
	p.panics = errTest
	_, err := f.Poll(&e.cx).Result()
	var caught *future.PanicError
	if !errors.As(err, &caught) || caught.Value != any(errTest) || !errors.Is(err, errTest) || len(caught.Stack) == 0 {
		t.Errorf("%v", err)
	}
	if p.drops != 1 {
		t.Errorf("what panicked was dropped %d times", p.drops)
	}
	mustPanic(t, func() { f.Poll(&e.cx) }, "CatchPanic polled after Ready")
	mustReady(t, e, future.CatchPanic(future.Value(7)), 7, nil)
}

// It catches a panic of a function that has been suspended, with the stack of where it began.
func TestCatchPanicOfAnAsyncFunction(t *testing.T) {
	_, err := future.BlockOn(future.CatchPanic(future.Async(func(co *future.Co) (int, error) {
		co.Yield()
		panic("late")
	})))
	var caught *future.PanicError
	if !errors.As(err, &caught) || caught.Value != "late" {
		t.Errorf("%v", err)
	}
}

func TestCatchPanicTellsNothingOfTheDrop(t *testing.T) {
	f := future.CatchPanic[int](panicsTwice{})
	if _, err := f.Poll(&newExecutor().cx).Result(); err == nil || err.(*future.PanicError).Value != "poll panics" {
		t.Errorf("%v", err)
	}
}

type panicsTwice struct{ dropPanics }

func (panicsTwice) Poll(*waker.Context) future.Poll[int] { panic("poll panics") }

// spends is ready after so many operations.
type spends int

func (s *spends) Poll(cx *waker.Context) future.Poll[int] {
	for ; *s > 0; *s-- {
		if !cx.Spend() {
			return future.Pending[int]()
		}
	}
	return future.Ready(1)
}

// What is unconstrained goes on when the budget is used up, leaves it to others as it is, and can still ask for another
// poll.
func TestUnconstrainedHasNoBudget(t *testing.T) {
	e := newExecutor()
	budget := waker.NewBudget(2)
	cx := waker.NewContext(e.cx.Waker(), "what the executor offers", &budget)
	many, same := spends(100), spends(100)
	if p := same.Poll(&cx); p.IsReady() || e.wakes.Load() != 1 {
		t.Fatalf("100 operations of a budget of 2: ready %v, woken %d times", p.IsReady(), e.wakes.Load())
	}
	f := future.Unconstrained[int](&many)
	if p := f.Poll(&cx); p.IsPending() || e.wakes.Load() != 1 {
		t.Errorf("100 operations without a budget: ready %v, woken %d times", p.IsReady(), e.wakes.Load())
	}
	budget.Refill(2)
	asks := future.Unconstrained(future.Func(func(cx *waker.Context) future.Poll[int] {
		if cx.Ext() != "what the executor offers" || cx.Exhausted() {
			t.Error("the executor's context is another one")
		}
		cx.PollAgain()
		return future.Pending[int]()
	}))
	if p := asks.Poll(&cx); p.IsReady() || e.wakes.Load() != 2 || cx.Exhausted() {
		t.Errorf("one that asks for another poll: ready %v, woken %d times, budget used up: %v", p.IsReady(), e.wakes.Load(), cx.Exhausted())
	}
	if n := testing.AllocsPerRun(100, func() { asks.Poll(&cx) }); n != 0 {
		t.Errorf("%v allocations a poll", n)
	}
	future.Drop(asks)
}
