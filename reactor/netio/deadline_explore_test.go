//go:build explore && linux && !portable

package netio

import (
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
)

// tick is the time of a tick of the reactor's wheel.
func tick(n int64) int64 { return n << 14 }

// vigil is a read that waits for nothing but its deadline, and the reactor of its worker.
type vigil struct {
	x      *explore.Run
	r      *reactor.Reactor
	clock  word.Int64
	limits deadlines
	over   word.Bool
	ended  bool
}

func newVigil(x *explore.Run) *vigil {
	v := &vigil{x: x, r: reactor.NewModel()}
	v.clock.Store(1)
	reactor.SetModelClock(&v.clock)
	x.Label("v", v)
	x.WhenStuck(func() string {
		if !v.ended {
			return "a read waits for ever, beyond its deadline"
		}
		return ""
	})
	x.Finally(func() { reactor.SetModelClock(nil) })
	return v
}

// read waits as a connection does.
func (v *vigil) read() {
	task := sleeperAt(v.r)
	for !v.limits.passed(reactor.Read) && !v.limits.poll(task.Context(), reactor.Read) {
		task.Wait()
	}
	v.ended = true
	v.over.Store(true)
	v.r.Unpark()
}

// own drives the reactor until the read is over.
func (v *vigil) own() {
	for ev := new(reactor.Events); !v.over.Load(); {
		n, _ := v.r.Wait(ev, -1)
		v.r.Deliver(ev, n)
	}
}

// set moves the deadline to so many ticks from now.
func (v *vigil) set(ticks int64) {
	v.limits.lock.Lock()
	v.limits.setIn(reactor.Read, time.Duration(tick(ticks)))
	v.limits.lock.Unlock()
}

// A deadline is pushed back by another thread at about the moment when it is due.
func TestModelDeadlinePushedBack(t *testing.T) {
	explore.Check(t, explore.Config{Preemptions: 2}, func(x *explore.Run) {
		v := newVigil(x)
		v.set(2)
		x.Go("reader", v.read)
		x.Go("owner", v.own)
		x.Go("setter", func() { v.set(5) })
	})
}

// The same, with a deadline that is due when the read begins.
func TestModelDeadlineDuePushedBack(t *testing.T) {
	explore.Check(t, explore.Config{Preemptions: 2}, func(x *explore.Run) {
		v := newVigil(x)
		v.set(0)
		x.Go("reader", v.read)
		x.Go("owner", v.own)
		x.Go("setter", func() {
			v.set(1)
			v.set(0)
		})
	})
}

// A deadline is set while a read waits without one.
func TestModelDeadlineSet(t *testing.T) {
	explore.Check(t, explore.Config{Preemptions: 2}, func(x *explore.Run) {
		v := newVigil(x)
		x.Go("reader", v.read)
		x.Go("owner", v.own)
		x.Go("setter", func() { v.set(1) })
	})
}
