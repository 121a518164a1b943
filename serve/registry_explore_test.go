//go:build explore

package serve

import (
	"net/netip"
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/waker"
)

// connect is a connection that owes nothing: it enters, and stays until the server drains.
func connect(r *registry, l *link) {
	var a waiting
	if r.enter(&a, netip.Prefix{}) == entered {
		stay(r, l)
	}
}

func stay(r *registry, l *link) {
	task := new(testkit.Sleeper)
	r.link(l, task.Context().Waker())
	for r.phase.Load() == serving {
		task.Wait()
	}
	r.leave(l, netip.Prefix{}, func(*Metrics) {})
}

func newRegistry(x *explore.Run, limit int) *registry {
	r := new(registry)
	r.init(limit, 0)
	r.batch = 1
	x.Label("r", r)
	return r
}

func isOver(r *registry) bool {
	select {
	case <-r.over:
		return true
	default:
		return false
	}
}

// A connection sees that the server drains, whenever that begins, and the server that nothing is left.
func TestModelDrain(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		r := newRegistry(x, 0)
		var links [2]link
		for i := range links {
			x.Go("connection", func() { connect(r, &links[i]) })
		}
		x.Go("server", func() { r.move(draining) })
		x.Finally(func() { x.Assert(isOver(r) && r.open == 0, "%d open, over %v", r.open, isOver(r)) })
	})
}

// An acceptor at the limit goes on when a connection leaves, and ends when the server drains.
func TestModelLimit(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		r := newRegistry(x, 1)
		var first, second link
		var none waiting
		x.Assert(r.enter(&none, netip.Prefix{}) == entered, "no room in an empty server")
		x.Assert(r.enter(&none, netip.Prefix{}) == full, "room above the limit")
		x.Go("connection", func() {
			r.link(&first, new(testkit.Sleeper).Context().Waker())
			r.leave(&first, netip.Prefix{}, func(*Metrics) {})
		})
		took := false
		x.Go("acceptor", func() {
			var a waiting
			task := new(testkit.Sleeper)
			r.begin(&a, task.Context().Waker())
			for r.phase.Load() == serving {
				if !r.hasRoom(&a) {
					task.Wait()
					continue
				}
				if r.enter(&a, netip.Prefix{}) == entered {
					took = true
					r.link(&second, new(testkit.Sleeper).Context().Waker())
					r.leave(&second, netip.Prefix{}, func(*Metrics) {})
					break
				}
			}
			r.end(&a, nil)
		})
		x.Finally(func() {
			x.Assert(took && r.open == 0 && !isOver(r), "took %v, %d open", took, r.open)
			r.move(draining)
			x.Assert(isOver(r), "it is not over")
		})
	})
}

// An acceptor that waits at the limit sees that the server is to end.
func TestModelDrainAtTheLimit(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		r := newRegistry(x, 1)
		var l link
		var none waiting
		r.enter(&none, netip.Prefix{})
		var a waiting
		task := new(testkit.Sleeper)
		r.begin(&a, task.Context().Waker())
		x.Go("connection", func() { stay(r, &l) })
		x.Go("acceptor", func() {
			for r.phase.Load() == serving {
				if !r.hasRoom(&a) {
					task.Wait()
				}
			}
			x.Assert(!isOver(r), "it is over beside an acceptor")
			r.end(&a, nil)
		})
		x.Go("server", func() { r.move(cutting) })
		x.Finally(func() { x.Assert(isOver(r), "it is not over, %d open", r.open) })
	})
}

// Who walks the ring meets each connection that stays, once, beside others that come and go, and another one who walks.
func TestModelWalk(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		r := newRegistry(x, 0)
		var stays, goes link
		var none waiting
		r.enter(&none, netip.Prefix{})
		r.link(&stays, new(testkit.Sleeper).Context().Waker())
		x.Go("connection", func() {
			r.enter(&none, netip.Prefix{})
			r.link(&goes, new(testkit.Sleeper).Context().Waker())
			r.leave(&goes, netip.Prefix{}, func(*Metrics) {})
		})
		for range 2 {
			x.Go("walker", func() {
				met := 0
				r.each(func(l *link) {
					if l == &stays {
						met++
					}
				}, func() {})
				x.Assert(met == 1, "met %d times", met)
			})
		}
		x.Finally(func() { x.Assert(r.ring.after == &stays && stays.after == &r.ring, "the ring is broken") })
	})
}

// A connection that goes on in another task, as after a handshake, sees in one of them that the server drains; it counts all the time, and the ring
// is whole beside others who walk it.
func TestModelHandOver(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		r := newRegistry(x, 1)
		var first, second link
		var none waiting
		r.enter(&none, netip.Prefix{})
		x.Go("connection", func() {
			r.link(&first, new(testkit.Sleeper).Context().Waker())
			r.unlink(&first)
			x.Assert(r.enter(&none, netip.Prefix{}) == full && !isOver(r), "it is not counted between two tasks")
			stay(r, &second)
		})
		x.Go("server", func() { r.move(draining) })
		x.Go("metrics", func() {
			r.each(func(l *link) { x.Assert(l.waker != waker.Waker{}, "one that has left is met") }, func() {})
		})
		x.Finally(func() {
			x.Assert(isOver(r) && r.open == 0, "%d open, over %v", r.open, isOver(r))
			x.Assert(r.ring.after == &r.ring && r.ring.before == &r.ring, "the ring is not empty")
		})
	})
}

// An acceptor to whom nobody comes sees that the server drains.
func TestModelDrainWithoutConnections(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := newRegistry(x, 0)
		x.Go("acceptor", func() {
			var a waiting
			task := new(testkit.Sleeper)
			r.begin(&a, task.Context().Waker())
			for r.phase.Load() == serving {
				task.Wait()
			}
			r.end(&a, nil)
		})
		x.Go("server", func() { r.move(draining) })
		x.Finally(func() { x.Assert(isOver(r), "it is not over") })
	})
}
