package future_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// A child that uses up the budget of every poll does not keep its siblings from theirs: the next
// poll begins with another one.
func TestSiblingsTakeTurnsWithTheBudget(t *testing.T) {
	hungry := func() future.Future[int] {
		return future.Func(func(cx *waker.Context) future.Poll[int] {
			for cx.Spend() {
			}
			return future.Pending[int]()
		})
	}
	for name, make := range map[string]func(a, b future.Future[int]) any{
		"Join":       func(a, b future.Future[int]) any { return future.Box(future.Join(future.Of(a), future.Of(b))) },
		"TryJoin":    func(a, b future.Future[int]) any { return future.Box(future.TryJoin(future.Of(a), future.Of(b))) },
		"Select2":    func(a, b future.Future[int]) any { return future.Box(future.Select2(future.Of(a), future.Of(b))) },
		"Race":       func(a, b future.Future[int]) any { return future.Race(a, b) },
		"JoinAll":    func(a, b future.Future[int]) any { return future.JoinAll(a, b) },
		"TryJoinAll": func(a, b future.Future[int]) any { return future.TryJoinAll(a, b) },
	} {
		for _, first := range []bool{true, false} {
			polls, fed := 0, false
			modest := future.Func(func(cx *waker.Context) future.Poll[int] {
				if polls++; !cx.Spend() {
					return future.Pending[int]()
				}
				fed = true
				return future.Ready(7)
			})
			a, b := hungry(), modest
			if first {
				a, b = b, a
			}
			e := newExecutor()
			budget := waker.NewBudget(0)
			cx := waker.NewContext(e.cx.Waker(), nil, &budget)
			f := make(a, b)
			for i := 0; i < 4 && !fed; i++ {
				budget.Refill(10)
				switch f := f.(type) {
				case future.Future[int]:
					f.Poll(&cx)
				case future.Future[[]int]:
					f.Poll(&cx)
				case future.Future[[]future.Result[int]]:
					f.Poll(&cx)
				case future.Future[future.Pair[int, int]]:
					f.Poll(&cx)
				case future.Future[future.Either[int, int]]:
					f.Poll(&cx)
				default:
					t.Fatalf("%s is a %T", name, f)
				}
			}
			if !fed {
				t.Errorf("%s: beside a child that uses up the budget the other one was polled %d times and had nothing", name, polls)
			}
		}
	}
}

// Many children that each need a piece of the budget all get one, in as many polls as that takes.
func TestManyChildrenShareTheBudget(t *testing.T) {
	const children, piece = 150, 7
	var all []future.Future[int]
	for i := range children {
		all = append(all, future.Func(func(cx *waker.Context) future.Poll[int] {
			if !cx.Spend() {
				return future.Pending[int]()
			}
			return future.Ready(i)
		}))
	}
	f := future.JoinAll(all...)
	e := newExecutor()
	budget := waker.NewBudget(0)
	cx := waker.NewContext(e.cx.Waker(), nil, &budget)
	for polls := 1; ; polls++ {
		budget.Refill(piece)
		if p := f.Poll(&cx); p.IsReady() {
			got, err := p.Result()
			for i, v := range got {
				if v != i {
					t.Errorf("child %d came to %d", i, v)
				}
			}
			if err != nil || len(got) != children {
				t.Errorf("%d values, %v", len(got), err)
			}
			return
		}
		if polls > children/piece+1 || !e.takeWake() {
			t.Fatalf("%d children of whom %d can go on in a poll have not ended after %d", children, piece, polls)
		}
	}
}
