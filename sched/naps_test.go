package sched_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Many tasks at once sleep, and wait with a timeout, for as long as they asked at least.
func TestTasksSleepAsLongAsTheyAsk(t *testing.T) {
	const d, tasks = 5 * time.Millisecond, 300
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var hs []sched.JoinHandle[future.Unit]
		for i := range tasks {
			hs = append(hs, sched.Spawn(rt, fn(func(co *future.Co) error {
				begin := time.Now()
				switch i % 3 {
				case 0:
					clock.Sleep(d).Await(co)
				case 1:
					clock.SleepUntil(begin.Add(d)).Await(co)
				case 2:
					_, err := clock.Timeout(future.Of(do(func(*waker.Context) bool { return false })), d).Await(co)
					if !errors.Is(err, clock.ErrTimeout) {
						return fmt.Errorf("a timeout ended with %v", err)
					}
				}
				if slept := time.Since(begin); slept < d {
					return fmt.Errorf("task %d slept for %v, asked for %v", i, slept, d)
				}
				return nil
			})))
		}
		for _, h := range hs {
			wait(t, h)
		}
	})
}

// A task that wants to be polled all the time hears of its timer all the same.
func TestATaskThatWakesItselfIsWokenByItsTimer(t *testing.T) {
	const d = 2 * time.Millisecond
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		begin := time.Now()
		sleep := clock.SleepUntil(begin.Add(d))
		polls := 0
		wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
			polls++
			if sleep.Poll(cx).IsReady() {
				return true
			}
			cx.Waker().WakeByRef()
			return false
		})))
		if slept := time.Since(begin); slept < d || polls < 2 {
			t.Errorf("it slept for %v in %d polls, want %v", slept, polls, d)
		}
	})
}
