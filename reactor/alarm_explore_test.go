//go:build explore && linux && !portable

package reactor

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
)

// A timer that one alarm gives back while it is due is lent to the next one: that is woken for its
// own time, and neither before nor never.
func TestModelAlarmLentAgain(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		c := newClockwork(x, tick(1<<20)) // a timer that keeps the wheel from being empty
		first, second := Alarm{when: tick(2)}, Alarm{when: tick(4)}
		x.Go("owner", c.owner)
		x.Go("task", func() {
			task := sleeperAt(c.r)
			first.Poll(task.Context())
			lent := first.timer
			first.Drop()
			for second.Poll(task.Context()).IsPending() {
				x.Assert(lent == nil || second.timer == lent, "another timer was borrowed")
				task.Wait()
			}
			x.Assert(c.now.Load() >= tick(4), "ready at %d, which is due at %d", c.now.Load(), tick(4))
			c.fired = true
			c.over.Store(true)
			c.r.Unpark()
		})
		c.finishes()
	})
}
