//go:build explore

package coord

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/waitlist"
)

// sends sends values of this thread, waiting for room.
func sends(x *explore.Run, tx *Sender[int], vs ...int) {
	for _, v := range vs {
		op := tx.Send(v)
		_, err := sleepUntil(&op)
		x.Assert(err == nil, "sending %d: %v", v, err)
	}
}

// receives receives until the channel is closed.
func receives(x *explore.Run, op func() RecvOp[int]) (got []int) {
	for {
		r := op()
		v, err := sleepUntil(&r)
		if err != nil {
			x.Assert(errors.Is(err, ErrClosed), "receiving: %v", err)
			return got
		}
		got = append(got, v)
	}
}

// settled checks that nothing is left in a channel.
func settled(x *explore.Run, c *channel[int], closed bool) {
	x.Assert(c.promised == 0, "%d permits are out", c.promised)
	x.Assert(c.head.Load() == c.tail.Load()&^endFlags, "a value is left")
	for name, l := range map[string]*waitlist.List{"senders": &c.senders, "receivers": &c.receivers} {
		h := l.Lock()
		x.Assert(h.First() == nil && h.Closed() == closed, "the line of %s has somebody, %v, or is closed: %v", name, h.First() != nil, h.Closed())
		h.Unlock()
	}
}

// One sender, with room for one value: all come, in their order, through several pieces of the queue.
func TestModelChannelOneToOne(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		tx, rx := MPSC[int](1)
		x.Label("channel", tx.c)
		x.Go("sender", func() { sends(x, tx, 1, 2, 3); tx.Close() })
		var got []int
		x.Go("receiver", func() { got = receives(x, rx.Recv) })
		x.Finally(func() {
			x.Assert(len(got) == 3 && got[0] == 1 && got[1] == 2 && got[2] == 3, "received %v", got)
			settled(x, tx.c, true)
		})
	})
}

// The same with one value, in all its interleavings.
func TestModelChannelOneValue(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		tx, rx := MPSC[int](1)
		x.Label("channel", tx.c)
		x.Go("sender", func() { x.Assert(tx.TrySend(1) == nil, "no room") })
		x.Go("receiver", func() {
			op := rx.Recv()
			v, err := sleepUntil(&op)
			x.Assert(v == 1 && err == nil, "received %d, %v", v, err)
		})
		x.Finally(func() { settled(x, tx.c, false) })
	})
}

// Queues without a limit hand their pieces back and forth.
func TestModelChannelPieces(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		tx, rx := UnboundedMPSC[int]()
		x.Label("channel", tx.c)
		for i := range 3 { // the receiver is about to leave a piece
			x.Assert(tx.Send(i) == nil, "closed")
		}
		x.Go("sender", func() {
			for i := 3; i < 7; i++ {
				x.Assert(tx.Send(i) == nil, "closed")
			}
		})
		x.Go("receiver", func() {
			for i := range 6 {
				op := rx.Recv()
				v, err := sleepUntil(&op)
				x.Assert(v == i && err == nil, "received %d, %v; want %d", v, err, i)
			}
		})
		x.Finally(func() {
			x.Assert(rx.Len() == 1, "%d are left", rx.Len())
			c, seen := tx.c, map[*block[int]]bool{}
			for _, list := range []*block[int]{c.first, c.fresh, c.used.Load()} {
				for b := list; b != nil; b = b.next {
					x.Assert(!seen[b], "a piece is in two places")
					seen[b] = true
				}
			}
		})
	})
}

// Room that a receive makes reaches the sender that comes to wait at this moment.
func TestModelChannelRoom(t *testing.T) {
	explore.Check(t, testkit.Within(4), func(x *explore.Run) {
		tx, rx := MPSC[int](1)
		x.Label("channel", tx.c)
		x.Assert(tx.TrySend(1) == nil, "no room")
		x.Go("sender", func() { sends(x, tx, 2) })
		x.Go("receiver", func() {
			v, err := rx.TryRecv()
			x.Assert(v == 1 && err == nil, "received %d, %v", v, err)
		})
		x.Finally(func() {
			x.Assert(rx.Len() == 1 && tx.c.promised == 0, "%d values, %d permits", rx.Len(), tx.c.promised)
		})
	})
}

// Two come to wait, and one of them gives up, while room comes: the other one has it, though only the first
// looks once more.
func TestModelChannelTwoJoin(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		tx, rx := MPSC[int](1)
		x.Label("channel", tx.c)
		x.Assert(tx.TrySend(1) == nil, "no room")
		x.Go("impatient", func() {
			op := tx.Reserve()
			if p := op.Poll(new(testkit.Sleeper).Context()); p.IsReady() {
				permit, _ := p.Result()
				permit.Drop()
			}
			op.Drop()
		})
		x.Go("sender", func() { sends(x, tx, 2) })
		x.Go("receiver", func() {
			v, err := rx.TryRecv()
			x.Assert(v == 1 && err == nil, "received %d, %v", v, err)
		})
		x.Finally(func() {
			x.Assert(rx.Len() == 1 && tx.c.promised == 0, "%d values, %d permits", rx.Len(), tx.c.promised)
		})
	})
}

