//go:build explore

package forkjoin

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
)

// sized sets how many jobs are shared and how many slots there are at first.
func sized(t *testing.T, share uint32, slots int) {
	oldEager, oldSlots := eager, firstSlots
	eager, firstSlots = share, slots
	t.Cleanup(func() { eager, firstSlots = oldEager, oldSlots })
}

// thread is the host of a model: its thread sleeps for want of anything else to do.
type thread struct {
	wake explore.Event
	done word.Uint32 // whether the computation of the owner has ended, for thieves
}

func (*thread) Here() bool            { return true }
func (*thread) Published()            {}
func (*thread) Attend()               {}
func (*thread) InterruptAll()         {}
func (*thread) Enter(func(w *Worker)) {}
func (h *thread) Wake()               { h.wake.Set() }

func (h *thread) Await(l *Latch) {
	for !l.Done() {
		if l.Sleep() {
			h.wake.Wait()
		}
	}
}

// crew is a worker that computes, with an array, and the jobs it has forked.
type crew struct {
	x     *explore.Run
	owner *Worker
	host  *thread
	ran   [8]word.Uint32 // how often each job ran
}

func newCrew(x *explore.Run) *crew {
	c := &crew{x: x, host: new(thread)}
	c.owner = NewWorker(c.host)
	c.owner.grow()
	for i := range c.owner.slots { // as after many forks: those at private places are plain
		c.owner.slots[i].job = new(frame[Worker, errand, int])
	}
	x.Label("ends", &c.owner.ends)
	x.Label("limit", &c.owner.limit)
	x.Label("array", &c.owner.array)
	return c
}

type errand struct {
	c *crew
	i int
}

// do is a job.
func do(_ *Worker, e errand) int {
	e.c.ran[e.i].Inc()
	return 10 + e.i
}

// tower forks job i and, before it is joined, those above, n in all.
func tower(w *Worker, e errand) int {
	if e.i == 0 {
		return 0
	}
	up, got := Call(w, tower, errand{e.c, e.i - 1}, do, errand{e.c, e.i - 1})
	e.c.x.Assert(got == 10+e.i-1, "job %d returned %d", e.i-1, got)
	return up + 1
}

// thief makes a thread that tries to steal n times.
func (c *crew) thief(n int) {
	w := NewWorker(new(thread))
	c.x.Go("thief", func() {
		for range n {
			if t := c.owner.Steal(); t.Got() {
				w.Run(t)
			}
		}
	})
}

// each asserts in the end that the first n jobs ran once.
func (c *crew) each(n int) {
	c.x.Finally(func() {
		for i := range n {
			c.x.Assert(c.ran[i].Load() == 1, "job %d ran %d times", i, c.ran[i].Load())
		}
		c.x.Assert(c.owner.head == 0 && c.owner.Empty(), "jobs are left: head %d, ends %x", c.owner.head, c.owner.ends.Load())
	})
}

func modelTower(t *testing.T, cfg explore.Config, share uint32, slots, forks int, thieves ...int) {
	sized(t, share, slots)
	explore.Check(t, cfg, func(x *explore.Run) {
		c := newCrew(x)
		x.Go("owner", func() { x.Assert(tower(c.owner, errand{c, forks}) == forks, "the tower is not that high") })
		for _, n := range thieves {
			c.thief(n)
		}
		c.each(forks)
	})
}

func TestModelForkOneThief(t *testing.T)   { modelTower(t, explore.Config{}, 1, 4, 1, 1) }
func TestModelForkTwoThieves(t *testing.T) { modelTower(t, explore.Config{}, 1, 4, 1, 1, 1) }

// Two jobs, both shared: the owner and the thieves meet in the middle.
func TestModelForkTwoShared(t *testing.T) {
	modelTower(t, explore.Config{}, 2, 4, 2, 2)
}

func TestModelForkTwoSharedTwoThieves(t *testing.T) {
	modelTower(t, explore.Config{}, 2, 4, 2, 1, 1)
}

// The oldest job is shared and the others are private, until it is stolen.
func TestModelForkPrivate(t *testing.T)      { modelTower(t, explore.Config{}, 1, 4, 3, 1) }
func TestModelForkPrivateTwice(t *testing.T) { modelTower(t, explore.Config{}, 1, 4, 3, 2) }
func TestModelForkPrivateTwoThieves(t *testing.T) {
	modelTower(t, explore.Config{}, 1, 4, 3, 2, 1)
}

