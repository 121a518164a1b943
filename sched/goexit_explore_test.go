//go:build explore && linux && !portable

package sched

import (
	"math/bits"
	"runtime"
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// outlive makes a thread of worker i, which lives on whatever becomes of its goroutines. Where
// these stand in the table of identities must not depend on their addresses: all are in one
// row.
func (h *house) outlive(i int) {
	h.identities.shift = bits.UintSize
	h.as(i, func(w *worker) { w.main() })
}

// Polls end their worker's goroutine, twice, while a thread outside wakes a third task: no
// task is lost, none is queued twice, and the worker knows its own wake-ups from others'.
func TestModelGoexitAndWake(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		h := newHouse(x, 1)
		w := h.workers[0]
		var ready word.Bool
		sleeper := h.task(func(*waker.Context) bool { return ready.Load() })
		quit := func(*waker.Context) bool {
			x.Assert(h.current() == w, "a poll is not on its worker")
			sleeper.waker().WakeByRef()
			runtime.Goexit()
			return true
		}
		w.queues.run.Push(&sleeper.header)
		w.queues.run.Push(&h.task(quit).header)
		w.queues.run.Push(&h.task(quit).header)
		h.outlive(0)
		x.Go("waker", func() {
			ready.Store(true)
			sleeper.waker().WakeByRef()
		})
		h.untilDone(func() string {
			for _, t := range h.tasks[1:] {
				if t.polls != 1 || t.dropped != 1 || t.err != ErrGoexit {
					return "a task that called runtime.Goexit did not end of it"
				}
			}
			if !w.queues.inbox.Empty() || !w.queues.thieves.Empty() || w.queues.lifo.Load() != nil {
				return "a task is left in a queue"
			}
			return ""
		})
	})
}

// A Drop that calls runtime.Goexit after a poll that panicked: the task ends.
func TestModelGoexitInADropAfterAPanic(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		h := newHouse(x, 1)
		task := h.task(func(*waker.Context) bool { panic("first") })
		task.drop = runtime.Goexit
		other := h.task(nil)
		h.workers[0].queues.run.Push(&task.header)
		h.workers[0].queues.run.Push(&other.header)
		h.outlive(0)
		x.Go("waker", func() { task.waker().WakeByRef() })
		h.untilDone()
	})
}

// The same while a shutdown drops tasks whose Drop calls runtime.Goexit as well.
func TestModelGoexitInADrop(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		h := newHouse(x, 1)
		for range 2 {
			task := h.task(func(*waker.Context) bool { return false })
			task.drop = runtime.Goexit
			h.workers[0].queues.run.Push(&task.header)
		}
		h.outlive(0)
		x.Go("shutdown", func() { h.shutdown(true) })
		h.ended()
	})
}
