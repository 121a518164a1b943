package sched_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// joinAll takes the outcomes of a set until none is left.
func joinAll[T any](t *testing.T, set *sched.JoinSet[T]) (values []T, errs []error) {
	t.Helper()
	for {
		v, err := future.BlockOn(future.Box(set.Next()))
		if err == future.ErrEnd {
			return values, errs
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		values = append(values, v)
	}
}

func TestJoinSetJoinsAll(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var set sched.JoinSet[int]
	const n = 300
	for i := range n {
		if set.Len() != i {
			t.Fatalf("%d tasks, want %d", set.Len(), i)
		}
		set.Spawn(rt, future.Value(i))
	}
	values, errs := joinAll(t, &set)
	slices.Sort(values)
	if len(values) != n || values[0] != 0 || values[n-1] != n-1 || errs != nil || set.Len() != 0 {
		t.Errorf("%d values, errors %v, %d are left", len(values), errs, set.Len())
	}
}

// Spawning and joining in turns, by a task, with a set that never becomes empty.
func TestJoinSetAlternating(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	wait(t, sched.Spawn(rt, future.Do(func(co *future.Co) error {
		var set sched.JoinSet[int]
		set.Spawn(co, future.Value(0))
		for i := range 500 {
			set.Spawn(co, future.Value(i))
			if _, err := set.Next().Await(co); err != nil || set.Len() != 1 {
				t.Errorf("%v, %d are left", err, set.Len())
			}
		}
		_, err := set.Next().Await(co)
		return err
	})))
}

func TestJoinSetAbortAll(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var set sched.JoinSet[int]
	for range 5 {
		set.Spawn(rt, future.Never[int]())
	}
	set.Add(sched.Spawn(rt, future.Value(7)))
	if v, err := future.BlockOn(future.Box(set.Next())); v != 7 || err != nil {
		t.Fatal(v, err)
	}
	set.AbortAll()
	values, errs := joinAll(t, &set)
	if len(values) != 0 || len(errs) != 5 {
		t.Fatal(values, errs)
	}
	for _, err := range errs {
		if !errors.Is(err, sched.ErrAborted) {
			t.Error(err)
		}
	}
}

// A task that panics is told of as its handle would, and so is the end of the runtime.
func TestJoinSetTellsHowTasksEnded(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	var set sched.JoinSet[future.Unit]
	set.Spawn(rt, do(func(*waker.Context) bool { panic("ouch") }))
	set.Spawn(rt, future.Fail[future.Unit](context.Canceled))
	_, errs := joinAll(t, &set)
	var p *sched.PanicError
	if len(errs) != 2 || !errors.As(errors.Join(errs...), &p) || p.Value != "ouch" || !errors.Is(errors.Join(errs...), context.Canceled) {
		t.Error(errs)
	}
	set.Spawn(rt, future.Never[future.Unit]())
	_ = rt.Close()
	set.Spawn(rt, future.Value(future.Unit{}))
	if _, errs := joinAll(t, &set); len(errs) != 2 || !errors.Is(errs[0], sched.ErrShutdown) || !errors.Is(errs[1], sched.ErrShutdown) {
		t.Error(errs)
	}
}

// Tasks of a set that is emptied run on.
func TestJoinSetDetach(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	release := make(chan int, 1)
	var set sched.JoinSet[int]
	h := set.Spawn(rt, future.Box(future.FromChan(release)))
	set.Detach()
	if _, err, ok := set.TryNext(); err != future.ErrEnd || !ok || set.Len() != 0 {
		t.Error(err, ok, set.Len())
	}
	release <- 7
	if v := wait(t, h); v != 7 {
		t.Error(v)
	}
}

// Joining what has ended costs budget: who does nothing else lets others run.
func TestJoinSetSpendsTheBudget(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1, Budget: 8})
	defer shutdown(t, rt)
	var set sched.JoinSet[int]
	const tasks = 80
	for i := range tasks {
		wait(t, set.Spawn(rt, future.Value(i))) // has ended
	}
	polls, joined := 0, 0
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
		polls++
		for joined < tasks {
			next := set.Next()
			if next.Poll(cx).IsPending() {
				return false
			}
			joined++
		}
		return true
	})))
	if polls < tasks/8 {
		t.Errorf("%d tasks were joined in %d polls of 8 operations", tasks, polls)
	}
}

func TestJoinSetIsAStream(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var set sched.JoinSet[int]
	var s future.Stream[int] = &set
	for i := range 10 {
		set.Spawn(rt, future.Value(i))
	}
	set.Spawn(rt, future.Func(func(*waker.Context) future.Poll[int] { panic("boom") }))
	sum, failed := 0, 0
	for {
		v, err := future.BlockOn(future.Box(future.Next(s)))
		if err == future.ErrEnd {
			break
		}
		if p := (*future.PanicError)(nil); errors.As(err, &p) {
			failed++
			continue
		}
		sum += v
	}
	if sum != 45 || failed != 1 {
		t.Errorf("the values are %d together, want 45; %d tasks panicked, want 1", sum, failed)
	}
}