// The array grows while a thief is about to read its slot.
func TestModelForkGrows(t *testing.T) {
	modelTower(t, explore.Config{}, 1, 1, 3, 2)
}

func TestModelForkGrowsShared(t *testing.T) {
	modelTower(t, explore.Config{}, 3, 1, 3, 2)
}

// One fork after the other at the same place: `ends` comes back to what a slow thief has read.
func TestModelForkEndsComeBack(t *testing.T) {
	sized(t, 1, 4)
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newCrew(x)
		x.Go("owner", func() {
			for i := range 3 {
				_, got := Call(c.owner, func(*Worker, int) int { return 0 }, 0, do, errand{c, i})
				x.Assert(got == 10+i, "job %d returned %d", i, got)
			}
		})
		c.thief(2)
		c.each(3)
	})
}

// The same, with a larger array and a job of another type in between: the slot that the slow
// thief takes is in the new array.
func TestModelForkGrowsAndComesBack(t *testing.T) {
	sized(t, 2, 1)
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newCrew(x)
		x.Go("owner", func() {
			tower(c.owner, errand{c, 1})
			Call(c.owner, func(w *Worker, i int) int {
				Call(w, do, errand{c, 2}, do, errand{c, 3})
				return 0
			}, 0, do, errand{c, 4})
			Scope(c.owner, func(w *Worker, s *Group) {
				Fork(s, w, func(w *Worker, e *errand) { do(w, *e) }, &errand{c, 1})
			})
		})
		c.thief(1)
		x.Finally(func() {
			for i, want := range []uint32{1, 1, 1, 1, 1} {
				x.Assert(c.ran[i].Load() == want, "job %d ran %d times", i, c.ran[i].Load())
			}
		})
	})
}

// A stolen job forks on its thief's stack, and is stolen from in its turn, by the owner that
// waits for it.
func TestModelForkStolenBack(t *testing.T) {
	sized(t, 1, 4)
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newCrew(x)
		thief := NewWorker(new(thread))
		thief.grow()
		x.Label("thief's ends", &thief.ends)
		back := stealBack{c.host, c.owner, thief}
		c.owner.host = back
		x.Go("owner", func() {
			_, n := Call(c.owner, do, errand{c, 4}, tower, errand{c, 2})
			x.Assert(n == 2, "the stolen tower is %d high", n)
		})
		x.Go("thief", func() {
			if t := c.owner.Steal(); t.Got() {
				thief.Run(t)
			}
		})
		c.each(2)
	})
}

// stealBack steals from its thief once before it sleeps.
type stealBack struct {
	*thread
	w, from *Worker
}

func (s stealBack) Await(l *Latch) {
	if t := s.from.Steal(); t.Got() {
		s.w.Run(t)
	}
	s.thread.Await(l)
}

// When thefts are over, the next fork shares as many of the oldest jobs as it should.
func TestModelForkSharesAfterATheft(t *testing.T) {
	sized(t, 2, 8)
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		const forks = 4
		c := newCrew(x)
		var thefts word.Uint32
		var climb func(w *Worker, n int) int
		climb = func(w *Worker, n int) int {
			if n == forks {
				return 0
			}
			before := thefts.Load()
			tail := ends(w.ends.Load()).tail()
			Call(w, func(w *Worker, n int) int {
				if e := ends(w.ends.Load()); tail == before && e.tail() == tail {
					x.Assert(e.split() >= min(w.head, tail+eager), "after fork %d: tail %d, split %d, head %d", n, tail, e.split(), w.head)
				}
				return climb(w, n+1)
			}, n, do, errand{c, n})
			return 0
		}
		x.Go("owner", func() { climb(c.owner, 0) })
		w := NewWorker(new(thread))
		x.Go("thief", func() {
			for range 2 {
				if t := c.owner.Steal(); t.Got() {
					thefts.Inc()
					w.Run(t)
				}
			}
		})
		c.each(forks)
	})
}

