//go:build explore && linux && !portable

package sched

import (
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// One of two that poll a handle gives up, while the task ends or goes on: the other one
// comes through, and nothing is kept of either.
func modelCrowd(ends bool) func(x *explore.Run) {
	return func(x *explore.Run) {
		var s state
		s.bits.Store(running)
		var l joinList
		var sentAway word.Int32
		var wake explore.Event
		x.Label("state", &s)
		x.Label("list", &l)
		quitter := waker.FromFunc(func() { sentAway.Inc() })
		stayer := waker.FromFunc(wake.Set)
		added := l.add(quitter, nil)
		x.Go("quitter", func() {
			x.Assert(added, "the list is closed")
			l.leave()
		})
		came, through := false, false
		x.Go("stayer", func() {
			for !s.isComplete() && l.add(stayer, nil) {
				came = true
				wake.Wait()
			}
			through = s.isComplete()
		})
		x.Go("worker", func() {
			if ends {
				s.finish()
				l.Close(nil)
			}
		})
		x.WhenStuck(func() string {
			switch {
			case ends:
				return "the stayer sleeps, and the task has ended"
			case wake.IsSet() || !came:
				return "the stayer does not go on"
			}
			h := l.Lock()
			defer h.Unlock()
			if c := crowdOf(&h); c == nil || !c.has(stayer) {
				return "the stayer sleeps, and nobody knows whom to wake"
			}
			return ""
		})
		x.Finally(func() {
			x.Assert(!ends || through, "the stayer went on before the end")
			x.Assert(sentAway.Load() <= 1, "woken %d times", sentAway.Load())
		})
	}
}

// A handle is dropped that nobody waited with, while a single task waits with another one: it is sent away, and comes back.
func TestModelJoinCrowdOfOneComesBack(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		var l joinList
		var wake explore.Event
		x.Label("list", &l)
		stayer := waker.FromFunc(wake.Set)
		l.add(stayer, nil)
		x.Go("stayer", func() {
			wake.Wait()
			l.add(stayer, nil)
		})
		x.Go("dropper", func() { l.leave() })
		x.Finally(func() {
			h := l.Lock()
			defer h.Unlock()
			c := crowdOf(&h)
			x.Assert(c != nil && c.has(stayer), "nobody knows whom to wake")
		})
	})
}

func TestModelJoinCrowdThins(t *testing.T) { explore.Check(t, explore.Config{}, modelCrowd(false)) }

// Unbounded, six million schedules: complete, but for a long run.
func TestModelJoinCrowdAtTheEnd(t *testing.T) { explore.Check(t, testkit.Within(2), modelCrowd(true)) }

// The ways to wait for a task beside each other: by handle, by Join that is given up, by
// Join that stays.
func TestModelJoinAllKinds(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		h := newHouse(x, 1)
		o := new(joined)
		o.rt, o.self = h.Runtime, o
		o.state.bits.Store(initial)
		x.Label("task", o)
		handle := JoinHandle[int]{&o.outcome}
		h.as(0, func(w *worker) { w.poll(&o.header) })
		through := 0
		x.Go("by handle", func() {
			var wake explore.Event
			cx := waker.FromWaker(waker.FromFunc(wake.Set))
			for handle.Poll(&cx).IsPending() {
				wake.Wait()
			}
			through++
		})
		x.Go("patient", func() {
			var wake explore.Event
			cx := waker.FromWaker(waker.FromFunc(wake.Set))
			j := handle.Join()
			for j.Poll(&cx).IsPending() {
				wake.Wait()
			}
			through++
		})
		x.Go("impatient", func() {
			cx := waker.FromWaker(waker.FromFunc(func() {}))
			j := handle.Join()
			j.Poll(&cx)
			j.Drop()
		})
		x.Finally(func() {
			x.Assert(through == 2, "%d of 2 came through", through)
			x.Assert(o.joiners.Closed() && o.joiners.Empty() == false, "somebody is left in line")
		})
	})
}
