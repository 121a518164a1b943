//go:build explore

package waitlist

import (
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// guest is a task that is a thread: it sleeps until it is woken.
type guest struct {
	node  Node
	woken explore.Event
	kept  word.Int32
}

var guestVTable waker.VTable

func init() {
	guestVTable = waker.VTable{
		Clone: func(p unsafe.Pointer) waker.RawWaker {
			(*guest)(p).kept.Inc()
			return waker.RawWaker{Data: p, VTable: &guestVTable}
		},
		Wake: func(p unsafe.Pointer) {
			(*guest)(p).kept.Dec()
			(*guest)(p).woken.Set()
		},
		WakeByRef: func(p unsafe.Pointer) { (*guest)(p).woken.Set() },
		Drop:      func(p unsafe.Pointer) { (*guest)(p).kept.Dec() },
	}
}

func (g *guest) waker() waker.Waker {
	return waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(g), VTable: &guestVTable})
}

// room is the state of a model: a list and its guests.
type room struct {
	x  *explore.Run
	l  List
	gs []*guest
}

func newRoom(x *explore.Run, guests int) *room {
	r := &room{x: x}
	x.Label("list", &r.l)
	for range guests {
		r.gs = append(r.gs, new(guest))
		x.Label("guest", r.gs[len(r.gs)-1])
	}
	return r
}

// seat puts a guest in line before the model begins.
func (r *room) seat(i int) {
	s := r.l.Wait(&r.gs[i].node, r.gs[i].waker())
	r.x.Assert(s == Waiting, "seated: %d", s)
}

// await waits until guest i is told something.
func (r *room) await(i int) State {
	g := r.gs[i]
	for {
		if s := r.l.Wait(&g.node, g.waker()); s != Waiting {
			return s
		}
		g.woken.Wait()
	}
}

// empty says that nobody is in line, and no waker is kept.
func (r *room) empty() {
	r.x.Finally(func() {
		first := r.l.head.Load()
		r.x.Assert(first == nil || first == over, "somebody is left in line")
		for i, g := range r.gs {
			r.x.Assert(g.kept.Load() == 0, "guest %d: %d clones are kept", i, g.kept.Load())
			r.x.Assert(g.node.State() == Out && g.node.waker.IsNoop(), "guest %d: the node is left in state %d", i, g.node.State())
		}
	})
}

// notify notifies one guest, as soon as there is one.
func (r *room) notify() {
	for !r.l.NotifyOne(nil) {
		word.Spin()
	}
}

func TestModelWaitlistNotifyOne(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := newRoom(x, 1)
		x.Go("guest", func() { x.Assert(r.await(0) == Notified, "not notified") })
		x.Go("host", r.notify)
		r.empty()
	})
}

// Two in line, two turns by two threads: each guest has one.
func TestModelWaitlistTwoTurns(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := newRoom(x, 2)
		r.seat(0)
		r.seat(1)
		x.Go("host 1", r.notify)
		x.Go("host 2", r.notify)
		x.Finally(func() {
			for i, g := range r.gs {
				x.Assert(g.node.State() == Notified && g.woken.IsSet(), "guest %d has no turn", i)
				x.Assert(g.kept.Load() == 0, "guest %d: %d clones are kept", i, g.kept.Load())
			}
		})
	})
}

// The one who has waited longer has the first turn, whoever else joins or leaves.
func TestModelWaitlistOrder(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := newRoom(x, 3)
		r.seat(0)
		r.seat(1)
		left := false
		x.Go("leaver", func() { left = !r.l.Leave(&r.gs[0].node) })
		x.Go("comer", func() { r.l.Wait(&r.gs[2].node, r.gs[2].waker()) })
		x.Go("host", func() { r.l.NotifyOne(nil) })
		x.Finally(func() {
			second := r.gs[1].node.State() == Notified
			x.Assert(second == left, "the first left: %v, the second has its turn: %v", left, second)
			x.Assert(r.gs[2].node.State() == Waiting, "the last has a turn")
		})
	})
}

// A guest that leaves hands its turn on: the other one gets it.
func TestModelWaitlistHandsOn(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := newRoom(x, 2)
		r.seat(0)
		r.seat(1)
		x.Go("leaver", func() {
			if r.l.Leave(&r.gs[0].node) {
				r.l.NotifyOne(nil)
			}
		})
		x.Go("other", func() { x.Assert(r.await(1) == Notified, "not notified") })
		x.Go("host", func() { r.l.NotifyOne(nil) })
		r.empty()
	})
}

// A guest that changes its waker is woken by the last one it gave, or told at once.
func TestModelWaitlistMoves(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := newRoom(x, 2)
		r.seat(0)
		node, second := &r.gs[0].node, r.gs[1]
		x.Go("guest", func() {
			for r.l.Wait(node, second.waker()) == Waiting {
				second.woken.Wait()
			}
		})
		x.Go("host", r.notify)
		r.empty()
	})
}

