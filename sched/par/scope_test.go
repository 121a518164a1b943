package par_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
	"github.com/magpie-go/magpie/waker"
)

// grow forks two children down to a depth, each into the same scope.
func grow(s *par.Group, n *atomic.Int64) func(w *par.Worker, depth int) {
	var f func(w *par.Worker, depth int)
	f = func(w *par.Worker, depth int) {
		n.Add(1)
		if depth > 0 {
			par.Fork(s, w, f, depth-1)
			par.Fork(s, w, f, depth-1)
		}
	}
	return f
}

func TestScopeWaitsForAll(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		for range 20 {
			var n atomic.Int64
			par.Scope(par.On(rt), func(w *par.Worker, s *par.Group) {
				par.Fork(s, w, grow(s, &n), 10)
			})
			if got := n.Load(); got != 1<<11-1 {
				t.Fatalf("%d functions had run when the scope ended, want %d", got, 1<<11-1)
			}
		}
	})
}

// Children that are forked inside forked calls, scopes in scopes, and more children than there
// are slots at first.
func TestScopeMixed(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var n atomic.Int64
		child := func(w *par.Worker, i int) {
			if i%10 == 0 {
				par.Scope(w, func(w *par.Worker, s *par.Group) { par.Fork(s, w, grow(s, &n), 2) })
			}
			n.Add(1)
		}
		par.Scope(par.On(rt), func(w *par.Worker, s *par.Group) {
			some := func(w *par.Worker, from int) int {
				for i := range 1000 {
					par.Fork(s, w, child, from+i)
				}
				return fib(w, 10)
			}
			par.Call(w, some, 0, some, 1000)
			some(w, 2000)
		})
		if got, want := n.Load(), int64(3000+300*7); got != want {
			t.Errorf("%d functions ran, want %d", got, want)
		}
	})
}

func TestScopePanicSkipsTheRest(t *testing.T) {
	rt := newRuntime(t, 1)
	var n int
	v := mustPanic(t, func() {
		par.Scope(par.On(rt), func(w *par.Worker, s *par.Group) {
			for i := range 10 {
				par.Fork(s, w, func(_ *par.Worker, i int) {
					n++
					if i == 7 {
						panic(errBoom)
					}
				}, i)
			}
		})
	})
	if v != errBoom || n != 3 { // the last three, newest first
		t.Errorf("the panic is %v and %d children were begun, want %v and 3", v, n, errBoom)
	}
}

// When the function of a scope panics itself, none of its children is begun any more.
func TestAPanicOfTheScopeSkipsItsChildren(t *testing.T) {
	rt := newRuntime(t, 1)
	n := 0
	v := mustPanic(t, func() {
		par.Scope(par.On(rt), func(w *par.Worker, s *par.Group) {
			for range 3 {
				par.Fork(s, w, func(*par.Worker, int) { n++ }, 0)
			}
			panic(errBoom)
		})
	})
	if v != errBoom || n != 0 {
		t.Errorf("the panic is %v and %d children were begun, want %v and none", v, n, errBoom)
	}
}

func TestScopeAfterItsEnd(t *testing.T) {
	rt := newRuntime(t, 2)
	var kept *par.Group
	par.Scope(par.On(rt), func(_ *par.Worker, s *par.Group) { kept = s })
	v := mustPanic(t, func() {
		par.Join(par.On(rt), func(w *par.Worker) { par.Fork(kept, w, func(*par.Worker, int) {}, 0) }, func(*par.Worker) {})
	})
	if _, ok := v.(string); !ok {
		t.Errorf("a fork in a scope that has ended panics with %v, want a message", v)
	}
}

// until forks for ever.
func until(w *par.Worker, n int) int {
	for {
		x, y := par.Call(w, fib, 5, fib, 5)
		n += x + y
	}
}

var errCause = errors.New("cause")

