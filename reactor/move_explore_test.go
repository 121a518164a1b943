//go:build explore && linux && !portable

package reactor

import (
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
)

// twoReactors makes s a socket that is registered with its reactor and read by tasks of
// another one, and adds a thread that closes the first.
func twoReactors(x *explore.Run, s *socket) (second *Reactor) {
	second = NewModel()
	second.slab = *usedSlab(2)
	watch := s.r
	s.token, _ = s.r.slab.insert(&s.src)
	s.src.token = s.token
	s.src.reactor.Store(s.r)
	s.src.state.Store(registered)
	s.added.Store(true)
	s.r.poll.model.onRemove = func(int) {
		x.Assert(!watch.poll.model.closed.Load(), "a source is taken out of a reactor whose descriptors are closed")
		s.added.Store(false)
	}
	second.poll.model.onAdd = func(fd int, token uint64) error {
		x.Assert(s.closes == 0, "a closed descriptor is added")
		s.adds++
		x.Assert(s.adds == 1, "the descriptor is added twice")
		watch, s.token = second, token
		s.added.Store(true)
		if s.data.Load() > 0 || s.eof.Load() {
			s.edge.Set()
		}
		return nil
	}
	second.poll.model.onRemove = func(int) { s.added.Store(false) }
	x.Go("poller", func() {
		for {
			s.edge.Wait()
			if watch.poll.model.closed.Load() {
				continue // nobody asks it any more
			}
			if src := watch.slab.lookup(s.token); src != nil {
				src.deliver(readable)
			}
		}
	})
	x.Go("closer", func() { s.r.Close() })
	return second
}

// The reactor of a source is closed while a task of another one waits for it: what comes
// before, during and after that reaches the task.
func TestModelSourceReactorEnds(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		s := newSocket(x)
		second := twoReactors(x, s)
		var done bool
		x.Go("reader", func() {
			r := s.r
			s.r = second // of the task
			got, _, _ := s.take(Read, &s.data, 1)
			done = got == 1
			s.r = r
		})
		x.Go("peer", func() { s.change(func() { s.data.Inc() }) })
		s.finishes(&done)
	})
}

// A timer is armed in a reactor that is closed, while a task of another reactor waits for
// it: it fires there.
func TestModelTimerReactorEnds(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		c := newClockwork(x, tick(2))
		first := c.r
		c.r = NewModel()
		x.Go("task", c.await)
		x.Go("owner", c.owner)
		x.Go("closer", func() { first.Close() })
		c.finishes()
		x.Finally(func() { x.Assert(first.wheel.count == 0, "the timer is left in the wheel of a closed reactor") })
	})
}

// It is set by another thread while its reactor is closed.
func TestModelTimerSetWhileItsReactorEnds(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		c := newClockwork(x, tick(50))
		c.t.Stop()
		first := c.r
		c.r = NewModel()
		x.Go("task", c.await)
		x.Go("owner", c.owner)
		x.Go("closer", func() { first.Close() })
		x.Go("resetter", func() { c.t.reset(tick(2)) })
		c.finishes()
		x.Finally(func() { x.Assert(first.wheel.count == 0, "the timer is left in the wheel of a closed reactor") })
	})
}
