//go:build explore && linux && !portable

package sched

import (
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/reactor"
)

// watches checks what workers' reactors watch: each is watched by one at most, and the one that
// ends it is the one that does.
type watches struct {
	x  *explore.Run
	by map[*reactor.Reactor]*reactor.Reactor
}

func newWatches(x *explore.Run, h *house) *watches {
	c := &watches{x: x, by: map[*reactor.Reactor]*reactor.Reactor{}}
	for _, w := range h.workers {
		w.reactor.OnWatch(c.watch, c.unwatch)
	}
	return c
}

func (c *watches) watch(r, other *reactor.Reactor) {
	c.x.Assert(c.by[other] == nil, "a reactor is watched twice")
	c.by[other] = r
}

func (c *watches) unwatch(r, other *reactor.Reactor) {
	c.x.Assert(c.by[other] == r, "a watch is ended that there is not")
	delete(c.by, other)
}

// agree checks that the guard words say what the reactors watch.
func (c *watches) agree(h *house) {
	for _, v := range h.workers {
		switch g := v.guard.Load(); {
		case g == guardMoves:
			c.x.Fail("a guard that moves for ever")
		case g == 0:
			c.x.Assert(c.by[v.reactor] == nil, "a reactor is watched, and its worker has no guard")
		default:
			c.x.Assert(c.by[v.reactor] == h.workers[g-1].reactor, "a reactor is not watched by its worker's guard")
		}
	}
}

// Two workers become the guard of a third at once, one of them its guard before, in a long poll
// now; the third goes to sleep.
func TestModelGuardOfOne(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		h := newHouse(x, 3)
		c := newWatches(x, h)
		now := h.now()
		v := h.peers[2]
		for i := range 2 {
			h.as(i, func(w *worker) {
				w.beginGuardOf(v, now)
				if i == 0 {
					w.endGuard(v, w.asGuard())
				}
			})
		}
		h.as(2, func(w *worker) { w.endGuardOf() })
		x.Finally(func() { c.agree(h) })
	})
}

// A guard that lets down is replaced, while it gives the guard up itself.
func TestModelGuardIsReplaced(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		h := newHouse(x, 3)
		c := newWatches(x, h)
		now := h.now()
		v, old := h.peers[2], h.workers[0]
		old.late.Store(int64(now))
		old.beginGuardOf(v, now)
		h.as(1, func(w *worker) { w.beginGuardOf(v, now) })
		h.as(0, func(w *worker) { w.endGuard(v, w.asGuard()) })
		x.Finally(func() {
			c.agree(h)
			x.Assert(v.guard.Load() != old.asGuard(), "a guard stays that was given up, and replaced")
		})
	})
}
