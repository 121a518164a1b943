package par_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
	"github.com/magpie-go/magpie/waker"
)

// dawdle gives others the time to do something wrong.
func dawdle() {
	for range 200 {
		runtime.Gosched()
	}
}

// A child that is stolen forks another one, which calls Goexit when the thief comes to it: the
// scope hears of both.
func TestGoexitOfAThiefsChild(t *testing.T) {
	rt := newRuntime(t, 2)
	v := mustPanic(t, func() {
		par.Scope(par.On(rt), func(w *par.Worker, g *par.Group) {
			begun := make(chan struct{})
			g.Go(w, func(w *par.Worker) {
				defer close(begun)
				g.Go(w, func(*par.Worker) { runtime.Goexit() })
			})
			<-begun
		})
	})
	if v != par.ErrGoexit {
		t.Errorf("the scope panics with %v, want %v", v, par.ErrGoexit)
	}
}

// A child's Goexit ends the scope's own function too, but not before the other children.
func TestGoexitWaitsForTheSiblings(t *testing.T) {
	rt := newRuntime(t, 2)
	for range 50 {
		begun, goOn := make(chan struct{}), make(chan struct{})
		var running, left atomic.Bool
		_, err := poll(rt, func(cx *waker.Context) int {
			defer func() { left.Store(running.Load()) }()
			par.Scope(par.From(cx), func(w *par.Worker, g *par.Group) {
				g.Go(w, func(*par.Worker) {
					running.Store(true)
					close(begun)
					<-goOn
					dawdle()
					running.Store(false)
				})
				<-begun
				g.Go(w, func(*par.Worker) {})
				g.Go(w, func(*par.Worker) { close(goOn); runtime.Goexit() })
			})
			return 0
		})
		if !errors.Is(err, sched.ErrGoexit) || left.Load() {
			t.Fatalf("the task ended with %v; a child was running when the scope was left: %v", err, left.Load())
		}
	}
}

// After a Goexit in the midst of everything the worker is as it was.
func TestGoexitLeavesNothingBehind(t *testing.T) {
	rt := newRuntime(t, 1)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := poll(rt, func(cx *waker.Context) int {
		par.Scope(par.From(cx), func(w *par.Worker, g *par.Group) {
			par.WithContext(ctx, w, func(w *par.Worker) {
				g.Go(w, func(*par.Worker) {})
				g.Go(w, func(*par.Worker) { runtime.Goexit() })
			})
		})
		return 0
	})
	cancel()
	if !errors.Is(err, sched.ErrGoexit) {
		t.Errorf("the task ended with %v, want %v", err, sched.ErrGoexit)
	}
	depth, err := poll(rt, func(cx *waker.Context) int {
		w := par.From(cx)
		par.Call(w, fib, 15, fib, 15) // cancelled, if the token were still there
		return par.Inside(w).Depth()
	})
	if depth != 0 || err != nil {
		t.Errorf("the next computation finds %d jobs and ends with %v", depth, err)
	}
}

// A poll that panics while it is ended by Goexit.
func TestPanicDuringGoexit(t *testing.T) {
	rt := newRuntime(t, 1)
	_, err := poll(rt, func(*waker.Context) int {
		defer func() { panic(errBoom) }()
		runtime.Goexit()
		return 0
	})
	if !errors.Is(err, errBoom) {
		t.Errorf("the task ended with %v, want %v", err, errBoom)
	}
	if got, err := poll(rt, func(cx *waker.Context) int { return fib(par.From(cx), 20) }); got != fib20 || err != nil {
		t.Errorf("the worker's next task answers %d, %v", got, err)
	}
}

// dropTeller waits for ever, and tells when it is dropped.
type dropTeller struct{ dropped chan struct{} }

func (d *dropTeller) Poll(*waker.Context) future.Poll[int] { return future.Pending[int]() }
func (d *dropTeller) Drop()                                { close(d.dropped) }

