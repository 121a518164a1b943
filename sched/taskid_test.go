package sched_test

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
)

// A task finds the id that its handle has: in each poll, when it ends, and when it is dropped; on a bound worker
// too. Outside of tasks there is none.
func TestIDsOfTasks(t *testing.T) {
	if _, ok := sched.CurrentTask(nil); ok {
		t.Error("a goroutine is a task")
	}
	for _, n := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: n})
		if _, ok := sched.CurrentTask(rt); ok {
			t.Error("a goroutine is a task of the runtime")
		}
		ids := make(chan sched.TaskID, 3)
		told := func(s sched.Spawner) {
			task, ok := sched.CurrentTask(s)
			if !ok {
				t.Error("a task does not find itself")
			}
			ids <- task.ID
		}
		ends := func(co *future.Co) error {
			defer told(nil)
			told(co)
			future.Yield().Await(co)
			told(co)
			return nil
		}
		for _, spawn := range []func() sched.JoinHandle[future.Unit]{
			func() sched.JoinHandle[future.Unit] { return sched.Spawn(rt, future.Do(ends)) },
			func() sched.JoinHandle[future.Unit] { return sched.SpawnOn(rt, n-1, future.Do(ends)) },
			func() sched.JoinHandle[future.Unit] { return sched.SpawnWith(rt, sched.Named("n"), future.Do(ends)) },
		} {
			h := spawn()
			for range 3 {
				if id := <-ids; id != h.ID() {
					t.Errorf("a task has the id %v, its handle %v", id, h.ID())
				}
			}
			wait(t, h)
		}
		dropped := sched.Spawn(rt, future.Do(func(co *future.Co) error {
			defer told(nil)
			told(co)
			return sleepOn(co)
		}))
		<-ids
		dropped.Abort()
		if id := <-ids; id != dropped.ID() {
			t.Errorf("when it is dropped a task has the id %v, its handle %v", id, dropped.ID())
		}
		if _, err := dropped.Wait(soon(t)); !errors.Is(err, sched.ErrAborted) {
			t.Error(err)
		}
		var set []sched.JoinHandle[future.Unit]
		seen := map[sched.TaskID]bool{}
		for range 100 {
			h := sched.Spawn(rt, future.Do(sleepOn))
			set = append(set, h)
			if seen[h.ID()] {
				t.Fatalf("two tasks have the id %v", h.ID())
			}
			seen[h.ID()] = true
		}
		for _, h := range set {
			h.Abort()
		}
		shutdown(t, rt)
	}
}
