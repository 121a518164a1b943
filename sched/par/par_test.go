package par_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
	"github.com/magpie-go/magpie/waker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newRuntime makes a runtime for one test.
func newRuntime(tb testing.TB, workers int) *sched.Runtime {
	tb.Helper()
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := rt.Shutdown(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return rt
}

// onEach runs a test with one worker, one for each of two cores, and more than there are.
func onEach(t *testing.T, f func(t *testing.T, rt *sched.Runtime)) {
	for name, n := range map[string]int{"1 worker": 1, "2 workers": 2, "8 workers": 8} {
		t.Run(name, func(t *testing.T) { f(t, newRuntime(t, n)) })
	}
}

func fib(w *par.Worker, n int) int {
	if n < 2 {
		return n
	}
	x, y := par.Call(w, fib, n-1, fib, n-2)
	return x + y
}

const fib20 = 6765

// poll makes a task of one poll and returns what it answered.
func poll[T any](rt *sched.Runtime, f func(cx *waker.Context) T) (T, error) {
	return sched.Run(context.Background(), rt, future.Func(func(cx *waker.Context) future.Poll[T] { return future.Ready(f(cx)) }))
}

func TestFromAnywhere(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		t.Run("goroutines", func(t *testing.T) {
			w := par.On(rt)
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if got, also := par.Call(w, fib, 20, fib, 20); got != fib20 || also != fib20 {
						t.Errorf("fib(20) is %d and %d, want %d", got, also, fib20)
					}
				})
			}
			all.Wait()
		})
		t.Run("task", func(t *testing.T) {
			got, err := poll(rt, func(cx *waker.Context) int { return fib(par.From(cx), 20) })
			if got != fib20 || err != nil {
				t.Errorf("fib(20) is %d, %v, want %d", got, err, fib20)
			}
		})
		t.Run("async functions", func(t *testing.T) {
			// Several, and each computes before and after it waits: what serves while one computes
			// resumes the others.
			var handles []sched.JoinHandle[int]
			for range 8 {
				handles = append(handles, sched.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
					sum := 0
					for range 4 {
						sum += fib(par.From(co.Context()), 20)
						co.Yield()
					}
					return sum, nil
				})))
			}
			for _, h := range handles {
				if got, err := h.Wait(context.Background()); got != 4*fib20 || err != nil {
					t.Errorf("the sum is %d, %v, want %d", got, err, 4*fib20)
				}
			}
		})
		t.Run("handle taken along", func(t *testing.T) {
			// A handle for goroutines that a task uses runs on the task's worker.
			if !identityKnown(rt) {
				t.Skip("this build cannot tell that it is on a worker")
			}
			w := par.On(rt)
			got, err := poll(rt, func(*waker.Context) int {
				x, y := par.Call(w, fib, 19, fib, 18)
				return x + y
			})
			if got != fib20 || err != nil {
				t.Errorf("fib(20) is %d, %v, want %d", got, err, fib20)
			}
		})
	})
}

// identityKnown reports whether the build finds out on which worker it runs.
func identityKnown(rt *sched.Runtime) bool {
	known, _ := poll(rt, func(*waker.Context) bool { return !par.Inside(par.On(rt)).Foreign() })
	return known
}

// Without workers everything runs where it is called.
func TestAlone(t *testing.T) {
	got, err := future.BlockOn(future.Func(func(cx *waker.Context) future.Poll[int] {
		return future.Ready(fib(par.From(cx), 20))
	}))
	if got != fib20 || err != nil {
		t.Errorf("under BlockOn fib(20) is %d, %v, want %d", got, err, fib20)
	}
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := rt.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if x, y := par.Call(par.On(rt), fib, 20, fib, 20); x != fib20 || y != fib20 {
		t.Errorf("after the shutdown fib(20) is %d and %d, want %d", x, y, fib20)
	}
}

func TestJoin(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var sum func(w *par.Worker, lo, hi int) int
		sum = func(w *par.Worker, lo, hi int) int {
			if hi-lo == 1 {
				return lo
			}
			var x, y int
			mid := (lo + hi) / 2
			par.Join(w, func(w *par.Worker) { x = sum(w, lo, mid) }, func(w *par.Worker) { y = sum(w, mid, hi) })
			return x + y
		}
		var got int
		par.Join(par.On(rt), func(w *par.Worker) { got = sum(w, 0, 10_000) }, func(*par.Worker) {})
		if want := 10_000 * 9_999 / 2; got != want {
			t.Errorf("the sum is %d, want %d", got, want)
		}
	})
}

// Forks on either side, as deep as a list: what waits is a slot and a frame.
func TestDeep(t *testing.T) {
	rt := newRuntime(t, 2)
	var left, right func(w *par.Worker, n int) int
	one := func(*par.Worker, int) int { return 1 }
	left = func(w *par.Worker, n int) int {
		if n == 0 {
			return 0
		}
		x, y := par.Call(w, left, n-1, one, 0)
		return x + y
	}
	right = func(w *par.Worker, n int) int {
		if n == 0 {
			return 0
		}
		x, y := par.Call(w, one, 0, right, n-1)
		return x + y
	}
	for name, f := range map[string]func(w *par.Worker, n int) int{"left": left, "right": right} {
		t.Run(name, func(t *testing.T) {
			got, err := poll(rt, func(cx *waker.Context) int { return f(par.From(cx), deep) })
			if got != deep || err != nil {
				t.Errorf("counted %d, %v, want %d", got, err, deep)
			}
		})
	}
}

func TestForkAllocatesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		allocs, err := poll(rt, func(cx *waker.Context) float64 {
			w := par.From(cx)
			fib(w, 20)
			return testing.AllocsPerRun(10, func() { fib(w, 20) })
		})
		if err != nil {
			t.Fatal(err)
		}
		// 10,945 forks; a thief that gets deeper than ever makes a frame or two.
		if allocs > 100 {
			t.Errorf("%v allocations in 10,945 forks", allocs)
		}
	})
}

// A job's Worker used by another one is found out.
func TestWrongWorker(t *testing.T) {
	rt := newRuntime(t, 2)
	if !identityKnown(rt) {
		t.Skip("this build cannot tell goroutines apart")
	}
	got, _ := poll(rt, func(cx *waker.Context) any {
		w := par.From(cx)
		met := make(chan any)
		go func() {
			defer func() { met <- recover() }()
			par.Call(w, fib, 1, fib, 1)
		}()
		return <-met
	})
	if s, _ := got.(string); s == "" {
		t.Errorf("a fork on a worker that is another thread's answers %v, want a panic that says so", got)
	}
}

// A function that waits until its sibling has been begun, which a worker of its own has to do.
func TestSiblingsRunAtOnce(t *testing.T) {
	rt := newRuntime(t, 2)
	for range 200 {
		begun := make(chan struct{})
		par.Join(par.On(rt), func(*par.Worker) { <-begun }, func(*par.Worker) { close(begun) })
	}
}

var errBoom = errors.New("boom")

// mustPanic returns what f panics with.
func mustPanic(t *testing.T, f func()) (v any) {
	t.Helper()
	defer func() {
		if v = recover(); v == nil {
			t.Error("no panic")
		}
	}()
	f()
	return nil
}

func TestPanics(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		boom := func(*par.Worker) { panic(errBoom) }
		fine := func(*par.Worker) {}
		for name, f := range map[string]func(w *par.Worker){
			"first":  func(w *par.Worker) { par.Join(w, boom, fine) },
			"second": func(w *par.Worker) { par.Join(w, fine, boom) },
			"both":   func(w *par.Worker) { par.Join(w, boom, func(*par.Worker) { panic("the other") }) },
			"deep": func(w *par.Worker) {
				par.Join(w, fine, func(w *par.Worker) { par.Join(w, func(w *par.Worker) { par.Join(w, fine, boom) }, fine) })
			},
			"scope": func(w *par.Worker) { par.Scope(w, func(*par.Worker, *par.Group) { panic(errBoom) }) },
			"child": func(w *par.Worker) {
				par.Scope(w, func(w *par.Worker, s *par.Group) {
					par.Fork(s, w, func(w *par.Worker, _ int) { boom(w) }, 0)
				})
			},
		} {
			t.Run(name, func(t *testing.T) {
				for range 20 {
					if v := mustPanic(t, func() { f(par.On(rt)) }); v != errBoom {
						t.Fatalf("a goroutine gets the panic %v, want %v", v, errBoom)
					}
					_, err := poll(rt, func(cx *waker.Context) int { f(par.From(cx)); return 0 })
					var p *sched.PanicError
					if !errors.As(err, &p) || p.Value != errBoom {
						t.Fatalf("the task of a computation ends with %v, want the panic %v", err, errBoom)
					}
				}
				if x, y := par.Call(par.On(rt), fib, 20, fib, 20); x != fib20 || y != fib20 {
					t.Errorf("after the panics fib(20) is %d and %d", x, y)
				}
			})
		}
	})
}

// The panic of one waits for the other: when Join panics, nothing of it runs any more.
func TestPanicWaitsForTheSibling(t *testing.T) {
	rt := newRuntime(t, 2)
	for range 100 {
		var begun, goOn = make(chan struct{}), make(chan struct{})
		ended := false
		v := mustPanic(t, func() {
			par.Join(par.On(rt), func(*par.Worker) {
				<-begun
				defer close(goOn)
				panic(errBoom)
			}, func(*par.Worker) {
				close(begun)
				<-goOn
				for range 100 {
					runtime.Gosched()
				}
				ended = true
			})
		})
		if v != errBoom || !ended {
			t.Fatalf("Join panicked with %v; its other function had ended: %v", v, ended)
		}
	}
}

func TestGoexit(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		for _, f := range []func(w *par.Worker){
			func(w *par.Worker) { par.Join(w, func(*par.Worker) { runtime.Goexit() }, func(*par.Worker) {}) },
			func(w *par.Worker) { par.Join(w, func(*par.Worker) {}, func(*par.Worker) { runtime.Goexit() }) },
		} {
			if v := mustPanic(t, func() { f(par.On(rt)) }); v != par.ErrGoexit {
				t.Errorf("the joiner panics with %v, want %v", v, par.ErrGoexit)
			}
		}
		// On another worker, which lives on.
		if rt.Workers() > 1 {
			begun := make(chan struct{})
			v := mustPanic(t, func() {
				par.Join(par.On(rt), func(*par.Worker) { <-begun }, func(*par.Worker) {
					defer close(begun)
					runtime.Goexit()
				})
			})
			if v != par.ErrGoexit {
				t.Errorf("the joiner panics with %v, want %v", v, par.ErrGoexit)
			}
		}
		if x, y := par.Call(par.On(rt), fib, 20, fib, 20); x != fib20 || y != fib20 {
			t.Errorf("afterwards fib(20) is %d and %d", x, y)
		}
	})
}

// The closure form of a fork in a group.
func TestGroupGo(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		sums := make([]int, 100)
		par.Scope(par.On(rt), func(w *par.Worker, g *par.Group) {
			for i := range sums {
				g.Go(w, func(w *par.Worker) { sums[i] = fib(w, 10) })
			}
		})
		for i, got := range sums {
			if got != 55 {
				t.Fatalf("function %d left %d, want 55", i, got)
			}
		}
	})
}
