package sched_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// leaving returns a context with a waker that tells of being called and calls runtime.Goexit.
func leaving(called chan<- struct{}) waker.Context {
	return waker.FromWaker(waker.FromFunc(func() {
		called <- struct{}{}
		runtime.Goexit()
	}))
}

// telling returns a context with a waker that tells of being called.
func telling(called chan<- struct{}) waker.Context {
	return waker.FromWaker(waker.FromFunc(func() { called <- struct{}{} }))
}

// A waker that calls runtime.Goexit on a worker ends neither the worker nor the process, and
// keeps nobody else from being woken: the others that poll the same handle, those with a Join,
// more than a batch of them.
func TestAWakerThatCallsGoexitLeavesTheOthers(t *testing.T) {
	const others = 100
	for _, n := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: n})
		gate := make(chan future.Unit, 1)
		h := sched.Spawn(rt, future.FromChan(gate))
		left, woken := make(chan struct{}, others), make(chan struct{}, 2*others)
		for i := range others {
			join := h.Join()
			cx, cxJoin := telling(woken), telling(woken)
			if i%7 == 0 {
				cx = leaving(left)
			}
			if i%5 == 3 {
				cxJoin = leaving(left)
			}
			if h.Poll(&cx).IsReady() || join.Poll(&cxJoin).IsReady() {
				t.Fatal("the task has ended by itself")
			}
		}
		gate <- future.Unit{}
		for range 15 + 20 {
			receive(t, left, "a waker that leaves")
		}
		for range 85 + 80 {
			receive(t, woken, "a waker beside one that leaves")
		}
		if v, err := sched.Run(soon(t), rt, future.Then(future.Box(clock.Sleep(time.Microsecond)), func(future.Unit) future.Future[int] {
			return future.Value(7)
		})); v != 7 || err != nil {
			t.Errorf("afterwards the runtime answers %v, %v", v, err)
		}
		shutdown(t, rt)
	}
}

// The task that ends so on another worker than its own is forgotten by its own nevertheless.
func TestAShutdownOutlivesWakersThatCallGoexit(t *testing.T) {
	for _, n := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: n})
		called := make(chan struct{}, 1000)
		for range 200 {
			h := sched.Spawn(rt, future.Then(future.Box(future.Yield()), func(future.Unit) future.Future[future.Unit] { return future.Box(future.Yield()) }))
			cx := leaving(called)
			h.Poll(&cx)
		}
		closing := rt.Closing()
		cx := leaving(called)
		if closing.Poll(&cx).IsReady() {
			t.Fatal("it is closing before Shutdown")
		}
		begun := make(chan struct{})
		go func() {
			defer close(begun)
			_ = rt.Shutdown(context.Background()) // the waker ends this goroutine
		}()
		receive(t, begun, "the end of the one that began the shutdown")
		shutdown(t, rt)
	}
}
