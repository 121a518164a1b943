//go:build explore && linux && !portable

package sched

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/waker"
)

// ranked is a task of a model with a priority.
func (h *house) ranked(place uint32, f func(cx *waker.Context) bool) *guest {
	t := h.task(f)
	t.state.bits.Store(initial | place)
	return t
}

// Tasks with priorities that come from outside are polled, though both workers may be about to sleep.
func TestModelPrioritiesFromOutside(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		h := newHouse(x, 2)
		a, b := h.ranked(high, nil), h.ranked(low, nil)
		h.run(0)
		h.run(1)
		x.Go("outside", func() {
			h.start(nil, &a.header)
			h.start(nil, &b.header)
		})
		h.untilDone()
	})
}

// What a worker in a long poll has put into its lanes is polled by the other one, which may be about to sleep.
func TestModelPrioritiesAreShared(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		h := newHouse(x, 2)
		a, b := h.ranked(low, nil), h.ranked(high, nil)
		first := h.task(nil)
		first.f = func(*waker.Context) bool {
			h.start(h.workers[0], &a.header)
			h.start(h.workers[0], &b.header)
			return true
		}
		h.workers[0].queues.push(&first.header)
		h.run(0)
		h.run(1)
		h.untilDone()
	})
}

// A task with a priority that is woken during its poll is polled once more, wherever it is woken.
func TestModelPrioritiesAreKept(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		h := newHouse(x, 2)
		var task *guest
		task = h.ranked(low, func(cx *waker.Context) bool {
			x.Assert(task.state.place() == low, "the priority is %05b", task.state.place())
			return task.polls == 2
		})
		h.workers[0].queues.useLanes()
		h.workers[0].queues.pushRanked(&task.header, low)
		h.run(0)
		h.run(1)
		x.Go("waker", func() {
			task.waker().WakeByRef()
		})
		h.x.WhenStuck(func() string { // woken before its first poll it waits for another one
			if task.polls == 0 {
				return "the task was never polled"
			}
			return ""
		})
	})
}

// A task that is bound to a worker, and yields as if its priority were low, is polled by that worker and no other.
func TestModelYieldLowBound(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		h := newHouse(x, 2)
		var home *worker
		task := h.task(nil)
		task.f = func(cx *waker.Context) bool {
			w := cx.Ext().(*worker)
			if task.polls == 1 {
				home = w
				w.BindHome()
				cx.PollAgainLow()
				return false
			}
			x.Assert(w == home, "it is polled by worker %d and was bound to worker %d", w.id, home.id)
			return true
		}
		h.workers[0].queues.push(&task.header)
		h.run(0)
		h.run(1)
		h.untilDone()
	})
}
