//go:build explore && linux && !portable

package reactor

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
)

// socket is a descriptor of a model and the kernel's side of it: what is there to read,
// whether the peer is gone, and an edge-triggered watch.
type socket struct {
	x     *explore.Run
	r     *Reactor
	src   Source
	token uint64

	data  word.Int32
	eof   word.Bool
	room  word.Int32
	added word.Bool
	edge  explore.Event // something has changed since the last report

	inUse  word.Int32
	adds   int
	closes int
}

const modelFD = 1000

func newSocket(x *explore.Run) *socket {
	s := &socket{x: x, r: NewModel()}
	s.r.slab = *usedSlab(2)
	s.src.Init(modelFD)
	s.r.poll.model.onAdd = func(fd int, token uint64) error {
		x.Assert(s.closes == 0, "a closed descriptor is added")
		s.adds++
		x.Assert(s.adds == 1, "the descriptor is added twice")
		s.token = token
		s.added.Store(true)
		if s.data.Load() > 0 || s.eof.Load() || s.room.Load() > 0 {
			s.edge.Set()
		}
		return nil
	}
	s.r.poll.model.onRemove = func(fd int) {
		x.Assert(s.closes == 0, "a closed descriptor is removed")
		s.added.Store(false)
	}
	modelClose = func(fd int) {
		x.Assert(s.inUse.Load() == 0, "the descriptor is closed under a system call")
		x.Assert(!s.added.Load(), "the descriptor is closed before it is deregistered")
		s.closes++
		x.Assert(s.closes == 1, "the descriptor is closed twice")
	}
	x.Label("socket", s)
	return s
}

// change is what a peer does.
func (s *socket) change(f func()) {
	f()
	if s.added.Load() {
		s.edge.Set()
	}
}

// poller is the thread that is told of events and delivers them.
func (s *socket) poller() {
	for {
		s.edge.Wait()
		what := readiness(0)
		if s.data.Load() > 0 {
			what |= readable
		}
		if s.room.Load() > 0 {
			what |= writable
		}
		if s.eof.Load() {
			what |= readable | writable | hangup
		}
		if src := s.r.slab.lookup(s.token); src != nil {
			src.deliver(what)
		}
	}
}

// call makes a system call on the descriptor: takes one of n, or says that it would
// block.
func (s *socket) call(n *word.Int32) (done, eof, closed bool) {
	if !s.src.Enter() {
		return false, false, true
	}
	defer s.src.Leave()
	s.x.Assert(s.closes == 0, "a system call on a closed descriptor")
	s.inUse.Inc()
	defer s.inUse.Dec()
	for {
		left := n.Load()
		if left == 0 {
			return false, s.eof.Load(), false
		}
		if n.CompareAndSwap(left, left-1) {
			return true, false, false
		}
	}
}

// take waits until it has taken n, the end has come, or the source is closed.
func (s *socket) take(d Direction, from *word.Int32, n int) (got int, eof, closed bool) {
	task := sleeperAt(s.r)
	for got < n {
		mark, ready := s.src.Ready(d)
		if ready {
			done, end, closed := s.call(from)
			switch {
			case done:
				got++
				continue
			case end || closed:
				return got, end, closed
			}
			s.src.WouldBlock(d, mark)
		}
		if parked, err := s.src.Park(task.Context(), d); err != nil {
			s.x.Fail("%v", err)
		} else if parked {
			task.Wait()
		} else if s.src.Closed() {
			return got, false, true
		}
	}
	return got, false, false
}

// finishes accepts that only the poller is left waiting.
func (s *socket) finishes(done ...*bool) {
	s.x.WhenStuck(func() string {
		for _, d := range done {
			if !*d {
				return "a future sleeps on a descriptor that is ready"
			}
		}
		return ""
	})
	s.x.Finally(func() { modelClose = nil })
}

func TestModelSourceReadiness(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := newSocket(x)
		var done bool
		x.Go("reader", func() { got, _, _ := s.take(Read, &s.data, 1); done = got == 1 })
		x.Go("peer", func() { s.change(func() { s.data.Inc() }) })
		x.Go("poller", s.poller)
		s.finishes(&done)
	})
}

func TestModelSourceTwoEvents(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		s := newSocket(x)
		var done bool
		x.Go("reader", func() { got, _, _ := s.take(Read, &s.data, 2); done = got == 2 })
		x.Go("peer", func() {
			s.change(func() { s.data.Inc() })
			s.change(func() { s.data.Inc() })
		})
		x.Go("poller", s.poller)
		s.finishes(&done)
	})
}

