//go:build explore && linux && !portable

package reactor

import (
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
)

// A peer looks after a reactor whose backend only the owner may ask, just when that one is back: it
// fires the timer, or the owner does, and does not watch it.
func TestModelPeerIsRefused(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		c := newClockwork(x, tick(1))
		c.r.poll.model.ownerOnly = true
		watched := false
		peer := NewModel()
		peer.OnWatch(func(_, _ *Reactor) { watched = true }, func(_, _ *Reactor) { watched = true })
		c.now.Store(tick(2))
		x.Go("task", c.await)
		x.Go("owner", c.owner)
		x.Go("peer", func() {
			x.Assert(peer.Watch(c.r) == nil, "it is told that it does not watch")
			n := 0
			for range 2 {
				k, err := c.r.AskAsPeer(new(Events))
				x.Assert(err == nil, "%v", err)
				n += k
			}
			peer.Unwatch(c.r)
			x.Assert(!watched && n <= 1, "watched: %v, fired %d times", watched, n)
		})
		c.finishes()
	})
}

// A peer fires the timer while the owner is in a long poll, and does not ask its backend.
func TestModelPeerFiresTimersAlone(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		c := newClockwork(x, tick(1))
		c.r.poll.model.ownerOnly = true
		c.now.Store(tick(2))
		x.Go("task", c.await)
		x.Go("peer", func() {
			for !c.over.Load() {
				c.r.AskAsPeer(new(Events))
				word.Spin()
			}
		})
		x.Finally(func() { x.Assert(c.r.poll.model.asked == 0, "the backend was asked") })
		c.finishes()
	})
}
