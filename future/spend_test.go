package future_test

import (
	"context"
	"errors"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

var cancelled = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// leaf makes a future that completes at its next poll, if it may, with 7 or with err.
type leaf struct {
	name string
	make func(e *executor) future.Future[int]
	err  error
}

func seven() (int, error) { return 7, nil }

func toSeven[T any](f future.Future[T]) future.Future[int] {
	return future.Map(f, func(T) int { return 7 })
}

var leaves = []leaf{
	{"Value", func(*executor) future.Future[int] { return future.Value(7) }, nil},
	{"Fail", func(*executor) future.Future[int] { return future.Fail[int](errTest) }, errTest},
	{"Yield", func(e *executor) future.Future[int] {
		f := future.Yield()
		f.Poll(&e.cx)
		return toSeven(&f)
	}, nil},
	{"FromChan, a value is there", func(*executor) future.Future[int] {
		ch := make(chan int, 1)
		ch <- 7
		return future.FromChan(ch)
	}, nil},
	{"FromChan, a value comes", func(e *executor) future.Future[int] {
		ch := make(chan int)
		f := future.FromChan(ch)
		f.Poll(&e.cx)
		ch <- 7
		<-e.woken
		return f
	}, nil},
	{"FromChan, closed", func(*executor) future.Future[int] { return future.FromChan(closedChan()) }, future.ErrClosed},
	{"WithContext, cancelled", func(*executor) future.Future[int] {
		return future.WithContext(cancelled, future.Future[int](&probe[int]{}))
	}, context.Canceled},
	{"Blocking", func(e *executor) future.Future[int] {
		f := future.Blocking(seven)
		f.Poll(&e.cx)
		<-e.woken
		return f
	}, nil},
	{"BlockingOn a closed pool", func(e *executor) future.Future[int] {
		pool := new(future.BlockingPool)
		pool.Close()
		f := future.BlockingOn(pool, seven)
		f.Poll(&e.cx)
		<-e.woken
		return f
	}, future.ErrClosed},
	{"LocalHandle", func(*executor) future.Future[int] {
		p := future.NewLocalPool()
		defer p.Run()
		return future.Spawn(p, future.Value(7))
	}, nil},
	{"JoinAll of none", func(*executor) future.Future[int] { return toSeven(future.JoinAll[int]()) }, nil},
	{"Async that awaits nothing", func(*executor) future.Future[int] {
		return future.Async(func(*future.Co) (int, error) { return 7, nil })
	}, nil},
	{"Loop", func(*executor) future.Future[int] {
		return future.Loop(0, func(int) future.Future[future.Flow[int, int]] {
			return free(future.Break[int](7))
		})
	}, nil},
}

// free is a leaf that spends nothing, as it should not be.
func free[T any](v T) future.Future[T] {
	return future.Func(func(*waker.Context) future.Poll[T] { return future.Ready(v) })
}

func TestEveryLeafSpends(t *testing.T) {
	for _, l := range leaves {
		t.Run(l.name, func(t *testing.T) {
			e := newExecutor()
			budget := waker.NewBudget(2)
			cx := waker.NewContext(e.cx.Waker(), nil, &budget)
			for i := range 3 {
				f := l.make(e)
				e.takeWake()
				p := f.Poll(&cx)
				if i == 2 {
					if p.IsReady() || !e.takeWake() {
						t.Fatalf("ready: %v, with nothing left to spend", p.IsReady())
					}
					budget.Refill(1)
					p = f.Poll(&cx) // nothing is lost
				}
				if v, err := p.Result(); p.IsPending() || !errors.Is(err, l.err) || l.err == nil && (v != 7 || err != nil) {
					t.Fatalf("poll %d: pending %v, %v, %v", i, p.IsPending(), v, err)
				}
			}
		})
	}
}

// However it is written, a task whose leaves are always ready lets others run.
func TestReadyLeavesLetOthersRun(t *testing.T) {
	const patience = 10_000
	for _, l := range leaves {
		other, turns := false, 0
		more := func() bool { turns++; return !other && turns < patience }
		e := newExecutor()
		var then func(int) future.Future[int]
		then = func(int) future.Future[int] {
			if !more() {
				return future.Value(0)
			}
			return future.Then(future.OrElse(l.make(e), func(error) future.Future[int] { return future.Value(0) }), then)
		}
		for how, f := range map[string]future.Future[int]{
			"async": future.Async(func(co *future.Co) (int, error) {
				for more() {
					_, _ = future.Await(co, l.make(e))
				}
				return 0, nil
			}),
			"Then": future.Then(future.Value(0), then),
			"Loop": future.Loop(0, func(int) future.Future[future.Flow[int, int]] {
				return future.Map(future.Settle(l.make(e)), func(future.Result[int]) future.Flow[int, int] {
					if more() {
						return future.Continue[int](0)
					}
					return future.Break[int](0)
				})
			}),
		} {
			other, turns = false, 0
			p := future.NewLocalPool()
			future.Spawn(p, f)
			future.Spawn(p, future.Func(func(*waker.Context) future.Poll[int] {
				other = true
				return future.Ready(0)
			}))
			p.Run()
			if turns >= patience {
				t.Errorf("%s, %s: the other task was not polled within %d turns", l.name, how, turns)
			}
		}
	}
}

// A part of a task that always has something to do leaves something to the others.
func TestPartsOfATaskShareItsBudget(t *testing.T) {
	const patience = 10_000
	for name, around := range map[string]func(busy, modest future.Future[int]) any{
		"Join": func(busy, modest future.Future[int]) any {
			return toSeven(future.Box(future.Join(future.Of(busy), future.Of(modest))))
		},
		"Select2": func(busy, modest future.Future[int]) any {
			return toSeven(future.Box(future.Select2(future.Of(busy), future.Of(modest))))
		},
		"JoinAll": func(busy, modest future.Future[int]) any { return toSeven(future.JoinAll(busy, modest)) },
		"Race":    func(busy, modest future.Future[int]) any { return toSeven(future.Race(busy, modest)) },
	} {
		for _, executor := range []string{"BlockOn", "LocalPool"} {
			reached, turns := false, 0
			busy := future.Loop(0, func(int) future.Future[future.Flow[int, int]] {
				if turns++; reached || turns == patience {
					return free(future.Break[int](7))
				}
				return free(future.Continue[int](0))
			})
			modest := future.Map(future.Then(future.Box(future.Yield()), func(future.Unit) future.Future[int] { return future.Value(7) }),
				func(v int) int { reached = true; return v })
			f := around(busy, modest).(future.Future[int])
			if executor == "BlockOn" {
				_, _ = future.BlockOn(f)
			} else {
				_, _ = future.RunUntil(future.NewLocalPool(), f)
			}
			if turns >= patience {
				t.Errorf("%s under %s: the second part had not ended after %d turns of the first", name, executor, turns)
			}
		}
	}
}
