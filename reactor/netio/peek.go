package netio

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// PeekOp is one look at what has arrived, made by [Conn.Peek]. See [future.Op].
type PeekOp struct {
	c     *Conn
	p     []byte
	state opState
	turn  turn
}

// Peek returns an operation that comes to the number of bytes copied into p of what is to be read next, and is read
// once more: at least 1, unless p is empty; io.EOF at the end. It waits only while there is nothing at all. It is one of
// those that read: one task at a time does. A pipe cannot be peeked into.
func (c *Conn) Peek(p []byte) PeekOp {
	c.check()
	return PeekOp{c: c, p: p, state: opNew}
}

// Poll implements future.Future.
func (o *PeekOp) Poll(cx *waker.Context) future.Poll[int] {
	mustBe(o != nil, "PeekOp")
	o.state.check("PeekOp")
	r := o.c.pollPeek(cx, o.p, &o.turn)
	o.c.keepTurn(reactor.Read, &o.turn, r.IsReady())
	o.state.note(r.IsReady())
	return r
}

// Drop implements future.Dropper: it gives up the wait.
func (o *PeekOp) Drop() {
	mustBe(o != nil, "PeekOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Read, &o.turn)
	}
	*o = PeekOp{}
}

// Await waits for it, see [future.Await].
func (o PeekOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }
