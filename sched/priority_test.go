package sched_test

import (
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// With more than enough of high priority to do, tasks of each priority end, spawned inside and outside.
func TestNoPriorityStarves(t *testing.T) {
	for _, n := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: n})
		var over atomic.Bool
		var load []sched.JoinHandle[int]
		for range 4 * n {
			load = append(load, sched.SpawnWith(rt, sched.Options{Priority: sched.High}, future.Func(func(cx *waker.Context) future.Poll[int] {
				if over.Load() {
					return future.Ready(0)
				}
				cx.PollAgain()
				return future.Pending[int]()
			})))
		}
		for _, p := range []sched.Priority{sched.Low, sched.Normal, sched.High} {
			o := sched.Options{Priority: p}
			wait(t, sched.SpawnWith(rt, o, future.Do(func(co *future.Co) error {
				for range 20 {
					future.Yield().Await(co)
					if _, err := sched.SpawnWith(co, o, future.Value(1)).Await(co); err != nil {
						return err
					}
				}
				return nil
			})))
		}
		over.Store(true)
		for _, h := range load {
			wait(t, h)
		}
		mustPanic(t, "Priority", func() { sched.SpawnWith(rt, sched.Options{Priority: 2}, future.Value(1)) })
		shutdown(t, rt)
	}
}