// Both directions park for the first time at once: one of them registers, both are woken.
func TestModelSourceTwoDirections(t *testing.T) {
	explore.Check(t, testkit.Within(1), func(x *explore.Run) {
		s := newSocket(x)
		var read, written bool
		x.Go("reader", func() { got, _, _ := s.take(Read, &s.data, 1); read = got == 1 })
		x.Go("writer", func() { got, _, _ := s.take(Write, &s.room, 1); written = got == 1 })
		x.Go("peer", func() { s.change(func() { s.data.Inc(); s.room.Inc() }) })
		x.Go("poller", s.poller)
		s.finishes(&read, &written)
	})
}

// The first registration fails: both directions see an error or are registered after all.
func TestModelSourceRegistrationFails(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := newSocket(x)
		fail := errors.New("no")
		var tries word.Int32
		s.r.poll.model.onAdd = func(int, uint64) error { tries.Inc(); return fail }
		ended := make([]bool, 2)
		for _, d := range []Direction{Read, Write} {
			x.Go("", func() {
				task := sleeperAt(s.r)
				for {
					mark, ready := s.src.Ready(d)
					if ready {
						s.src.WouldBlock(d, mark)
					}
					parked, err := s.src.Park(task.Context(), d)
					if err != nil {
						x.Assert(err == fail, "%v", err)
						ended[d] = true
						return
					}
					if parked {
						task.Wait()
					}
				}
			})
		}
		s.finishes(&ended[0], &ended[1])
		x.Finally(func() {
			x.Assert(s.r.slab.live.Load() == 0, "%d sources in the slab", s.r.slab.live.Load())
			x.Assert(s.src.state.Load() == fresh, "the state is %d", s.src.state.Load())
		})
	})
}

// A reader that waits is woken by Close, and the descriptor is closed once and not under
// a call; an event that comes meanwhile reaches nobody else.
func TestModelSourceClose(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		s := newSocket(x)
		var done, closed bool
		x.Go("reader", func() { _, _, done = s.take(Read, &s.data, 1) })
		x.Go("closer", func() { closed = s.src.Close() == nil })
		x.Go("poller", s.poller)
		s.finishes(&done)
		x.Finally(func() { x.Assert(closed && s.closes == 1, "closed %d times", s.closes) })
	})
}

func TestModelSourceCallsAgainstTwoCloses(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := newSocket(x)
		s.data.Store(1)
		won := make([]bool, 2)
		x.Go("caller", func() { s.call(&s.data) })
		for i := range won {
			x.Go("", func() { won[i] = s.src.Close() == nil })
		}
		s.finishes()
		x.Finally(func() {
			x.Assert(won[0] != won[1], "closed by %v", won)
			x.Assert(s.closes == 1, "the descriptor is closed %d times", s.closes)
		})
	})
}

// Registering against Close: the descriptor is not left in the reactor.
func TestModelSourceRegisterAgainstClose(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := newSocket(x)
		var done bool
		x.Go("reader", func() {
			task := sleeperAt(s.r)
			mark, _ := s.src.Ready(Read)
			s.src.WouldBlock(Read, mark)
			if parked, _ := s.src.Park(task.Context(), Read); parked {
				task.Wait()
			}
			done = true
		})
		x.Go("closer", func() { s.src.Close() })
		s.finishes(&done)
		x.Finally(func() {
			x.Assert(s.closes == 1, "the descriptor is closed %d times", s.closes)
			x.Assert(s.r.slab.live.Load() == 0, "%d sources in the slab", s.r.slab.live.Load())
		})
	})
}

// The last bytes and the end of a stream come one after the other while the reader takes a
// short read for a sign that nothing is left: it still sees the end.
func TestModelSourceDrainedAndHangup(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := newSocket(x)
		s.r.poll.model.onAdd(modelFD, 0)
		s.token, _ = s.r.slab.insert(&s.src)
		s.src.token = s.token
		s.src.reactor.Store(s.r)
		s.src.state.Store(registered)
		var done bool
		x.Go("reader", func() {
			task := sleeperAt(s.r)
			for {
				mark, ready := s.src.Ready(Read)
				if ready {
					got, end, _ := s.call(&s.data)
					if end {
						done = true
						return
					}
					if got { // it asked for more
						s.src.Drained(Read, mark)
					} else {
						s.src.WouldBlock(Read, mark)
					}
					continue
				}
				if parked, _ := s.src.Park(task.Context(), Read); parked {
					task.Wait()
				}
			}
		})
		x.Go("peer", func() {
			s.change(func() { s.data.Inc() })
			s.change(func() { s.eof.Store(true) })
		})
		x.Go("poller", s.poller)
		s.finishes(&done)
	})
}
