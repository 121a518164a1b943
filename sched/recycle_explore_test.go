//go:build explore && linux && !portable

package sched

import (
	"fmt"
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// detach makes a task of a model one that is used again, in a pool of its own.
func (t *guest) detach() *pool {
	p := newPool(0, nil, unsafe.Sizeof(*t), true)
	t.joiners.mark(&p.mark)
	return p
}

// again takes the only task of a pool from the worker and begins a new life of it.
func (t *guest) again(w *worker, p *pool, f func(cx *waker.Context) bool) {
	h := w.reuse(p)
	t.house.x.Assert(h == &t.header, "the task that ended is not there to be used again")
	t.house.x.Assert(h.state.bits.Load() == initial, "a task that is used again begins in state %05b", h.state.bits.Load())
	t.polls, t.f = 0, f
	h.rt = t.house.Runtime
	t.house.start(w, h)
}

// A task ends on a worker that does not own it, while its owner aborts what it has: the owner
// finds it used up, or takes it off its list, and it begins anew as if nothing had been.
func TestModelRecycleReturned(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		h := newHouse(x, 2)
		task := h.task(nil)
		p := task.detach()
		task.owner = 1
		task.state.bits.Store(running)
		h.workers[0].owned.add(&task.header)
		x.Go("worker 0", func() {
			w := h.workers[0]
			w.abortOwned()
			for w.takeEnded(); w.owned.count > 0; w.takeEnded() {
				word.Spin()
			}
			task.again(w, p, nil)
			x.Assert(w.queues.lifo.Load() == &task.header, "it is not queued")
		})
		x.Go("worker 1", func() { h.workers[1].finish(&task.header) })
	})
}

// A waker of a task that has ended is called while the task is used again: the new life bears
// a spurious wake-up, but is polled by one worker at a time, misses no wake-up of its own, and
// ends once.
func TestModelRecycleStaleWake(t *testing.T) {
	for _, owned := range []bool{false, true} {
		t.Run(fmt.Sprintf("owned=%v", owned), func(t *testing.T) {
			explore.Check(t, testkit.Within(2), func(x *explore.Run) { staleWake(x, owned) })
		})
	}
}

func staleWake(x *explore.Run, owned bool) {
	h := newHouse(x, 1)
	w := h.workers[0]
	var ready word.Bool
	ends := 0
	task := h.task(func(*waker.Context) bool { ends++; return true })
	if owned { // it has been pending
		task.owner = 1
		w.owned.add(&task.header)
	}
	p := task.detach()
	spawner := h.task(func(*waker.Context) bool {
		task.again(w, p, func(*waker.Context) bool {
			x.Assert(ends == 1, "it is polled after its end")
			if !ready.Load() {
				return false
			}
			ends++
			return true
		})
		return true
	})
	w.queues.run.Push(&task.header)
	w.queues.run.Push(&spawner.header)
	h.run(0)
	x.Go("stale", func() { task.waker().WakeByRef() })
	x.Go("event", func() {
		ready.Store(true)
		task.waker().WakeByRef()
	})
	x.WhenStuck(func() string {
		switch {
		case ends != 2:
			return fmt.Sprintf("%d of two lives have ended, state %05b", ends, task.state.bits.Load())
		case task.polls > 3:
			return fmt.Sprintf("%d polls for two wake-ups", task.polls)
		case w.owned.count != 0 || w.owned.head != nil:
			return "it is in the list after its end"
		case w.reuse(p) != &task.header || task.state.bits.Load() != initial:
			return "it is not there to be used again"
		}
		return ""
	})
}
