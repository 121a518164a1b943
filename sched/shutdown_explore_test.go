//go:build explore && linux && !portable

package sched

import (
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// shutdown is what Runtime.end does up to the end of the workers. It looks whether the
// runtime is quiet whenever something has changed, not only when it is told to.
func (h *house) shutdown(hurry bool) {
	h.phase.Store(closing)
	if hurry {
		h.phase.Store(aborting)
	}
	for h.unparkAll(); !h.quiet(); {
		word.Spin()
	}
	h.phase.Store(stopped)
	h.unparkAll()
}

// ended says that every task has ended, in whichever way, once.
func (h *house) ended() {
	h.x.Finally(func() {
		for _, t := range h.tasks {
			h.x.Assert(t.state.isComplete(), "task %d is left, state %05b, polled %d times", t.id, t.state.bits.Load(), t.polls)
			h.x.Assert(t.polls > 0 || t.dropped == 1, "task %d was neither polled nor dropped", t.id)
		}
	})
}

// A spawner that is late: its task is polled or refused, and the workers end after it.
func TestModelShutdownAgainstSpawn(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		h := newHouse(x, 1)
		task := h.task(nil)
		h.run(0)
		x.Go("spawner", func() { h.start(nil, &task.header) })
		x.Go("shutdown", func() { h.shutdown(false) })
		h.ended()
	})
}

// The same with a task that would wait for ever: it is dropped.
func spawnOfAWaiter(x *explore.Run) {
	h := newHouse(x, 1)
	task := h.task(func(*waker.Context) bool { return false })
	h.run(0)
	x.Go("spawner", func() { h.start(nil, &task.header) })
	x.Go("shutdown", func() { h.shutdown(true) })
	h.ended()
}

func TestModelShutdownAgainstSpawnOfAWaiter(t *testing.T) {
	explore.Check(t, testkit.Within(1), spawnOfAWaiter)
}

func TestModelShutdownAgainstSpawnAtRandom(t *testing.T) {
	explore.Check(t, explore.Config{Random: 40_000, Seed: 1}, spawnOfAWaiter)
}

// A task bound to one worker and owned by another is dropped at home.
func TestModelShutdownDropsAtHome(t *testing.T) {
	explore.Check(t, explore.Config{Random: 10_000, Seed: 1}, func(x *explore.Run) {
		h := newHouse(x, 2)
		task := h.task(nil)
		task.state.bits.Store(bound)
		task.owner, task.home = 1, 2
		task.drop = func() { x.Assert(h.current() == h.workers[1], "an async function of worker 1 is dropped elsewhere") }
		h.workers[0].owned.add(&task.header)
		h.workers[0].publish(0)
		h.run(0)
		h.run(1)
		x.Go("shutdown", func() { h.shutdown(true) })
		h.ended()
	})
}

// A spawner from outside that is counted when the shutdown looks tells it afterwards.
func TestModelShutdownIsTold(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		h := newHouse(x, 1)
		task := h.task(nil)
		quiet, spawned := false, false
		h.idle.sleep(0, false) // and stays so: what it does about it is another model's
		x.Go("spawner", func() {
			h.start(nil, &task.header)
			spawned = true
		})
		x.Go("shutdown", func() {
			h.phase.Store(closing)
			quiet = h.quiet()
		})
		x.Finally(func() {
			told := len(h.ending.nudge) > 0
			x.Assert(spawned && (quiet || told || !h.workers[0].queues.inbox.Empty()), "the shutdown waits and nobody tells it")
			x.Assert(!quiet || h.workers[0].queues.inbox.Empty(), "the runtime is quiet with a task in an inbox")
		})
	})
}

// A task ends on a worker that does not own it: its owner, asleep, takes it off its list,
// and the shutdown does not wait for it.
func TestModelShutdownReturnsTasks(t *testing.T) {
	explore.Check(t, explore.Config{Random: 10_000, Seed: 1}, func(x *explore.Run) {
		h := newHouse(x, 2)
		task := h.task(nil)
		task.owner = 1
		h.workers[0].owned.add(&task.header)
		h.workers[0].publish(0)
		h.run(0)
		h.as(1, func(w *worker) {
			w.poll(&task.header)
			w.loop()
		})
		x.Go("shutdown", func() { h.shutdown(false) })
		h.ended()
	})
}

// The workers' end of that: finish on another worker against the owner that
// falls asleep while a shutdown begins.
func TestModelFinishElsewhere(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		h := newHouse(x, 2)
		task := h.task(nil)
		task.owner = 1
		task.state.bits.Store(running)
		h.workers[0].owned.add(&task.header)
		h.as(0, func(w *worker) {
			for w.park() {
			}
		})
		h.as(1, func(w *worker) { w.finish(&task.header) })
		x.Go("shutdown", func() {
			h.phase.Store(closing)
			h.unparkAll()
		})
		x.WhenStuck(func() string {
			if _, pending := h.workers[0].published.read(); pending != 0 {
				return "the owner sleeps, and the shutdown waits for its task"
			}
			return ""
		})
	})
}
