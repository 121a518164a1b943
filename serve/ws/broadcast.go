package ws

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// BroadcastWait returns an operation that queues a message for each member of the group, and waits for those who have no room for it, whatever
// Config.Full says: a publisher that awaits it is as slow as the slowest, and loses nothing. Who has room has the message at once. It comes to how
// many it was queued for: members that end meanwhile are left out. If it is dropped before its end those who had no room do not get the message.
func (g *Group) BroadcastWait(p *Prepared) BroadcastOp {
	if p == nil {
		panic("ws: BroadcastWait of a nil Prepared; Prepare makes them")
	}
	return BroadcastOp{group: g, message: p}
}

// BroadcastOp is what [Group.BroadcastWait] returns. See future.Op.
type BroadcastOp struct {
	group   *Group
	message *Prepared
	begun   bool
	full    []*Conn // who had no room, and is waited for one after the other
	send    SendWaitOp
	n       int
}

// Poll implements future.Future.
func (o *BroadcastOp) Poll(cx *waker.Context) future.Poll[int] {
	if o.group == nil {
		panic("ws: Poll of a BroadcastOp that is over, or zero; Group.BroadcastWait makes them")
	}
	if !o.begun {
		o.begun = true
		o.n = o.group.each(func(c *Conn) bool {
			taken, err := c.offer(c.m.frame(o.message))
			if !taken {
				o.full = append(o.full, c)
			}
			return taken && err == nil
		})
	}
	for {
		if o.send.c == nil {
			if len(o.full) == 0 {
				n := o.n
				o.Drop()
				return future.Ready(n)
			}
			o.send = o.full[0].SendWait(o.message)
			o.full = o.full[1:]
		}
		p := o.send.Poll(cx)
		if p.IsPending() {
			return future.Pending[int]()
		}
		if p.Err() == nil {
			o.n++
		}
	}
}

// Await waits, see future.Await.
func (o BroadcastOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// Drop implements future.Dropper.
func (o *BroadcastOp) Drop() {
	o.send.Drop()
	*o = BroadcastOp{}
}
