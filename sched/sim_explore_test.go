//go:build explore && linux && !portable

package sched

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/sim"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// simHouse is a simulation of one worker as a model has it.
func simHouse(x *explore.Run) (*house, *simulation) {
	clock := reactor.NewClock()
	s := &simulation{clock: clock, reactor: reactor.NewPausedModel(clock), random: rand.New(rand.NewPCG(1, 1)), config: sim.Config{Grace: -1}}
	rt := &Runtime{idle: newIdle(1), identities: newIdentities(1), sim: s, config: Config{Workers: 1, Budget: 128, EventInterval: 1 << 30}}
	rt.ending.init()
	rt.monitor = newMonitor(rt)
	w := newWorker(rt, 0, s.reactor)
	rt.addWorker(w)
	s.rt, s.at = rt, w
	return &house{Runtime: rt, x: x}, s
}

// drive makes a thread that does a job until it is over.
func (h *house) drive(j *simJob) {
	w := h.workers[0]
	h.x.Go("driver", func() {
		h.plant(gid.Current(), w)
		w.lives(gid.Current())
		for over := false; !over; {
			_, over = h.sim.perform(j)
		}
	})
}

// Work elsewhere that holds the clock: its task is polled before the clock moves to the timer, however late the
// driver and the thread that works are.
func TestModelSimulationHoldsTheClock(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		h, s := simHouse(x)
		var timer reactor.Timer
		var release func()
		var answered word.Bool
		var began word.Bool
		done := false
		var task *guest
		task = h.task(func(cx *waker.Context) bool {
			if task.polls == 1 {
				release = h.workers[0].Hold(false)
				timer.Reset(time.Hour)
				began.Store(true)
			}
			if answered.Load() {
				x.Assert(s.Elapsed() == 0, "the clock has moved to %v while work was under way", s.Elapsed())
				done = true
				return true
			}
			x.Assert(timer.Poll(cx).IsPending(), "the timer goes off first")
			return false
		})
		h.workers[0].queues.push(&task.header)
		h.drive(&simJob{over: func() bool { return done }})
		x.Go("work", func() {
			for !began.Load() {
				word.Spin()
			}
			answered.Store(true)
			task.waker().WakeByRef()
			release()
		})
	})
}

// A wake-up from outside ends the driver's sleep, with nothing held and no timer set.
func TestModelSimulationIsWoken(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		h, _ := simHouse(x)
		var came word.Bool
		done := false
		task := h.task(func(cx *waker.Context) bool {
			done = came.Load()
			return done
		})
		h.workers[0].queues.push(&task.header)
		h.drive(&simJob{over: func() bool { return done }})
		x.Go("outside", func() {
			came.Store(true)
			task.waker().WakeByRef()
		})
	})
}

// A spawn from outside, too.
func TestModelSimulationIsSpawnedAt(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		h, _ := simHouse(x)
		done := false
		task := h.task(func(*waker.Context) bool { done = true; return true })
		h.drive(&simJob{over: func() bool { return done }})
		x.Go("outside", func() { h.start(nil, &task.header) })
	})
}

// What is held and ends without a wake-up lets the clock go.
func TestModelSimulationGoesOnAfterAHold(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		h, s := simHouse(x)
		var timer reactor.Timer
		done := false
		task := h.task(func(cx *waker.Context) bool {
			done = timer.Poll(cx).IsReady()
			return done
		})
		timer.Reset(time.Hour)
		h.workers[0].queues.push(&task.header)
		release := s.Hold()
		h.drive(&simJob{over: func() bool { return done }})
		x.Go("work", release)
	})
}