// A node that was told may be used for another wait at once, in another list: who told it
// does not touch it any more.
func TestModelWaitlistUsedAgain(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := newRoom(x, 2)
		var other List
		x.Label("other", &other)
		r.seat(0)
		r.seat(1)
		x.Go("guest", func() {
			g := r.gs[0]
			for r.l.Wait(&g.node, g.waker()) == Waiting {
				word.Spin()
			}
			g.woken.TryWait()
			x.Assert(other.Wait(&g.node, g.waker()) == Waiting, "cannot wait again")
		})
		x.Go("host", func() { r.l.NotifyAll(nil) })
		x.Finally(func() {
			x.Assert(r.gs[1].node.State() == Notified, "the second was forgotten")
			x.Assert(other.head.Load() == &r.gs[0].node && r.l.head.Load() == nil, "the lists are mixed up")
			x.Assert(other.NotifyOne(nil) && r.gs[0].woken.IsSet(), "not woken by the second list")
		})
	})
}

// Whoever joins a list that is being closed is woken, or told.
func TestModelWaitlistClose(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := newRoom(x, 2)
		for i := range r.gs {
			x.Go("guest", func() { x.Assert(r.await(i) == Closed, "not closed") })
		}
		x.Go("closer", func() { r.l.Close(nil) })
		r.empty()
	})
}

// A list is closed while one leaves it, and two more are in line.
func TestModelWaitlistCloseAgainstLeave(t *testing.T) {
	for leaver := range 3 {
		explore.Check(t, explore.Config{}, func(x *explore.Run) {
			r := newRoom(x, 3)
			for i := range r.gs {
				r.seat(i)
			}
			x.Go("leaver", func() { x.Assert(!r.l.Leave(&r.gs[leaver].node), "a closed list has a turn to hand on") })
			x.Go("closer", func() { r.l.Close(nil) })
			x.Finally(func() {
				for i, g := range r.gs {
					x.Assert(i == leaver || g.node.State() == Closed && g.woken.IsSet(), "guest %d sleeps for ever", i)
					x.Assert(g.kept.Load() == 0, "guest %d: %d clones are kept", i, g.kept.Load())
				}
				x.Assert(r.l.head.Load() == over, "the list is left open")
			})
		})
	}
}

// One joins while a list of two is closed, a guest at a time: it finds it closed.
func TestModelWaitlistCloseInBatches(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := newRoom(x, 3)
		r.seat(0)
		r.seat(1)
		begun := false
		x.Go("closer", func() { r.l.Close(nil) })
		x.Go("late", func() {
			begun = r.l.Closed()
			s := r.l.Wait(&r.gs[2].node, r.gs[2].waker())
			x.Assert(!begun || s == Closed, "joined a closed list: %d", s)
		})
		x.Finally(func() {
			g := r.gs[2]
			x.Assert(g.node.State() != Waiting && g.kept.Load() == 0, "the late one sleeps for ever")
		})
	})
}

// All that were in line when NotifyAll began are told, and those who come meanwhile are
// told or stay.
func modelNotifyAll(comes, leaves bool) func(x *explore.Run) {
	return func(x *explore.Run) {
		r := newRoom(x, 3)
		r.seat(0)
		r.seat(1)
		x.Go("host", func() { r.l.NotifyAll(nil) })
		if comes {
			x.Go("comer", func() { r.l.Wait(&r.gs[2].node, r.gs[2].waker()) })
		}
		if leaves {
			x.Go("leaver", func() { r.l.Leave(&r.gs[0].node) })
		}
		x.Finally(func() {
			x.Assert(r.gs[1].node.State() == Notified && r.gs[1].woken.IsSet(), "the second sleeps for ever")
			if comes {
				s := r.gs[2].node.State()
				x.Assert(s == Waiting || s == Notified && r.gs[2].woken.IsSet(), "the comer is in state %d", s)
			}
		})
	}
}

func TestModelWaitlistNotifyAll(t *testing.T) {
	explore.Check(t, explore.Config{}, modelNotifyAll(true, false))
	explore.Check(t, explore.Config{}, modelNotifyAll(false, true))
	// All three at once has four million schedules.
	explore.Check(t, explore.Config{Preemptions: 3}, modelNotifyAll(true, true))
}

// A turnstile, handed from each holder to the next: one is inside at a time, and all come
// through, though one of them gives up.
func TestModelWaitlistTurnstile(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := newRoom(x, 2)
		held, inside := false, 0
		exit := func() {
			inside--
			h := r.l.Lock()
			first := h.First()
			if held = first != nil; !held {
				h.Unlock()
				return
			}
			w := h.Take(first)
			h.Unlock()
			w.Wake()
		}
		enter := func(g *guest) State {
			clone := g.waker().Clone()
			h := r.l.Lock()
			if !held {
				held = true
				h.Unlock()
				clone.Drop()
				return Notified
			}
			h.Push(&g.node, clone)
			h.Unlock()
			return Waiting
		}
		x.Go("patient", func() {
			g := r.gs[0]
			for s := enter(g); s != Notified; s = r.l.Wait(&g.node, g.waker()) {
				g.woken.Wait()
			}
			inside++
			x.Assert(inside == 1, "two are inside")
			exit()
		})
		x.Go("impatient", func() {
			g := r.gs[1]
			if enter(g) == Notified || r.l.Leave(&g.node) {
				inside++
				x.Assert(inside == 1, "two are inside")
				exit()
			}
		})
		x.Finally(func() { x.Assert(!held && inside == 0, "held at the end") })
		r.empty()
	})
}
