//go:build explore && linux && !portable

package sched

import (
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/forkjoin"
	"github.com/magpie-go/magpie/waker"
)

// fork forks two functions with nothing in their hands.
func fork(w *forkjoin.Worker, a, b func(*forkjoin.Worker)) {
	run := func(w *forkjoin.Worker, f func(*forkjoin.Worker)) bool { f(w); return true }
	forkjoin.Call(w, run, a, run, b)
}

// computing is a model with one worker that is in a poll, which computes, and a second one.
func computing(compute func(h *house, w *worker), others ...func(h *house)) func(x *explore.Run) {
	return func(x *explore.Run) {
		h := newHouse(x, 2)
		task := h.task(func(cx *waker.Context) bool { compute(h, cx.Ext().(*worker)); return true })
		h.workers[0].queues.run.Push(&task.header)
		h.run(0)
		h.run(1)
		for _, f := range others {
			f(h)
		}
		h.untilDone()
	}
}

// Two forked functions of which the first waits for the second: the second worker, which may
// be about to sleep when it is forked, has to run it.
func TestModelForkWakesAThief(t *testing.T) {
	explore.Check(t, testkit.Within(2), computing(func(_ *house, w *worker) {
		var met explore.Event
		fork(w.jobs, func(*forkjoin.Worker) { met.Wait() }, func(*forkjoin.Worker) { met.Set() })
	}))
}

// The second function is stolen and waits for the joiner to have come to the join, or nearly:
// whether it sleeps already or not, it goes on when the function has ended.
func TestModelForkJoinerSleeps(t *testing.T) {
	explore.Check(t, testkit.Within(2), computing(func(h *house, w *worker) {
		var stolen explore.Event
		ended := false
		fork(w.jobs,
			func(*forkjoin.Worker) { stolen.Wait() },
			func(*forkjoin.Worker) { stolen.Set(); ended = true })
		h.x.Assert(ended, "the join is over before the job")
	}))
}

// A worker that waits for a stolen job, and that nobody else is left to do it for, polls a task
// that comes in meanwhile.
func TestModelForkJoinerServes(t *testing.T) {
	explore.Check(t, explore.Config{Random: 20_000, Seed: 1}, func(x *explore.Run) {
		var polled, stolen explore.Event
		var guest *guest
		computing(func(_ *house, w *worker) {
			fork(w.jobs,
				func(*forkjoin.Worker) { stolen.Wait() },
				func(*forkjoin.Worker) { stolen.Set(); polled.Wait() })
		}, func(h *house) {
			guest = h.task(func(*waker.Context) bool { polled.Set(); return true })
			x.Go("outside", func() { h.inject(&guest.header) })
		})(x)
	})
}

// While a worker waits in a task's first poll for a stolen job the task is nobody's yet, and all
// workers may be asleep: a shutdown that looks then does not take the runtime for quiet.
func TestModelForkIsNotQuiet(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		var stolen explore.Event
		polls := 0
		h := newHouse(x, 2)
		h.phase.Store(closing)
		task := h.task(func(cx *waker.Context) bool {
			if polls++; polls == 1 {
				fork(cx.Ext().(*worker).jobs,
					func(*forkjoin.Worker) { stolen.Wait() },
					func(*forkjoin.Worker) { stolen.Set() })
				cx.PollAgain()
			}
			return polls == 2
		})
		h.workers[0].queues.run.Push(&task.header)
		h.run(0)
		h.run(1)
		x.Go("shutdown", func() {
			if h.quiet() {
				x.Assert(task.state.isComplete(), "the runtime is quiet, and the task has not ended")
			}
		})
		h.untilDone()
	})
}
