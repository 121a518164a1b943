package sched_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
	"github.com/magpie-go/magpie/waker"
)

//go:noinline
func whereItBegan(v any) { panic(v) }

// The stack of a task's panic shows where it began, though that was on a coroutine's stack.
func TestPanicsOfAsyncFunctionsHaveTheirStack(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	body := func(yields int) future.Future[int] {
		return future.Async(func(co *future.Co) (int, error) {
			for range yields {
				co.Yield()
			}
			whereItBegan("boom")
			return 0, nil
		})
	}
	for name, f := range map[string]future.Future[int]{
		"at once": body(0),
		"later":   body(3),
		"awaited": future.Async(func(co *future.Co) (int, error) { return future.Await(co, body(2)) }),
	} {
		_, err := sched.Spawn(rt, f).Wait(soon(t))
		var p *sched.PanicError
		if !errors.As(err, &p) || p.Value != "boom" || !strings.Contains(string(p.Stack), "whereItBegan") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// So does that of a computation which a goroutine that is no worker waits for.
func TestPanicsOfComputationsHaveTheirStack(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	defer func() {
		p := future.Recovered(recover())
		if p.Value != "boom" || !strings.Contains(string(p.Stack), "whereItBegan") {
			t.Error(p)
		}
	}()
	par.For(par.On(rt), 1000, func(i int) {
		if i == 500 {
			whereItBegan("boom")
		}
	})
}

// So does that of a call which other workers have stolen, one from the other.
func TestPanicsOfStolenCallsHaveTheirStack(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 3})
	defer shutdown(t, rt)
	for _, thefts := range []int{1, 2} {
		begun := make([]chan struct{}, thefts)
		for i := range begun {
			begun[i] = make(chan struct{})
		}
		var stolen func(w *par.Worker, left int)
		stolen = func(w *par.Worker, left int) {
			if left == 0 {
				whereItBegan("boom")
			}
			left--
			par.Join(w, func(*par.Worker) { <-begun[left] }, func(w *par.Worker) {
				close(begun[left])
				stolen(w, left)
			})
		}
		_, err := sched.Spawn(rt, future.Func(func(cx *waker.Context) future.Poll[int] {
			stolen(par.From(cx), thefts)
			return future.Ready(0)
		})).Wait(soon(t))
		var p *sched.PanicError
		if !errors.As(err, &p) || p.Value != "boom" || !strings.Contains(string(p.Stack), "whereItBegan") {
			t.Errorf("stolen %d times: %v", thefts, err)
		}
	}
}
