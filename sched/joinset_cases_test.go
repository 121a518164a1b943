package sched_test

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// A task of a set is aborted by its own handle, and the set tells: as often as there were such, and the others
// end as they would have.
func TestJoinSetOfWhichSomeAreAborted(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var set sched.JoinSet[int]
	const n = 16
	gate := make(chan int, n)
	for i := range n {
		if i%2 == 0 {
			set.Spawn(rt, future.Box(future.FromChan(gate)))
		} else {
			set.Spawn(rt, future.Never[int]()).Abort()
		}
	}
	for range n / 2 {
		gate <- 7
	}
	values, errs := joinAll(t, &set)
	if len(values) != n/2 || slices.Min(values) != 7 || set.Len() != 0 {
		t.Errorf("the values %v, want %d; %d are left", values, n/2, set.Len())
	}
	aborted := 0
	for _, err := range errs {
		if errors.Is(err, sched.ErrAborted) {
			aborted++
		}
	}
	if aborted != n/2 {
		t.Errorf("%d were aborted, want %d: %v", aborted, n/2, errs)
	}
}

// A set that was detached is empty, and takes others; those that sleep are joined as they end.
func TestJoinSetOfSleepers(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var set sched.JoinSet[future.Unit]
	const n = 10
	for range n {
		set.Spawn(rt, future.Value(future.Unit{}))
	}
	set.Detach()
	if _, err := future.BlockOn(future.Box(set.Next())); set.Len() != 0 || err != future.ErrEnd {
		t.Fatalf("detached, %d are left, %v", set.Len(), err)
	}
	for i := range n {
		set.Spawn(rt, future.Box(clock.Sleep(time.Duration(n-i)*time.Millisecond)))
	}
	if values, errs := joinAll(t, &set); len(values) != n || errs != nil || set.Len() != 0 {
		t.Errorf("%d of %d have slept, %v, %d are left", len(values), n, errs, set.Len())
	}
}

// A spawn into a set, and one into a map, takes one allocation, as Spawn does.
func TestJoinSetsCostNothingMore(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
		one := future.Func(func(*waker.Context) future.Poll[int] { return future.Ready(1) }) // however often
		var set sched.JoinSet[int]
		var m sched.JoinMap[int, int]
		if n := testing.AllocsPerRun(100, func() { set.Spawn(cx, one) }); n > 1 {
			t.Errorf("a spawn into a JoinSet allocates %v times", n)
		}
		if n := testing.AllocsPerRun(100, func() { m.Spawn(cx, 1, one) }); n > 1 {
			t.Errorf("a spawn into a JoinMap allocates %v times", n)
		}
		return true
	})))
}

// The end of a task that a set has let go wakes nobody who waits for its other tasks.
func TestDetachedSetIsNotWoken(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	gate := make(chan int, 1)
	var set sched.JoinSet[int]
	h := set.Spawn(rt, future.Box(future.FromChan(gate)))
	set.Detach()
	set.Spawn(rt, future.Never[int]())
	defer set.Drop()
	var wakes atomic.Int32
	cx := waker.FromWaker(waker.FromFunc(func() { wakes.Add(1) }))
	if set.PollNext(&cx).IsReady() {
		t.Fatal("a task has ended that never does")
	}
	gate <- 7
	if v := wait(t, h); v != 7 || wakes.Load() != 0 {
		t.Errorf("the task has come to %d, and has woken %d times", v, wakes.Load())
	}
}

// A set that was emptied, by joining or by Detach, ends the tasks that it has got since when it is dropped.
func TestEmptiedSetDrop(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	for _, empty := range []func(set *sched.JoinSet[int]){
		func(set *sched.JoinSet[int]) { joinAll(t, set) },
		(*sched.JoinSet[int]).Detach,
	} {
		var set sched.JoinSet[int]
		for i := range 3 {
			set.Spawn(rt, future.Value(i))
		}
		empty(&set)
		dropped := make(chan struct{}, 2)
		for range 2 {
			set.Spawn(rt, held{dropped})
		}
		set.Drop()
		isDropped(t, 2, dropped)
	}
}
