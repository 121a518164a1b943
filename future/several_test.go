package future_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// logged is an operation that notes its polls, and is ready at the n-th.
type logged struct {
	log  *[]int
	id   int
	left int
	err  error
}

func (l *logged) Poll(cx *waker.Context) future.Poll[int] {
	*l.log = append(*l.log, l.id)
	if l.left--; l.left > 0 {
		cx.PollAgain()
		return future.Pending[int]()
	}
	if !cx.Spend() {
		l.left++
		return future.Pending[int]()
	}
	return future.Done(l.id, l.err)
}

func (l logged) Await(co *future.Co) (int, error) { return future.AwaitOp(co, l) }

func TestJoinsPollInOrder(t *testing.T) {
	var log []int
	op := func(id int) logged { return logged{log: &log, id: id, left: 3} }
	for name, f := range map[string]interface {
		Poll(*waker.Context) future.Poll[future.Unit]
	}{
		"Join":     erase(future.Box(future.Join(op(0), op(1)))).(future.Future[future.Unit]),
		"TryJoin":  erase(future.Box(future.TryJoin(op(0), op(1)))).(future.Future[future.Unit]),
		"Join4":    erase(future.Box(future.Join4(op(0), op(1), op(2), op(3)))).(future.Future[future.Unit]),
		"TryJoin5": erase(future.Box(future.TryJoin5(op(0), op(1), op(2), op(3), op(4)))).(future.Future[future.Unit]),
	} {
		log = nil
		if _, err := drive(newExecutor(), f); err != nil {
			t.Fatal(err)
		}
		n := slices.Max(log) + 1
		for i, id := range log {
			if id != i%n || len(log) != 3*n {
				t.Fatalf("%s polls %v", name, log)
			}
		}
	}
}

// With room for one operation a poll, each gets its turn.
func TestJoinsOfSeveralTakeTurnsWithTheBudget(t *testing.T) {
	var log []int
	budget := waker.NewBudget(1)
	cx := waker.NewContext(waker.Noop(), nil, &budget)
	f := future.Box(future.Join3(logged{log: &log, id: 1}, logged{log: &log, id: 2}, logged{log: &log, id: 3}))
	for polls := 1; ; polls++ {
		budget.Refill(1)
		p := f.Poll(&cx)
		if p.IsReady() != (polls == 3) {
			t.Fatalf("ready %v at poll %d", p.IsReady(), polls)
		}
		if v, _ := p.Result(); p.IsReady() {
			if v != (future.Tuple3[int, int, int]{First: 1, Second: 2, Third: 3}) {
				t.Errorf("came to %v", v)
			}
			return
		}
	}
}

// greedy spends an operation at each of its polls.
type greedy struct{ left int }

func (g *greedy) Poll(cx *waker.Context) future.Poll[int] {
	if !cx.Spend() {
		return future.Pending[int]()
	}
	if g.left--; g.left > 0 {
		cx.PollAgain()
		return future.Pending[int]()
	}
	return future.Ready(0)
}

func (g greedy) Await(co *future.Co) (int, error) { return future.AwaitOp(co, g) }

// One that uses up the budget at each poll keeps the others waiting for no longer than a turn.
func TestOneOfSeveralDoesNotTakeAllTurns(t *testing.T) {
	var log []int
	budget := waker.NewBudget(1)
	cx := waker.NewContext(waker.Noop(), nil, &budget)
	f := future.Box(future.Select3(greedy{100}, logged{log: &log, id: 1}, greedy{100}))
	for range 2 {
		budget.Refill(1)
		if p := f.Poll(&cx); p.IsReady() {
			if v, _ := p.Result(); v.Which != 1 {
				t.Errorf("%d won", v.Which)
			}
			return
		}
	}
	t.Error("the second had no turn in two polls")
}

func TestJoin6HasAllValuesAndTheFirstError(t *testing.T) {
	errA, errB := errors.New("a"), errors.New("b")
	of := func(v int, err error) future.BoxedOp[int] {
		return future.Of(future.Func(func(*waker.Context) future.Poll[int] { return future.Done(v, err) }))
	}
	v, err := future.BlockOn(future.Box(future.Join6(of(1, nil), of(2, errA), of(3, nil), of(4, errB), of(5, nil), of(6, nil))))
	if v != (future.Tuple6[int, int, int, int, int, int]{First: 1, Second: 2, Third: 3, Fourth: 4, Fifth: 5, Sixth: 6}) || err != errA {
		t.Error(v, err)
	}
}

func TestTryJoin4EndsTheOthers(t *testing.T) {
	e := newExecutor()
	var r resource
	came, waits, fails := &probe[*resource]{answer: future.Ready(&r)}, &probe[int]{}, &probe[int]{}
	f := future.Box(future.TryJoin4(future.Of(came), future.Of(waits), future.Of(fails), future.Never[int]()))
	mustPend(t, e, f)
	fails.complete(0, errTest)
	if _, err := f.Poll(&e.cx).Result(); err != errTest {
		t.Errorf("%v", err)
	}
	if r.drops != 1 || waits.drops != 1 || fails.drops != 0 {
		t.Errorf("the value was discarded %d times, what waited dropped %d times, what failed %d times", r.drops, waits.drops, fails.drops)
	}
	e.balanced(t)
}

func TestSelect3SaysWhich(t *testing.T) {
	for which := range 3 {
		e := newExecutor()
		var ps [3]*probe[int]
		for i := range ps {
			ps[i] = &probe[int]{}
		}
		f := future.Box(future.Select3(future.Of(ps[0]), future.Of(ps[1]), future.Of(ps[2])))
		mustPend(t, e, f)
		ps[which].complete(7, errTest)
		v, err := f.Poll(&e.cx).Result()
		if v.Which != which || [3]int{v.First, v.Second, v.Third}[which] != 7 || err != errTest {
			t.Errorf("%d: %v, %v", which, v, err)
		}
		for i, p := range ps {
			if want := min(1, (i-which)*(i-which)); p.drops != want {
				t.Errorf("%d won, and %d was dropped %d times", which, i, p.drops)
			}
		}
		e.balanced(t)
	}
}

// The value is not lost with a loser whose Drop panics: it is discarded.
func TestSelect3DiscardsItsWinnerIfALoserPanics(t *testing.T) {
	e := newExecutor()
	var r resource
	f := future.Box(future.Select3(future.Of(future.Value(&r)), future.Of[int](dropPanics{}), future.Never[int]()))
	mustPanic(t, func() { f.Poll(&e.cx) }, "drop panics")
	if r.drops != 1 {
		t.Errorf("discarded %d times", r.drops)
	}
}

type dropPanics struct{}

func (dropPanics) Poll(*waker.Context) future.Poll[int] { return future.Pending[int]() }
func (dropPanics) Drop()                                { panic("drop panics") }

// resource is a value that must be ended once.
type resource struct{ drops int }

func (r *resource) Drop() { r.drops++ }

func TestSeveralAllocateNothing(t *testing.T) {
	type never = future.NeverOp[int]
	var join future.Join6Op[int, int, int, int, int, int, never, never, never, never, never, never]
	var sel future.Select6Op[int, int, int, int, int, int, never, never, never, never, never, never]
	cx := waker.FromWaker(waker.Noop())
	n := never{}
	if a := testing.AllocsPerRun(100, func() {
		join = future.Join6(n, n, n, n, n, n)
		join.Poll(&cx)
		join.Drop()
		sel = future.Select6(n, n, n, n, n, n).Fair()
		sel.Poll(&cx)
		sel.Drop()
	}); a != 0 {
		t.Errorf("%v allocations", a)
	}
}
