package sched_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
)

// A function that blocks, and a future that a goroutine polls by itself, are on no worker.
func TestWorkerIndexAwayFromWorkers(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	index := func() (int, error) { return sched.WorkerIndex(rt), nil }
	if on := wait(t, sched.Spawn(rt, future.Box(future.Blocking(index)))); on != -1 {
		t.Errorf("a function that blocks is on worker %d", on)
	}
	if on, err := future.BlockOn(future.Async(func(*future.Co) (int, error) { return index() })); on != -1 || err != nil {
		t.Errorf("a goroutine is on worker %d, %v", on, err)
	}
}

// The index of a worker is that of its metrics: what it polls is counted there.
func TestWorkerIndexIsThatOfItsMetrics(t *testing.T) {
	const workers, polls = 3, 50
	rt := newRuntime(t, sched.Config{Workers: workers})
	defer shutdown(t, rt)
	for i := range workers {
		before := rt.Metrics().Workers[i].Polls
		on := wait(t, sched.SpawnOn(rt, i, future.Async(func(co *future.Co) (int, error) {
			for range polls {
				if _, err := future.Yield().Await(co); err != nil {
					return 0, err
				}
			}
			return sched.WorkerIndex(co), nil
		})))
		if on != i {
			t.Errorf("a task is polled on worker %d, want %d", on, i)
		}
		if n := rt.Metrics().Workers[i].Polls - before; n < polls {
			t.Errorf("worker %d has polled %d times by its metrics, want %d or more", i, n, polls)
		}
	}
}