// Children of a scope, which a thief forks more of.
func TestModelScope(t *testing.T) {
	sized(t, 1, 4)
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newCrew(x)
		run := func(w *Worker, e errand) { do(w, e) }
		x.Go("owner", func() {
			Scope(c.owner, func(w *Worker, s *Group) {
				Fork(s, w, func(w *Worker, e errand) {
					Fork(s, w, run, errand{c, 1})
					do(w, e)
				}, errand{c, 0})
				Fork(s, w, run, errand{c, 2})
			})
			for i := range 3 {
				x.Assert(c.ran[i].Load() == 1, "child %d ran %d times when the scope was left", i, c.ran[i].Load())
			}
		})
		c.thief(2)
		c.each(3)
	})
}

// A forked call that is no child, and forks one: who returns from it has run that too.
func TestModelScopeOfACall(t *testing.T) {
	sized(t, 1, 4)
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newCrew(x)
		x.Go("owner", func() {
			Scope(c.owner, func(w *Worker, s *Group) {
				Call(w, do, errand{c, 0}, func(w *Worker, e errand) int {
					Fork(s, w, func(w *Worker, e errand) { do(w, e) }, errand{c, 2})
					return do(w, e)
				}, errand{c, 1})
			})
			for i := range 3 {
				x.Assert(c.ran[i].Load() == 1, "job %d ran %d times when the scope was left", i, c.ran[i].Load())
			}
		})
		c.thief(2)
		c.each(3)
	})
}

// ended is what a fork panics with then.
type ended struct{ _ byte }

// A fork after a cancellation panics, again and again; a job that is stolen is cancelled too.
func TestModelCancel(t *testing.T) {
	sized(t, 1, 4)
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newCrew(x)
		token := &Token{value: new(ended)}
		var cancelled word.Uint32
		x.Label("token", token)
		fork := func(i int) (panicked bool) {
			defer func() { _, panicked = recover().(*ended) }()
			Call(c.owner, func(*Worker, int) int { return 0 }, 0, do, errand{c, i})
			return false
		}
		x.Go("owner", func() {
			c.owner.enter(token)
			for i := range 3 {
				if i == 1 { // something else, which is not cancelled
					mark := c.owner.Aside()
					x.Assert(!fork(5), "something else is cancelled")
					c.owner.Resume(mark)
				}
				late := cancelled.Load() == 1
				before := c.ran[i].Load()
				if fork(i) {
					x.Assert(c.ran[i].Load() == before, "job %d ran, cancelled", i)
				} else {
					x.Assert(!late, "fork %d went on after the cancellation", i)
				}
			}
			x.Assert(c.owner.head == 0, "a job is left")
		})
		x.Go("canceller", func() {
			token.cancelled.Store(true)
			c.owner.Interrupt()
			cancelled.Store(1)
		})
		w := NewWorker(new(thread))
		x.Go("thief", func() {
			if t := c.owner.Steal(); t.Got() {
				x.Assert(t.token == token || t.token == nil && t.job.(*frame[Worker, errand, int]).arg.i == 5, "the job has been shared with a wrong token")
				w.Run(t)
			}
		})
	})
}

// A scope that is left without a panic has run its children, cancelled or not.
func TestModelCancelAScope(t *testing.T) {
	sized(t, 1, 4)
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newCrew(x)
		token := &Token{value: new(ended)}
		x.Label("token", token)
		x.Go("owner", func() {
			c.owner.enter(token)
			returned := false
			defer func() {
				_, cancelled := recover().(*ended)
				x.Assert(cancelled || returned && c.ran[0].Load() == 1, "the scope was left without a panic, and its child ran %d times", c.ran[0].Load())
			}()
			Scope(c.owner, func(w *Worker, s *Group) {
				Fork(s, w, func(w *Worker, e errand) { do(w, e) }, errand{c, 0})
			})
			returned = true
		})
		x.Go("canceller", func() {
			token.cancelled.Store(true)
			c.owner.Interrupt()
		})
		c.thief(1)
	})
}

// An offer is withdrawn or taken, not both, and not neither.
func TestModelOffer(t *testing.T) {
	sized(t, 1, 4)
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newCrew(x)
		x.Go("owner", func() {
			for i := range 2 {
				_, got, taken := Offer(c.owner, do, errand{c, 4}, do, errand{c, i})
				x.Assert(!taken || got == 10+i, "the taken offer %d returned %d", i, got)
				if !taken {
					do(c.owner, errand{c, i})
				}
			}
		})
		c.thief(1)
		c.thief(1)
		c.each(2)
	})
}
