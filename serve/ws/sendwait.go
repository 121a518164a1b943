package ws

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/waker"
)

// SendWait returns an operation that queues a message when there is room for it, whatever Config.Full says. It fails with ErrClosed. If it is
// dropped before its end the message is not sent. Of several who wait the first is woken first, but one who comes just then may be faster.
func (c *Conn) SendWait(p *Prepared) SendWaitOp {
	if p == nil {
		panic("ws: SendWait of a nil Prepared; Prepare makes them")
	}
	return SendWaitOp{c: c, frame: c.m.frame(p)}
}

// SendWaitOp is what [Conn.SendWait] returns. See future.Op.
type SendWaitOp struct {
	c     *Conn
	frame []byte
	node  waitlist.Node
}

// Poll implements future.Future.
func (o *SendWaitOp) Poll(cx *waker.Context) future.Poll[future.Unit] {
	c := o.c
	if c == nil {
		panic("ws: Poll of a SendWaitOp that is over, or zero; Conn.SendWait makes them")
	}
	if !cx.Spend() {
		return future.Pending[future.Unit]()
	}
	for {
		if taken, err := c.offer(o.frame); taken {
			o.Drop()
			return future.Done(future.Unit{}, err)
		}
		// A node that was in line already is told of room that has come since the offer.
		was := o.node.State()
		switch c.waiting.Wait(&o.node, cx.Waker()) {
		case waitlist.Closed:
			o.Drop()
			return future.Failed[future.Unit](ErrClosed)
		case waitlist.Waiting:
			if was == waitlist.Waiting {
				return future.Pending[future.Unit]()
			}
		}
	}
}

// Await waits, see future.Await.
func (o SendWaitOp) Await(co *future.Co) (future.Unit, error) {
	return future.AwaitOp(co, o)
}

// Drop implements future.Dropper.
func (o *SendWaitOp) Drop() {
	if c := o.c; c != nil {
		o.c, o.frame = nil, nil
		c.waiting.Leave(&o.node)
	}
}
