package future_test

import (
	"runtime"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// depth is how many functions of this goroutine are under way.
func depth() int {
	var pcs [512]uintptr
	return runtime.Callers(0, pcs[:])
}

// tails are functions that go on for ever in a tail call; turn is called in each.
var tails = map[string]func(turn func() future.Future[int]) future.Future[int]{
	"Then": func(turn func() future.Future[int]) future.Future[int] {
		var again func(int) future.Future[int]
		again = func(int) future.Future[int] { return future.Then(turn(), again) }
		return again(0)
	},
	"OrElse": func(turn func() future.Future[int]) future.Future[int] {
		var again func(error) future.Future[int]
		again = func(error) future.Future[int] {
			return future.OrElse(future.Then(turn(), func(int) future.Future[int] { return future.Fail[int](errTest) }), again)
		}
		return again(nil)
	},
	"both": func(turn func() future.Future[int]) future.Future[int] {
		var again func(int) future.Future[int]
		retry := func(error) future.Future[int] { return future.Then(turn(), again) }
		again = func(int) future.Future[int] { return future.OrElse(future.Fail[int](errTest), retry) }
		return again(0)
	},
	"Loop": func(turn func() future.Future[int]) future.Future[int] {
		return future.Loop(0, func(int) future.Future[future.Flow[int, int]] {
			return future.Map(turn(), func(v int) future.Flow[int, int] { return future.Continue[int](v) })
		})
	},
}

// A turn costs the same whether it is the tenth or the ten thousandth, if it was ready at
// once or had to wait.
func TestTailCallsAreFlat(t *testing.T) {
	const turns = 10_000
	for name, tail := range tails {
		for _, waits := range []bool{false, true} {
			n, early, late := 0, 0, 0
			turn := func() future.Future[int] {
				switch n++; n {
				case 10:
					early = depth()
				case turns:
					late = depth()
				}
				if waits {
					return future.Map(future.Box(future.Yield()), func(future.Unit) int { return 7 })
				}
				return future.Value(7)
			}
			e := newExecutor()
			budget := waker.NewBudget(0)
			cx := waker.NewContext(e.cx.Waker(), nil, &budget)
			f := tail(turn)
			for n < turns {
				budget.Refill(128)
				if f.Poll(&cx).IsReady() || !e.takeWake() {
					t.Fatalf("%s: ready, or not woken, after %d turns", name, n)
				}
			}
			if late != early {
				t.Errorf("%s, waits: %v: %d functions deep at turn 10, %d at turn %d", name, waits, early, late, turns)
			}
			future.Drop(f)
			mustPanic(t, func() { f.Poll(&cx) }, "polled after Ready (or after Drop)")
		}
	}
}

// Whatever a tail has come to, Drop reaches the child that it waits for.
func TestDropReachesTheEndOfATail(t *testing.T) {
	for name, tail := range tails {
		e := newExecutor()
		last, n := &probe[int]{}, 0
		f := tail(func() future.Future[int] {
			if n++; n > 3 {
				return last
			}
			return future.Value(n)
		})
		mustPend(t, e, f)
		future.Drop(f)
		future.Drop(f)
		if n != 4 || last.polls != 1 || last.drops != 1 {
			t.Errorf("%s: turn %d, polled %d, dropped %d times", name, n, last.polls, last.drops)
		}
		e.balanced(t)
	}
}

// A Then or OrElse that had been polled before it came into tail position goes on there.
func TestALinkThatWasPolledBefore(t *testing.T) {
	e := newExecutor()
	for name, link := range map[string]func(second future.Future[int]) future.Future[int]{
		"Then": func(second future.Future[int]) future.Future[int] {
			return future.Then(future.Value(1), func(int) future.Future[int] { return second })
		},
		"OrElse": func(second future.Future[int]) future.Future[int] {
			return future.OrElse(future.Fail[int](errTest), func(error) future.Future[int] { return second })
		},
	} {
		second := &probe[int]{}
		inner := link(second)
		mustPend(t, e, inner)
		outer := future.Then(future.Value(1), func(int) future.Future[int] { return inner })
		mustPend(t, e, outer)
		second.complete(5, nil)
		mustReady(t, e, outer, 5, nil)
		mustPanic(t, func() { outer.Poll(&e.cx) }, "Then polled after Ready")
		mustPanic(t, func() { future.Then(future.Value(1), func(int) future.Future[int] { return inner }).Poll(&e.cx) }, name, "polled after Ready")
	}
	e.balanced(t)
}

func TestLoop(t *testing.T) {
	e := newExecutor()
	var child *probe[future.Flow[int, string]]
	states := 0
	f := future.Loop(1, func(n int) future.Future[future.Flow[int, string]] {
		states = 10*states + n
		child = &probe[future.Flow[int, string]]{}
		return child
	})
	mustPend(t, e, f)
	child.complete(future.Continue[string](2), nil)
	mustPend(t, e, f)
	child.complete(future.Continue[string](3), nil)
	mustPend(t, e, f)
	child.complete(future.Break[int]("over"), nil)
	mustReady(t, e, f, "over", nil)
	if states != 123 {
		t.Errorf("states %d", states)
	}
	mustPanic(t, func() { f.Poll(&e.cx) }, "Loop polled after Ready")
	failing := future.Loop(1, func(int) future.Future[future.Flow[int, string]] {
		return future.Fail[future.Flow[int, string]](errTest)
	})
	mustReady(t, e, failing, "", errTest)
	mustPanic(t, func() { future.Loop[int, int](1, nil) }, "Loop: nil func; pass ")
	none := future.Loop(1, func(int) future.Future[future.Flow[int, int]] { return nil })
	mustPanic(t, func() { none.Poll(&e.cx) }, "Loop: nil future from its func; pass ")
	e.balanced(t)
}

func TestLoopDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	turns := 0
	turn := future.Future[future.Flow[int, int]](&probe[future.Flow[int, int]]{answer: future.Ready(future.Continue[int](1))})
	f := future.Loop(0, func(int) future.Future[future.Flow[int, int]] { turns++; return turn })
	budget := waker.NewBudget(0)
	cx := waker.NewContext(waker.Noop(), nil, &budget)
	if n := testing.AllocsPerRun(100, func() { budget.Refill(100); f.Poll(&cx) }); n != 0 || turns < 100*100 {
		t.Errorf("%v allocations, in %d turns", n, turns)
	}
}

func TestRefLeavesItsFutureAlone(t *testing.T) {
	e := newExecutor()
	long := &probe[int]{}
	for i := range 3 {
		f := future.Select2(future.Of(future.Value(i)), future.Ref[int](long))
		if i > 0 {
			f = future.Select2(future.Of(future.Then(future.Box(future.Yield()), func(future.Unit) future.Future[int] { return future.Value(i) })), future.Ref[int](long))
			mustPend(t, e, &f)
		}
		if p := f.Poll(&e.cx); p.IsPending() {
			t.Fatal("nobody won")
		}
	}
	if long.polls != 2 || long.drops != 0 {
		t.Fatalf("polled %d times, dropped %d times", long.polls, long.drops)
	}
	long.complete(9, errTest)
	mustReady(t, e, future.Ref[int](long), 9, errTest)
	mustPanic(t, func() { future.Ref[int](nil) }, "Ref: nil future; pass ")
	e.balanced(t)
}
