//go:build explore && linux && !portable

package reactor

import (
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
)

// clockwork is a timer, its reactor, and the time, which a thread of the model moves on.
type clockwork struct {
	x     *explore.Run
	r     *Reactor
	now   word.Int64
	t     Timer
	moved word.Int64 // the deadline of a reset that has returned
	fired bool
	over  word.Bool
}

// tick is the time of a tick of the wheel.
func tick(n int64) int64 { return n << tickBits }

func newClockwork(x *explore.Run, deadline int64) *clockwork {
	c := &clockwork{x: x, r: NewModel()}
	c.now.Store(1)
	modelClock = &c.now
	c.t.reset(deadline)
	c.t.adopt(nil, c.r)
	x.Label("c", c)
	return c
}

// finishes accepts that the reactor's owner sleeps once the task has seen its timer fire.
func (c *clockwork) finishes() {
	c.x.WhenStuck(func() string {
		if !c.fired {
			return "the timer does not fire"
		}
		return ""
	})
	c.x.Finally(func() { modelClock = nil })
}

// owner drives the reactor.
func (c *clockwork) owner() {
	for ev := new(Events); !c.over.Load(); {
		n, _ := c.r.Wait(ev, -1)
		c.r.Deliver(ev, n)
	}
}

// await is a task that waits for the timer. The timer must not be ready before the
// deadline of a reset that came before the poll.
func (c *clockwork) await() {
	task := sleeperAt(c.r)
	for {
		least := c.moved.Load()
		if c.t.Poll(task.Context()).IsReady() {
			c.x.Assert(c.now.Load() >= least, "ready at %d, which was moved to %d before", c.now.Load(), least)
			c.fired = true
			c.over.Store(true)
			c.r.Unpark()
			return
		}
		task.Wait()
	}
}

func TestModelTimerFires(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newClockwork(x, tick(2))
		x.Go("task", c.await)
		x.Go("owner", c.owner)
		c.finishes()
	})
}

// A timer is moved back while its first deadline passes: it fires for the new one, and
// not before that.
func TestModelTimerResetLater(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		c := newClockwork(x, tick(2))
		x.Go("task", c.await)
		x.Go("owner", c.owner)
		x.Go("resetter", func() {
			c.t.reset(tick(5))
			c.moved.Store(tick(5))
		})
		c.finishes()
	})
}

// A timer is set while the owner falls asleep without a limit.
func TestModelTimerSet(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newClockwork(x, tick(50))
		c.t.Stop()
		x.Go("owner", func() {
			for ev := new(Events); !c.t.hasFired(); {
				n, _ := c.r.Wait(ev, -1)
				c.r.Deliver(ev, n)
			}
			c.fired = true
		})
		x.Go("resetter", func() {
			c.t.reset(tick(2))
		})
		c.finishes()
	})
}

// Stop against the firing: it tells who won, and a timer that was stopped does not fire.
func TestModelTimerStopAgainstFire(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newClockwork(x, tick(2))
		c.now.Store(tick(3))
		stopped := make([]bool, 2)
		x.Go("owner", func() { c.fired = c.r.fireDue() == 1 })
		for i := range stopped {
			x.Go("", func() { stopped[i] = c.t.Stop() })
		}
		x.Finally(func() {
			modelClock = nil
			n := 0
			for _, ok := range append(stopped, c.fired) {
				if ok {
					n++
				}
			}
			x.Assert(n == 1, "stopped %v, fired %v", stopped, c.fired)
			x.Assert(!c.t.hasFired() && c.r.wheel.count == 0, "it is left in the wheel, or ready")
		})
	})
}

// Two resets, a stop and a firing at once leave the timer in the wheel once or not at all.
func TestModelTimerResetsAgainstFire(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newClockwork(x, tick(2))
		c.now.Store(tick(3))
		x.Go("owner", func() { c.r.fireDue() })
		x.Go("", func() { c.t.reset(tick(10)) })
		x.Go("", func() { c.t.reset(tick(11)) })
		x.Finally(func() {
			modelClock = nil
			x.Assert(c.r.wheel.count == 1 && c.t.armed, "%d timers in the wheel", c.r.wheel.count)
			x.Assert(!c.t.hasFired(), "it fires for a deadline that was moved")
			x.Assert(c.t.tick <= tickAfter(c.t.when.Load()), "it stands at tick %d for %d", c.t.tick, c.t.when.Load())
		})
	})
}

// A background reactor's goroutine ends when nothing is left, and is started again for
// what comes later.
func TestModelBackground(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		b := &background{opened: true}
		b.reactor.background = b
		b.reactor.poll.model = new(modelPoller)
		var now word.Int64
		now.Store(tick(3))
		modelClock = &now
		x.Label("b", b)
		done, running := make([]bool, 2), false
		x.Go("goroutine", func() {
			for {
				b.reactor.poll.model.launched.Wait()
				x.Assert(!running, "two goroutines at once")
				running = true
				b.run()
				running = false
			}
		})
		for i := range done {
			x.Go("", func() {
				var timer Timer
				timer.reset(tick(2))
				task := sleeperAt(&b.reactor)
				for !timer.Poll(task.Context()).IsReady() {
					task.Wait()
				}
				done[i] = true
			})
		}
		x.WhenStuck(func() string {
			switch {
			case !done[0] || !done[1]:
				return "a timer of the background reactor does not fire"
			case b.running:
				return "the goroutine goes on with nothing to do"
			}
			return ""
		})
		x.Finally(func() { modelClock = nil })
	})
}
