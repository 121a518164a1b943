package sched_test

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// silently makes a runtime that does not report panics which a test is about.
func silently(t *testing.T, workers int) *sched.Runtime {
	t.Helper()
	return newRuntime(t, sched.Config{Workers: workers, OnPanic: func(*sched.PanicError) {}})
}

// quitter calls runtime.Goexit in its poll.
type quitter struct{}

func (*quitter) Poll(*waker.Context) future.Poll[future.Unit] {
	runtime.Goexit()
	return future.Ready(future.Unit{})
}

// quit has n tasks call runtime.Goexit, all on the worker that polls it.
func quit(t *testing.T, rt *sched.Runtime, n int) {
	t.Helper()
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
		for range min(n, 100) {
			sched.SpawnDetached(cx, quitter{})
		}
		if n -= 100; n > 0 {
			cx.PollAgain()
			return false
		}
		return true
	})))
}

// However often polls call runtime.Goexit, their worker has the stack of one.
func TestGoexitLeavesNoStackBehind(t *testing.T) {
	rt := silently(t, 1)
	defer shutdown(t, rt)
	stacks := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.StackInuse
	}
	quit(t, rt, 1000)
	before := stacks()
	const n = 20_000
	quit(t, rt, n)
	if grown := int64(stacks()) - int64(before); grown > n*50 { // it was 600 each
		t.Errorf("%d calls of runtime.Goexit left %d bytes of stacks", n, grown)
	}
	h := sched.Spawn(rt, do(func(*waker.Context) bool { panic("the last one") }))
	_, err := h.Wait(soon(t))
	var p *sched.PanicError
	if !errors.As(err, &p) || p.Value != "the last one" {
		t.Fatalf("a panic after that answered %v", err)
	}
	if len(p.Stack) > 20_000 {
		t.Errorf("its stack is %d bytes long", len(p.Stack))
	}
}

// Async functions can be resumed by their worker's thread only, and that one stays whatever
// becomes of the worker's goroutine.
func TestAsyncFunctionsOutliveAGoexit(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		gates := make([]gate, 50)
		var hs []sched.JoinHandle[int]
		for i := range gates {
			hs = append(hs, sched.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
				_, err := future.Await[future.Unit](co, &gates[i])
				co.Yield()
				return i, err
			})))
		}
		for i := range gates {
			until(t, "each function waits", func() bool { return gates[i].polls.Load() > 0 })
		}
		for i := range gates {
			if i%5 == 0 {
				for range 2 * rt.Workers() {
					sched.SpawnDetached(rt, quitter{})
				}
			}
			gates[i].Open()
		}
		for i, h := range hs {
			if got := wait(t, h); got != i {
				t.Fatalf("async function %d answered %d", i, got)
			}
		}
		if _, err := sched.Run(soon(t), rt, future.Func(func(*waker.Context) future.Poll[int] {
			_, err := sched.Run(soon(t), rt, future.Value(1))
			return future.Failed[int](err)
		})); !isPureGo() && !errors.Is(err, sched.ErrOnWorker) {
			t.Errorf("Run on a worker whose goroutine was ended answered %v", err)
		}
	})
}

// unkind is pending for ever, and its Drop does not return.
type unkind struct{ how func() }

func (u *unkind) Poll(*waker.Context) future.Poll[future.Unit] { return future.Pending[future.Unit]() }
func (u *unkind) Drop()                                        { u.how() }

func TestDropsThatDoNotReturn(t *testing.T) {
	for name, how := range map[string]func(){
		"panic":  func() { panic("in Drop") },
		"Goexit": func() { runtime.Goexit() },
	} {
		t.Run(name, func(t *testing.T) {
			for _, workers := range workerCounts {
				rt := silently(t, workers)
				var hs []sched.JoinHandle[future.Unit]
				for range 1000 {
					hs = append(hs, sched.Spawn[future.Unit](rt, &unkind{how}))
					sched.SpawnDetached(rt, unkind{how})
				}
				for i, h := range hs {
					if i%2 == 0 {
						h.Abort()
					}
				}
				ctx, cancel := context.WithCancel(context.Background())
				cancel()
				if err := rt.Shutdown(ctx); errors.Is(err, sched.ErrStuck) {
					t.Fatal(err)
				}
				for _, h := range hs {
					if _, err := h.Wait(soon(t)); err == nil {
						t.Fatal("a task whose Drop did not return answered no error")
					}
				}
			}
		})
	}
}

// A poll that panics or calls runtime.Goexit, and a Drop after it that does either, end one
// task, and no other.
func TestDropsAfterAPanicThatDoNotReturn(t *testing.T) {
	hows := []func(){func() { panic("once") }, runtime.Goexit}
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		for _, first := range hows {
			for _, second := range hows {
				for range 20 {
					h := sched.Spawn[future.Unit](rt, &unkindPoll{unkind{second}, first})
					if _, err := h.Wait(soon(t)); err == nil {
						t.Fatal("a task that failed answered no error")
					}
				}
			}
		}
	})
}

type unkindPoll struct {
	unkind
	poll func()
}

func (u *unkindPoll) Poll(*waker.Context) future.Poll[future.Unit] {
	u.poll()
	return future.Ready(future.Unit{})
}