// All tasks are aborted while one is in its first poll, in which it computes: it is dropped as
// well when it is pending after that.
func TestAbortDuringAFirstPoll(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	other := &dropTeller{make(chan struct{})}
	sched.Spawn[int](rt, other)
	begun := make(chan struct{})
	h := sched.Spawn(rt, future.Func(func(cx *waker.Context) future.Poll[int] {
		close(begun)
		for w := par.From(cx); ; par.Checkpoint(w) {
			select {
			case <-other.dropped:
				return future.Pending[int]()
			default:
			}
		}
	}))
	<-begun
	if err := rt.Close(); err != nil && !errors.Is(err, sched.ErrStuck) {
		t.Error(err)
	}
	var dropped *sched.DroppedError
	if err := rt.Shutdown(context.Background()); !errors.As(err, &dropped) {
		t.Errorf("Shutdown returned %v, want a DroppedError", err)
	}
	if _, err := h.Wait(context.Background()); !errors.Is(err, sched.ErrShutdown) {
		t.Errorf("the task ended with %v, want %v", err, sched.ErrShutdown)
	}
}

// A task whose computation ends while everything else has ended already is not forgotten by
// the shutdown.
func TestShutdownWaitsForAComputation(t *testing.T) {
	for range 100 {
		rt, err := sched.New(sched.Config{Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		begun := make(chan struct{})
		again := false
		h := sched.Spawn(rt, future.Func(func(cx *waker.Context) future.Poll[int] {
			if again {
				return future.Ready(1)
			}
			again = true
			stolen := make(chan struct{})
			par.Join(par.From(cx), func(*par.Worker) { close(begun); <-stolen }, func(*par.Worker) {
				close(stolen)
				dawdle()
			})
			wk := cx.Waker().Clone()
			go func() { dawdle(); wk.Wake() }()
			return future.Pending[int]()
		}))
		<-begun
		if err := rt.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		if !h.Done() {
			t.Fatal("the runtime has stopped and the task has not ended")
		}
	}
}

// While an async function computes, others that are polled meanwhile panic: those polled after
// them are still known to run on the worker.
func TestServedAsyncFunctionPanics(t *testing.T) {
	rt := newRuntime(t, 1)
	var stop atomic.Bool
	begun := make(chan struct{})
	x := sched.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
		close(begun)
		for w := par.From(co.Context()); !stop.Load(); {
			par.Call(w, fib, 5, fib, 5)
		}
		return 0, nil
	}))
	<-begun
	for range 20 {
		a := sched.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
			par.Call(par.From(co.Context()), fib, 10, fib, 10)
			panic(errBoom)
		}))
		b := sched.Spawn(rt, future.Func(func(cx *waker.Context) future.Poll[int] {
			x, _ := par.Call(par.From(cx), fib, 10, fib, 10)
			return future.Ready(x)
		}))
		if _, err := a.Wait(context.Background()); !errors.Is(err, errBoom) {
			t.Errorf("the one that panics ended with %v", err)
		}
		if got, err := b.Wait(context.Background()); got != 55 || err != nil {
			t.Errorf("the one after it answers %d, %v", got, err)
		}
	}
	stop.Store(true)
	if _, err := x.Wait(context.Background()); err != nil {
		t.Error(err)
	}
}

// An async function that has polled and dropped another one by hand is where it was.
func TestAsyncFunctionPolledByHand(t *testing.T) {
	rt := newRuntime(t, 1)
	got, err := sched.Run(context.Background(), rt, future.Async(func(co *future.Co) (int, error) {
		other := future.Async(func(co *future.Co) (int, error) { co.Yield(); return 0, nil })
		other.Poll(co.Context())
		future.Drop(other)
		x, _ := par.Call(par.From(co.Context()), fib, 20, fib, 1)
		return x, nil
	}))
	if got != fib20 || err != nil {
		t.Errorf("it answers %d, %v", got, err)
	}
}

