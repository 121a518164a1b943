package sched_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
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
