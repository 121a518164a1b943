package coord

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/waker"
)

// ends is a channel whose sender may wait for the end of the other side.
type ends interface {
	// ended reports whether nobody receives.
	ended() bool
	// endLine is where to wait for that. When it has come all that are there are told.
	endLine() *waitlist.List
}

// ClosedOp is what the methods named Closed return: it is ready once nobody receives any more. Dropping
// one ends its wait and nothing else.
type ClosedOp struct {
	of   ends
	node waitlist.Node
}

// Poll implements future.Future.
func (c *ClosedOp) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if c == nil || c.of == nil {
		overOp("ClosedOp", "a sender's Closed")
	}
	if !c.of.ended() {
		l := c.of.endLine()
		if l.Wait(&c.node, cx.Waker()) == waitlist.Notified {
			l.Wait(&c.node, cx.Waker()) // somebody receives again
		}
		if !c.of.ended() {
			return future.Pending[future.Unit]()
		}
	}
	if !cx.Spend() {
		return future.Pending[future.Unit]()
	}
	c.Drop()
	return future.Ready(future.Unit{})
}

// Drop implements future.Dropper.
func (c *ClosedOp) Drop() {
	if c.of != nil {
		of := c.of
		c.of = nil
		of.endLine().Leave(&c.node) // all are told, so there is no turn to hand on
	}
}

// Await waits until nobody receives any more.
func (c ClosedOp) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, c) }