// Mistakes that would have others' jobs run twice or never panic instead, and say what is wrong.
func TestMistakes(t *testing.T) {
	rt := newRuntime(t, 1)
	says := func(t *testing.T, err error, what string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("the task ended with %.100v, want a panic that says %q", err, what)
		}
	}
	t.Run("Await in a forked function", func(t *testing.T) {
		_, err := sched.Run(context.Background(), rt, future.Async(func(co *future.Co) (int, error) {
			par.Join(par.From(co.Context()), func(*par.Worker) { co.Yield() }, func(*par.Worker) {})
			return 0, nil
		}))
		says(t, err, "must not wait for futures")
	})
	t.Run("group without a scope", func(t *testing.T) {
		_, err := poll(rt, func(cx *waker.Context) int {
			var g par.Group
			g.Go(par.From(cx), func(*par.Worker) { t.Error("it ran") })
			return 0
		})
		says(t, err, "no Scope has made")
	})
	t.Run("fork from outside", func(t *testing.T) {
		_, err := poll(rt, func(cx *waker.Context) int {
			done := make(chan *par.Worker)
			go func() { done <- par.On(rt) }()
			outside := <-done
			par.Scope(par.From(cx), func(_ *par.Worker, g *par.Group) { g.Go(outside, func(*par.Worker) {}) })
			return 0
		})
		says(t, err, "from no worker")
	})
	t.Run("checkpoint of another thread", func(t *testing.T) {
		if !identityKnown(rt) {
			t.Skip("this build cannot tell goroutines apart")
		}
		_, err := poll(rt, func(cx *waker.Context) int {
			w := par.From(cx)
			fib(w, 5)
			par.Inside(w).Interrupt()
			said := make(chan any)
			go func() {
				defer func() { said <- recover() }()
				par.Checkpoint(w)
			}()
			if v := <-said; v != nil {
				panic(fmt.Sprint(v))
			}
			return 0
		})
		says(t, err, "is used by a goroutine that is not that worker's")
	})
}

// A child of an outer scope, forked in a computation that is cancelled, is not cancelled.
func TestOuterGroupInnerContext(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		ran := 0
		par.Scope(par.On(rt), func(w *par.Worker, g *par.Group) {
			ctx, cancel := context.WithCancel(context.Background())
			err := par.WithContext(ctx, w, func(w *par.Worker) {
				g.Go(w, func(w *par.Worker) { ran = fib(w, 20) })
				cancel()
				until(w, 0)
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the computation ended with %v", err)
			}
		})
		if ran != fib20 {
			t.Errorf("the child left %d, want %d", ran, fib20)
		}
	})
}

// What a poll was lent until it returns stays its own while others are polled on top of it.
func TestScratchWhileComputing(t *testing.T) {
	rt := newRuntime(t, 1)
	var served atomic.Bool
	begun := make(chan struct{})
	h := sched.Spawn(rt, future.Func(func(cx *waker.Context) future.Poll[string] {
		b := sched.Scratch(cx)
		copy(b, "mine")
		close(begun)
		for w := par.From(cx); !served.Load(); {
			par.Checkpoint(w)
		}
		return future.Ready(string(b[:4]))
	}))
	<-begun
	poll(rt, func(cx *waker.Context) int {
		copy(sched.Scratch(cx), "theirs")
		served.Store(true)
		return 0
	})
	if s, err := h.Wait(context.Background()); s != "mine" || err != nil {
		t.Errorf("the buffer holds %q, %v", s, err)
	}
}

// panics spawns its like and panics.
type panics struct {
	n    *atomic.Int64
	stop *atomic.Bool
}

func (p *panics) Poll(cx *waker.Context) future.Poll[future.Unit] {
	p.n.Add(1)
	if !p.stop.Load() {
		sched.SpawnDetached(cx, panics{p.n, p.stop})
	}
	panic(errBoom)
}

// A chain of tasks that panic leaves a computation its time.
func TestPanickingTasksLeaveTime(t *testing.T) {
	rt := newRuntime(t, 1)
	var n atomic.Int64
	var stop atomic.Bool
	sched.SpawnDetached(rt, panics{&n, &stop})
	par.Join(par.On(rt), func(w *par.Worker) {
		for n.Load() < 1000 {
			par.Checkpoint(w)
		}
		stop.Store(true)
	}, func(*par.Worker) {})
}

// A handle for goroutines works as a Checkpoint where it was taken along to a worker.
func TestCheckpointOfAHandle(t *testing.T) {
	rt := newRuntime(t, 1)
	if !identityKnown(rt) {
		t.Skip("this build cannot tell that it is on a worker")
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := par.On(rt)
	err := par.WithContext(ctx, w, func(*par.Worker) {
		cancel()
		for {
			par.Checkpoint(w)
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}
