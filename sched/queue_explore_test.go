//go:build explore && linux && !portable

package sched

import (
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The owner fills and empties its LIFO slot while a thief looks there: each task is polled
// by one of them, once.
func TestModelLIFOWithAThief(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		h := newHouse(x, 2)
		tasks := []*guest{h.task(nil), h.task(nil)}
		h.workers[0].askedAt.Store(int64(h.now() - time.Second)) // in a long poll: only then
		h.as(0, func(w *worker) {
			for _, t := range tasks {
				w.push(&t.header)
			}
			for t := w.queues.next(); t != nil; t = w.queues.next() {
				w.poll(t)
			}
		})
		h.as(1, func(w *worker) {
			for w.stealOnce(true) {
				for t := w.queues.next(); t != nil; t = w.queues.next() {
					w.poll(t)
				}
			}
		})
		x.Finally(func() {
			for _, t := range tasks {
				x.Assert(t.polls == 1 && t.state.isComplete(), "task %d was polled %d times", t.id, t.polls)
			}
		})
	})
}

// A task woken by the poll of another goes to the LIFO slot; two thieves are there.
func TestModelLIFOWithTwoThieves(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		h := newHouse(x, 3)
		task := h.task(nil)
		h.workers[0].askedAt.Store(int64(h.now() - time.Second))
		h.as(0, func(w *worker) {
			w.push(&task.header)
			if t := w.queues.next(); t != nil {
				w.poll(t)
			}
		})
		for i := 1; i <= 2; i++ {
			h.as(i, func(w *worker) {
				w.stealOnce(true)
				if t := w.queues.next(); t != nil { // the other thief may have taken it from here
					w.poll(t)
				}
			})
		}
		x.Finally(func() { x.Assert(task.polls == 1, "polled %d times", task.polls) })
	})
}

// A task that is bound is woken from a thread that is no worker, while its worker falls
// asleep: it is polled there again.
func TestModelBoundWake(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		h := newHouse(x, 1)
		var ready word.Bool
		task := h.task(func(*waker.Context) bool { return ready.Load() })
		task.state.bits.Store(bound)
		task.owner, task.home = 1, 1
		h.workers[0].owned.add(&task.header)
		h.run(0)
		x.Go("waker", func() {
			ready.Store(true)
			task.waker().Wake()
		})
		h.untilDone()
	})
}

// A task is pending on one worker first, moves to another one, and begins an async
// function there: all its polls from then on are there, whoever wakes or drops it.
func modelHome(end func(t *guest)) func(x *explore.Run) {
	return func(x *explore.Run) {
		h := newHouse(x, 2)
		var over word.Bool
		var begun explore.Event
		task := h.task(nil)
		task.state.bits.Store(initial)
		task.owner = 1 // worker 0 has seen it pending
		h.workers[0].owned.add(&task.header)
		task.f = func(cx *waker.Context) bool {
			w := cx.Ext().(*worker)
			x.Assert(w.id == 1, "an async function of worker 1 is polled by worker %d", w.id)
			if !task.state.isBound() {
				w.BindHome()
				begun.Set()
			}
			return over.Load()
		}
		h.run(0)
		h.as(1, func(w *worker) {
			w.poll(&task.header)
			w.loop()
		})
		x.Go("other", func() {
			begun.Wait()
			over.Store(true)
			end(task)
		})
		h.untilDone()
	}
}

func TestModelHome(t *testing.T) {
	explore.Check(t, testkit.Within(1), modelHome(func(t *guest) { t.waker().Wake() }))
}

func TestModelHomeAborted(t *testing.T) {
	explore.Check(t, testkit.Within(1), modelHome(func(t *guest) {
		if t.state.abort() {
			t.rt.queue(&t.header)
		}
	}))
}

// A peer that takes a worker to be in a long poll looks after its reactor, just when that
// worker is done and goes to sleep: the worker's wake-up is not lost.
func TestModelTurnForASleeper(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		h := newHouse(x, 2)
		task := h.task(nil)
		h.workers[0].askedAt.Store(int64(h.now() - time.Second))
		h.run(0)
		h.as(1, func(w *worker) { w.askFor(h.peers[0]) })
		x.Go("other", func() {
			task.state.bits.Store(initial | bound)
			task.home = 1
			h.queue(&task.header)
		})
		h.untilDone()
		x.Finally(func() {
			x.Assert(h.workers[0].askedAt.Load() == 0, "a worker that sleeps is taken to be busy")
		})
	})
}

// Workers enter themselves in the table of identities, all in one slot, while others are
// looked for.
func TestModelIdentities(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		ids := newIdentities(3)
		x.Label("ids", &ids)
		var gs []uintptr // of one slot
		for g := uintptr(1); len(gs) < 3; g++ {
			if ids.slot(g) == 2 {
				gs = append(gs, g)
			}
		}
		ws := make([]*worker, len(gs))
		for i, g := range gs {
			ws[i] = &worker{peer: peer{shared: shared{id: i}}}
			x.Go("", func() {
				x.Assert(ids.find(g) == nil, "worker %d is there before it comes", i)
				ids.add(g, ws[i])
				x.Assert(ids.find(g) == ws[i], "worker %d does not find itself", i)
			})
		}
		x.Finally(func() {
			for i, g := range gs {
				x.Assert(ids.find(g) == ws[i], "worker %d is not found", i)
			}
			x.Assert(ids.find(gid.None+12345) == nil, "a stranger is found")
		})
	})
}

// The monitor goes to rest while the last worker that is awake falls asleep and another
// one wakes up: it does not rest with a worker awake, unless it is being roused.
func TestModelMonitorRests(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		h := newHouse(x, 2)
		h.workers[1].rt.idle.sleep(1, false)
		m := h.monitor
		awake := make([]bool, 2)
		h.as(0, func(w *worker) { w.rt.idle.sleep(0, false) })
		h.as(1, func(w *worker) {
			w.rt.idle.awake(1, false)
			m.rouse()
			awake[1] = true
		})
		rests := false
		x.Go("monitor", func() { rests = m.announceRest() })
		x.Finally(func() {
			roused := len(m.rouser) > 0
			x.Assert(!rests || roused, "the monitor rests with worker 1 awake")
			x.Assert(rests || !roused, "it is roused when it does not rest")
		})
	})
}