// A sender gives up while room comes: the other one in line has it.
func TestModelChannelSenderGivesUp(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		tx, rx := MPSC[int](1)
		x.Label("channel", tx.c)
		x.Assert(tx.TrySend(1) == nil, "no room")
		first := tx.Send(8)
		first.Poll(new(testkit.Sleeper).Context())
		x.Go("impatient", func() { first.Drop() })
		x.Go("sender", func() { sends(x, tx, 2) })
		x.Go("receiver", func() {
			for want := 1; want <= 2; want++ {
				op := rx.Recv()
				v, err := sleepUntil(&op)
				x.Assert(v == want && err == nil, "received %d, %v; want %d", v, err, want)
			}
		})
		x.Finally(func() { settled(x, tx.c, false) })
	})
}

// A permit comes back, or is sent with, while the receiver closes and waits: it is told of the end.
func TestModelChannelCloseAgainstPermit(t *testing.T) {
	for _, drop := range []bool{false, true} {
		explore.Check(t, explore.Config{}, func(x *explore.Run) {
			tx, rx := MPSC[int](1)
			x.Label("channel", tx.c)
			permit, err := tx.TryReserve()
			x.Assert(err == nil, "no room")
			x.Go("sender", func() {
				if drop {
					permit.Drop()
				} else {
					x.Assert(permit.Send(7) == nil, "a receiver that was closed is not dropped")
				}
			})
			var got []int
			x.Go("receiver", func() {
				rx.Close()
				got = receives(x, rx.Recv)
			})
			x.Finally(func() {
				x.Assert((len(got) == 0) == drop, "received %v", got)
				settled(x, tx.c, true)
			})
		})
	}
}

// The receiver is dropped while somebody sends and another one waits: what is sent is discarded, the
// others fail.
func TestModelChannelDropAgainstSend(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		dropped, refused := 0, 0
		tx, rx := MPSC[discarded](1)
		x.Label("channel", tx.c)
		for range 2 {
			x.Go("sender", func() {
				op := tx.Send(discarded{&dropped})
				if _, err := sleepUntil(&op); err != nil {
					refused++
				}
			})
		}
		x.Go("receiver", rx.Drop)
		x.Finally(func() {
			x.Assert(dropped+refused == 2, "%d discarded, %d refused", dropped, refused)
			x.Assert(tx.c.promised == 0 && tx.Len() == 0, "%d permits, %d values", tx.c.promised, tx.Len())
		})
	})
}

// The last of the senders is closed while a receive begins to wait.
func TestModelChannelSendersClose(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		tx, rx := UnboundedMPSC[int]()
		x.Label("channel", tx.c)
		weak := tx.Downgrade()
		x.Go("sender", func() { x.Assert(tx.Send(1) == nil, "closed"); tx.Close() })
		upgraded := false
		x.Go("weak", func() {
			s, ok := weak.Upgrade()
			if upgraded = ok; ok {
				x.Assert(s.Send(2) == nil, "an upgraded sender finds the channel closed")
				s.Close()
			}
		})
		var got []int
		x.Go("receiver", func() { got = receives(x, rx.Recv) })
		x.Finally(func() {
			x.Assert(len(got) == 1 && !upgraded || len(got) == 2 && upgraded, "%v, received %v", upgraded, got)
		})
	})
}

// Two receivers share two values, whoever waits, and a third who gives up takes no turn with it.
func TestModelChannelReceiversShare(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		tx, rx := UnboundedMPMC[int]()
		x.Label("channel", tx.c)
		first := rx.Recv()
		first.Poll(new(testkit.Sleeper).Context())
		got := make([]int, 2)
		for i := range got {
			x.Go("receiver", func() {
				op := rx.Recv()
				v, err := sleepUntil(&op)
				x.Assert(err == nil, "%v", err)
				got[i] = v
			})
		}
		x.Go("sender", func() {
			x.Assert(tx.Send(1) == nil && tx.Send(2) == nil, "closed")
		})
		x.Go("impatient", func() { first.Drop() })
		x.Finally(func() {
			x.Assert(got[0]+got[1] == 3, "received %v", got)
			settled(x, tx.c, false)
		})
	})
}

// A receiver that is told of a value which another one has taken waits on, and gets the next.
func TestModelChannelPassedOver(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		tx, rx := UnboundedMPMC[int]()
		x.Label("channel", tx.c)
		quick := 0
		x.Go("sender", func() { x.Assert(tx.Send(1) == nil && tx.Send(2) == nil, "closed") })
		x.Go("quick", func() { quick, _ = rx.TryRecv() })
		x.Go("patient", func() {
			op := rx.Recv()
			v, err := sleepUntil(&op)
			x.Assert(err == nil && v != 0, "%d, %v", v, err)
		})
		x.Finally(func() { x.Assert(rx.Len() == 1 && quick == 0 || rx.Len() == 0, "%d are left", rx.Len()) })
	})
}
