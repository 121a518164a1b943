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
			load = append(load, sched.SpawnWith(rt, sched.Options{Priority: sched.High}, yieldsUntil(over.Load, (*waker.Context).PollAgain)))
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

// yieldsUntil asks to be polled again until it is over.
func yieldsUntil(over func() bool, again func(cx *waker.Context)) future.Future[int] {
	return future.Func(func(cx *waker.Context) future.Poll[int] {
		if over() {
			return future.Ready(0)
		}
		again(cx)
		return future.Pending[int]()
	})
}

// A task that yields as if its priority were low lets everything else go first, and is polled again all the same: one that any worker
// may poll, one of high priority, and one that is bound to its worker, as a coroutine is.
func TestYieldLow(t *testing.T) {
	const rounds = 20
	for name, o := range map[string]sched.Options{"normal": {}, "high": {Priority: sched.High}, "low": {Priority: sched.Low}} {
		t.Run(name, func(t *testing.T) {
			for _, coroutine := range []bool{false, true} {
				rt := newRuntime(t, sched.Config{Workers: 1})
				others, over := 0, false // of the only worker
				busy := sched.Spawn(rt, yieldsUntil(func() bool {
					others++
					return over
				}, (*waker.Context).PollAgain))
				polls, before := 0, 0
				ended := func() bool {
					if n := others - before; polls > 1 && (n < 60 || n > 150) {
						t.Errorf("coroutine: %v: the others were polled %d times meanwhile; want 72, or twice that if bound", coroutine, n)
					}
					before = others
					polls++
					over = polls > rounds
					return over
				}
				yields := yieldsUntil(ended, (*waker.Context).PollAgainLow)
				if coroutine {
					yields = future.Async(func(co *future.Co) (int, error) {
						for !ended() {
							future.YieldLow().Await(co)
						}
						return 0, nil
					})
				}
				wait(t, sched.SpawnWith(rt, o, yields))
				wait(t, busy)
				shutdown(t, rt)
			}
		})
	}
}
