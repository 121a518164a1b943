package sched_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
)

// A task with a name and a priority stays on the worker that has spawned it, if it is told to.
func TestTasksWithOptionsAreBound(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var hs []sched.JoinHandle[future.Unit]
		for i := range 8 * rt.Workers() {
			hs = append(hs, sched.SpawnOn(rt, i%rt.Workers(), future.Do(func(co *future.Co) error {
				here := sched.WorkerIndex(co)
				o := sched.Options{Name: fmt.Sprint("child of ", i), Bound: true, Priority: []sched.Priority{sched.Low, sched.Normal, sched.High}[i%3]}
				_, err := sched.SpawnWith(co, o, future.Do(func(co *future.Co) error {
					for range 5 {
						task, _ := sched.CurrentTask(co)
						if task.Name != o.Name || task.Worker != here {
							return fmt.Errorf("task %q of worker %d runs as %q on worker %d", o.Name, here, task.Name, task.Worker)
						}
						clock.Sleep(100 * time.Microsecond).Await(co)
					}
					return nil
				})).Await(co)
				return err
			})))
		}
		for _, h := range hs {
			wait(t, h)
		}
		mustPanic(t, "Options.Bound", func() { sched.SpawnWith(rt, sched.Options{Bound: true}, future.Value(1)) })
	})
}

// A task that is unconstrained takes all that is there in one poll.
func TestAnUnconstrainedTaskIsNotMadeToYield(t *testing.T) {
	const n = 1000
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		for _, constrained := range []bool{true, false} {
			tx, rx := coord.UnboundedMPSC[int]()
			for i := range n {
				if err := tx.Send(i); err != nil {
					t.Fatal(err)
				}
			}
			var f future.Future[int] = future.Async(func(co *future.Co) (sum int, err error) {
				for range n {
					v, err := rx.Recv().Await(co)
					if err != nil {
						return sum, err
					}
					sum += v
				}
				return sum, nil
			})
			if !constrained {
				f = future.Unconstrained(f)
			}
			before := quiesced(t, rt)
			if sum := wait(t, sched.Spawn(rt, f)); sum != n*(n-1)/2 {
				t.Errorf("the values come to %d", sum)
			}
			m := quiesced(t, rt)
			if polls, ranOut := m.Polls-before.Polls, m.RanOut-before.RanOut; constrained != (polls > 1) || constrained != (ranOut > 0) {
				t.Errorf("constrained: %v, polls of %d operations: %d, made to yield %d times", constrained, n, polls, ranOut)
			}
			tx.Close()
		}
	})
}
