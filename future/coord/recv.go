package coord

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/waker"
)

// look reports whether there seems to be a value, for a receive with this node. If there is none it has
// the node wait. See the protocol in channel.go.
func (c *channel[T]) look(n *waitlist.Node, cx *waker.Context) sight {
	for passedOver := false; !c.available(); {
		var s waitlist.State
		switch {
		case !c.shared:
			s = waitAlone(&c.receivers, n, cx.Waker(), "a second Recv of a Receiver waits while one does already: drop that first, or make an MPMC for several receivers")
		case passedOver:
			s = waitFirst(&c.receivers, n, cx.Waker())
		default:
			s = c.receivers.Wait(n, cx.Waker())
		}
		if s == waitlist.Notified {
			passedOver = true // if there is still no value
			continue
		}
		if c.available() {
			break
		}
		if s != waitlist.Closed || !cx.Spend() {
			return noneYet
		}
		return noMore
	}
	if !cx.Spend() {
		return noneYet
	}
	return someValue
}

// sight is what a receiver sees.
type sight uint8

const (
	noneYet   sight = iota // it will be woken
	someValue              // another receiver may be quicker
	noMore
)

// stopReceiving ends a wait for values. If there are some its turn, which it may have had, is that of the next.
func (c *channel[T]) stopReceiving(n *waitlist.Node) {
	c.receivers.Leave(n)
	if c.shared && !c.receivers.Empty() && c.available() {
		c.receivers.NotifyOne(nil)
	}
}

// tryRecv receives without waiting.
func (c *channel[T]) tryRecv() (T, error) {
	if v, ok := c.takeOne(); ok {
		return v, nil
	}
	var none T
	if !c.receivers.Closed() {
		return none, ErrEmpty
	}
	// Nothing comes after that was closed, but something may have come before.
	if v, ok := c.takeOne(); ok {
		return v, nil
	}
	return none, c.over()
}

// RecvOp is what the Recv of a [Receiver] and a [SharedReceiver] return.
type RecvOp[T any] struct {
	c    *channel[T]
	node waitlist.Node
}

// Poll implements future.Future.
func (r *RecvOp[T]) Poll(cx *waker.Context) future.Poll[T] {
	if r == nil || r.c == nil {
		overOp("RecvOp", "a receiver's Recv")
	}
	for {
		switch r.c.look(&r.node, cx) {
		case noneYet:
			return future.Pending[T]()
		case noMore:
			err := r.c.over()
			r.Drop()
			return future.Failed[T](err)
		}
		if v, ok := r.c.takeOne(); ok {
			r.Drop()
			return future.Ready(v)
		}
	}
}

// Drop implements future.Dropper.
func (r *RecvOp[T]) Drop() {
	if c := r.c; c != nil {
		r.c = nil
		c.stopReceiving(&r.node)
	}
}

// Await waits for a value.
func (r RecvOp[T]) Await(co *future.Co) (T, error) { return future.AwaitOp(co, r) }

// RecvManyOp is what the RecvMany of a [Receiver] and a [SharedReceiver] return.
type RecvManyOp[T any] struct {
	c    *channel[T]
	buf  []T
	node waitlist.Node
}

// Poll implements future.Future.
func (r *RecvManyOp[T]) Poll(cx *waker.Context) future.Poll[int] {
	if r == nil || r.c == nil {
		overOp("RecvManyOp", "a receiver's RecvMany")
	}
	if len(r.buf) == 0 {
		if !cx.Spend() {
			return future.Pending[int]()
		}
		r.Drop()
		return future.Ready(0)
	}
	for {
		switch r.c.look(&r.node, cx) {
		case noneYet:
			return future.Pending[int]()
		case noMore:
			err := r.c.over()
			r.Drop()
			return future.Failed[int](err)
		}
		if n := r.c.take(r.buf); n > 0 {
			r.Drop()
			return future.Ready(n)
		}
	}
}

// Drop implements future.Dropper.
func (r *RecvManyOp[T]) Drop() {
	if c := r.c; c != nil {
		r.c, r.buf = nil, nil
		c.stopReceiving(&r.node)
	}
}

// Await waits for values.
func (r RecvManyOp[T]) Await(co *future.Co) (int, error) { return future.AwaitOp(co, r) }
