//go:build explore && linux && !portable

package sched

import (
	"fmt"
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/waker"
)

// injections is a model with so many workers, and threads that are none and inject so
// many tasks each.
func injections(workers int, tasks ...int) func(x *explore.Run) {
	return func(x *explore.Run) {
		h := newHouse(x, workers)
		for i := range workers {
			h.run(i)
		}
		for _, n := range tasks {
			var mine []*guest
			for range n {
				mine = append(mine, h.task(nil))
			}
			x.Go("", func() {
				for _, t := range mine {
					h.inject(&t.header)
				}
			})
		}
		h.untilDone()
	}
}

func TestModelIdleOneWorker(t *testing.T) {
	explore.Check(t, explore.Config{}, injections(1, 1))
}

func TestModelIdleOneWorkerTwoTasks(t *testing.T) {
	explore.Check(t, testkit.Within(3), injections(1, 2))
}
func TestModelIdleOneWorkerTwoThreads(t *testing.T) {
	explore.Check(t, testkit.Within(2), injections(1, 1, 1))
}
func TestModelIdleTwoWorkers(t *testing.T) { explore.Check(t, testkit.Within(1), injections(2, 1)) }
func TestModelIdleTwoWorkersTwoTasks(t *testing.T) {
	explore.Check(t, testkit.Within(1), injections(2, 2))
}

// What is too large for the above: schedules at random, of a known seed.

func TestModelIdleTwoWorkersTwoThreads(t *testing.T) {
	explore.Check(t, explore.Config{Random: 20_000, Seed: 1}, injections(2, 1, 1))
}

func TestModelIdleThreeWorkers(t *testing.T) {
	explore.Check(t, explore.Config{Random: 20_000, Seed: 1}, injections(3, 2, 1))
}

// One task from outside is work for one worker: whoever finds it must not take it for more,
// and wake a second worker in vain.
func TestModelIdleOneTaskWakesOneWorker(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		h := newHouse(x, 2)
		h.run(0)
		h.run(1)
		task := h.task(nil)
		x.Go("", func() { h.inject(&task.header) })
		h.untilDone(func() string {
			if n := h.wakes.Load(); n > 1 {
				return fmt.Sprintf("%d workers were woken for one task", n)
			}
			return ""
		})
	})
}

// One of two tasks is in a poll that ends only after the other one has been polled: there
// must be a worker for that one, whoever was woken for the first.
func longPoll(x *explore.Run) {
	h := newHouse(x, 2)
	h.run(0)
	h.run(1)
	var polled explore.Event
	first := h.task(func(*waker.Context) bool { polled.Wait(); return true })
	second := h.task(func(*waker.Context) bool { polled.Set(); return true })
	x.Go("", func() { h.inject(&first.header) })
	x.Go("", func() { h.inject(&second.header) })
	h.untilDone()
}

func TestModelIdleLongPoll(t *testing.T) {
	explore.Check(t, explore.Config{Random: 20_000, Seed: 1}, longPoll)
}

// A worker ends its search with something that keeps it busy, while a task comes in that is
// left to it as long as it counts as searching: it must not stay with a sleeper.
func TestModelIdleLastSearcher(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		h := newHouse(x, 2)
		h.workers[0].searching = h.idle.search()
		var polled explore.Event
		task := h.task(func(*waker.Context) bool { polled.Set(); return true })
		h.as(0, func(w *worker) {
			w.stopSearching()
			polled.Wait()
		})
		h.run(1)
		x.Go("", func() {
			h.workers[1].queues.inbox.Push(&task.header)
			h.notify(1)
		})
		h.untilDone()
	})
}

// Two tasks come in while the only searcher is about to sleep. It takes one, in a poll that
// ends only after the other one has been polled: it must not leave that one to a sleeper.
func TestModelIdleLastLook(t *testing.T) {
	preemptions := 2
	if testing.Short() {
		preemptions = 1 // with 2 it takes half a minute
	}
	explore.Check(t, testkit.Within(preemptions), func(x *explore.Run) {
		h := newHouse(x, 2)
		h.workers[0].searching = h.idle.search()
		h.run(0)
		h.run(1)
		var polled explore.Event
		first := h.task(func(*waker.Context) bool { polled.Wait(); return true })
		second := h.task(func(*waker.Context) bool { polled.Set(); return true })
		x.Go("", func() {
			for i, task := range []*guest{first, second} {
				h.workers[i].queues.inbox.Push(&task.header)
				h.notify(i)
			}
		})
		h.untilDone()
	})
}

// waking is a model of two workers, one of which polls a task that queues so many others, which
// it has woken or spawned, and then does what f says; a queue of shareAt is worth sharing.
func waking(x *explore.Run, n int, shareAt uint32, queue func(w *worker, h *header), others, f func()) *house {
	h := newHouse(x, 2)
	for _, w := range h.workers {
		w.shareAt.Store(shareAt)
	}
	var queued []*guest
	for range n {
		queued = append(queued, h.task(func(*waker.Context) bool { others(); return true }))
	}
	first := h.task(func(cx *waker.Context) bool {
		for _, t := range queued {
			queue(cx.Ext().(*worker), &t.header)
		}
		f()
		return true
	})
	h.workers[0].queues.run.Push(&first.header)
	h.run(0)
	h.run(1)
	return h
}

// What is worth sharing reaches a peer, whatever that was about to do: the poll of its owner
// ends only after one of the tasks in its queue has been polled.
func TestModelIdleSharesWhatIsWorthIt(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		var polled explore.Event
		waking(x, 3, 2, (*worker).push, polled.Set, polled.Wait).untilDone()
	})
}

// So does what was spawned, however short polls were before.
func TestModelIdleSharesWhatIsSpawned(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		var polled explore.Event
		spawn := func(w *worker, h *header) { w.rt.start(w, h) }
		waking(x, 2, 100, spawn, polled.Set, polled.Wait).untilDone()
	})
}

// What is not wakes nobody.
func TestModelIdleKeepsWhatIsNotWorthIt(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		h := waking(x, 3, 3, (*worker).push, func() {}, func() {})
		h.untilDone(func() string {
			if n := h.wakes.Load(); n > 0 {
				return fmt.Sprintf("%d workers were woken for a queue that is not worth it", n)
			}
			return ""
		})
	})
}