func TestWithContext(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		t.Run("returns", func(t *testing.T) {
			var got int
			err := par.WithContext(context.Background(), par.On(rt), func(w *par.Worker) { got = fib(w, 20) })
			if got != fib20 || err != nil {
				t.Errorf("fib(20) is %d, %v, want %d", got, err, fib20)
			}
		})
		t.Run("is cancelled", func(t *testing.T) {
			for range 10 {
				ctx, cancel := context.WithCancelCause(context.Background())
				err := par.WithContext(ctx, par.On(rt), func(w *par.Worker) {
					go cancel(errCause)
					par.Call(w, until, 0, until, 0)
				})
				if err != errCause {
					t.Fatalf("it ends with %v, want %v", err, errCause)
				}
			}
		})
		t.Run("before", func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			err := par.WithContext(ctx, par.On(rt), func(*par.Worker) { t.Error("it was begun") })
			if err != context.Canceled {
				t.Errorf("it ends with %v, want %v", err, context.Canceled)
			}
		})
		t.Run("without forks", func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			err := par.WithContext(ctx, par.On(rt), func(w *par.Worker) {
				go cancel()
				for {
					par.Checkpoint(w)
				}
			})
			if err != context.Canceled {
				t.Errorf("it ends with %v, want %v", err, context.Canceled)
			}
		})
		t.Run("inner alone", func(t *testing.T) {
			inner, cancel := context.WithCancel(context.Background())
			err := par.WithContext(context.Background(), par.On(rt), func(w *par.Worker) {
				err := par.WithContext(inner, w, func(w *par.Worker) {
					go cancel()
					until(w, 0)
				})
				if err != context.Canceled {
					t.Errorf("the inner one ends with %v, want %v", err, context.Canceled)
				}
				fib(w, 15)
			})
			if err != nil {
				t.Errorf("the outer one ends with %v", err)
			}
		})
		t.Run("outer ends the inner", func(t *testing.T) {
			outer, cancel := context.WithCancel(context.Background())
			err := par.WithContext(outer, par.On(rt), func(w *par.Worker) {
				err := par.WithContext(context.Background(), w, func(w *par.Worker) {
					go cancel()
					until(w, 0)
				})
				t.Errorf("the inner one returned %v", err)
			})
			if err != context.Canceled {
				t.Errorf("it ends with %v, want %v", err, context.Canceled)
			}
		})
		t.Run("scope", func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			err := par.WithContext(ctx, par.On(rt), func(w *par.Worker) {
				go cancel()
				for {
					par.Scope(w, func(w *par.Worker, s *par.Group) {
						for range 100 {
							par.Fork(s, w, func(w *par.Worker, n int) { fib(w, n) }, 5)
						}
					})
				}
			})
			if err != context.Canceled {
				t.Errorf("it ends with %v, want %v", err, context.Canceled)
			}
		})
		if x, y := par.Call(par.On(rt), fib, 20, fib, 20); x != fib20 || y != fib20 {
			t.Errorf("afterwards fib(20) is %d and %d", x, y)
		}
	})
}

// A cancelled computation that recovers finds its next fork panicking too.
func TestCancelledOnceMore(t *testing.T) {
	rt := newRuntime(t, 2)
	ctx, cancel := context.WithCancel(context.Background())
	var first, second any
	err := par.WithContext(ctx, par.On(rt), func(w *par.Worker) {
		cancel()
		first = mustPanic(t, func() { until(w, 0) })
		second = mustPanic(t, func() { par.Call(w, fib, 1, fib, 1) })
		panic(second)
	})
	var c *par.Cancelled
	if e, ok := first.(error); !ok || !errors.As(e, &c) || !errors.Is(e, context.Canceled) {
		t.Errorf("the first panic is %v, want a *Cancelled", first)
	}
	if err != context.Canceled {
		t.Errorf("it ends with %v, want %v", err, context.Canceled)
	}
}

// While every worker computes, tasks go on: here the computation ends only when a task that was
// spawned after its beginning has yielded a hundred times.
func TestTasksGoOn(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var stop atomic.Bool
		var busy func(w *par.Worker, depth int) int
		busy = func(w *par.Worker, depth int) int {
			if depth == 0 {
				for !stop.Load() {
					par.Checkpoint(w)
				}
				return 0
			}
			x, y := par.Call(w, busy, depth-1, busy, depth-1)
			return x + y
		}
		computing := make(chan struct{})
		go func() {
			defer close(computing)
			par.Call(par.On(rt), busy, 5, busy, 5)
		}()
		_, err := sched.Run(context.Background(), rt, future.Async(func(co *future.Co) (int, error) {
			for range 100 {
				co.Yield()
			}
			stop.Store(true)
			return 0, nil
		}))
		if err != nil {
			t.Error(err)
		}
		<-computing
	})
}

// A task that is polled while its worker computes may compute, and fail, and the computation
// that it interrupted does not notice.
func TestServedTasksComputeAndFail(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var served atomic.Int64
		done := make(chan struct{})
		go func() {
			defer close(done)
			sum := 0
			for served.Load() < 300 {
				x, y := par.Call(par.On(rt), fib, 20, fib, 20)
				sum += x + y
				if (x != fib20) || (y != fib20) {
					t.Errorf("fib(20) is %d and %d", x, y)
				}
			}
		}()
		for i := range 300 {
			_, err := poll(rt, func(cx *waker.Context) int {
				defer served.Add(1)
				if i%3 == 0 {
					panic(errBoom)
				}
				return fib(par.From(cx), 15)
			})
			if (i%3 == 0) != (err != nil) {
				t.Fatalf("task %d ended with %v", i, err)
			}
		}
		<-done
	})
}
