//go:build explore && linux && !portable

package sched

import (
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/waker"
)

// A poll asks for another one while a second thread wakes its task, or aborts it: the task
// is in one queue, once, is polled by one worker at a time, and nothing is lost.
func modelPollAgain(again func(cx *waker.Context), rounds int, meanwhile func(*guest), ended func(*guest) bool) func(x *explore.Run) {
	return func(x *explore.Run) {
		h := newHouse(x, 1)
		h.run(0)
		var task *guest
		task = h.task(func(cx *waker.Context) bool {
			if task.polls > rounds {
				return true
			}
			again(cx)
			return false
		})
		h.workers[0].queues.run.Push(&task.header)
		x.Go("other", func() { meanwhile(task) })
		x.WhenStuck(func() string {
			if !task.state.isComplete() || !ended(task) {
				return "the task has not ended as it should"
			}
			if !h.workers[0].queues.empty() {
				return "it is in a queue after its end"
			}
			return ""
		})
	}
}

// eachAgain checks a model with a poll that asks for another one, and with one that asks for one that can wait.
func eachAgain(t *testing.T, model func(again func(cx *waker.Context)) func(x *explore.Run)) {
	t.Run("soon", func(t *testing.T) { explore.Check(t, testkit.Within(3), model((*waker.Context).PollAgain)) })
	t.Run("low", func(t *testing.T) { explore.Check(t, testkit.Within(3), model((*waker.Context).PollAgainLow)) })
}

func TestModelPollAgainAndWake(t *testing.T) {
	eachAgain(t, func(again func(cx *waker.Context)) func(x *explore.Run) {
		return modelPollAgain(again, 2, func(g *guest) {
			g.waker().WakeByRef()
			g.waker().WakeByRef()
		}, func(g *guest) bool { return g.polls == 3 })
	})
}

// No poll begins after an abort, however often the task asks to be polled again.
func TestModelPollAgainAndAbort(t *testing.T) {
	eachAgain(t, func(again func(cx *waker.Context)) func(x *explore.Run) {
		var polls int // when the abort had been made
		return modelPollAgain(again, 2, func(g *guest) {
			queue := g.state.abort()
			polls = g.polls
			if queue {
				g.rt.queue(&g.header)
			}
		}, func(g *guest) bool { return g.polls == polls && (g.dropped == 1 || g.polls == 3) })
	})
}
