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
	const workers = 3
	rt := newRuntime(t, sched.Config{Workers: workers})
	polls := func(i int) int { return 100 * (i + 1) }
	for i := range workers {
		on := wait(t, sched.SpawnOn(rt, i, future.Async(func(co *future.Co) (int, error) {
			for range polls(i) {
				if _, err := future.Yield().Await(co); err != nil {
					return 0, err
				}
			}
			return sched.WorkerIndex(co), nil
		})))
		if on != i {
			t.Errorf("a task is polled on worker %d, want %d", on, i)
		}
	}
	shutdown(t, rt) // from then on the counts are exact
	for i, w := range rt.Metrics().Workers {
		if n := int(w.Polls); n < polls(i) || n > polls(i)+1 {
			t.Errorf("worker %d has polled %d times by its metrics, want %d or one more", i, n, polls(i))
		}
	}
}
