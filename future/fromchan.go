package future

import (
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// FromChan returns a future of one value received from ch. It fails with [ErrClosed]
// if ch is closed. A value that is there at the first poll is taken on the spot;
// otherwise one goroutine waits for it, from then until a value came or the future is
// dropped. A value that has been received when the future is dropped is discarded (see
// [Discard]): to stop waiting without that, let the sender decide.
func FromChan[T any](ch <-chan T) ChanOp[T] {
	notNil(ch != nil, "FromChan", "channel", "one that is made: a nil channel never has a value")
	return ChanOp[T]{&chanFuture[T]{ch: ch}}
}

// ChanOp is what [FromChan] returns: a handle of the wait, one pointer.
type ChanOp[T any] struct{ c *chanFuture[T] }

// Poll implements Future.
func (o ChanOp[T]) Poll(cx *waker.Context) Poll[T] { return o.future().Poll(cx) }

// Drop implements Dropper.
func (o ChanOp[T]) Drop() { o.future().Drop() }

// Await waits for a value.
func (o ChanOp[T]) Await(co *Co) (T, error) { return Await[T](co, o.future()) }

func (o ChanOp[T]) future() *chanFuture[T] { return made(o.c, "ChanOp", "FromChan makes them") }

// The protocol of chanFuture.
//
//	chanNew       not polled yet, and no value
//	chanWaiting   a goroutine waits for the channel, and owns out
//	chanReceived  the outcome is in out, which is the poller's
//	chanOver      it has answered, or was dropped
//
//	the goroutine, with a value   write out; waiting → received, and wake; if that fails
//	                              it was dropped meanwhile: discard the value
//	the poller                    leave its waker, then look at the state
//	Drop                          swap over in; what was received is discarded
//
// Invariant: a value that was received is answered or discarded, by who finds the other one
// gone. Rejected: polling the channel at each wake-up, as nothing in Go tells a waker that a
// channel has become ready.
type chanFuture[T any] struct {
	ch    <-chan T
	stop  chan struct{}
	out   Poll[T]
	state word.Uint32
	waker waker.AtomicWaker
	let   func() // see Holder
}

const (
	chanNew = iota
	chanWaiting
	chanReceived
	chanOver
)

func (c *chanFuture[T]) Poll(cx *waker.Context) Poll[T] {
	s := c.state.Load()
	switch s {
	case chanOver:
		ended("FromChan")
	case chanNew:
		select {
		case v, ok := <-c.ch:
			c.out = received(v, ok)
			s = chanReceived
			c.state.Store(s)
		default:
			c.stop = make(chan struct{})
			c.waker.Register(cx.Waker())
			c.let = wake.Hold(cx, true)
			c.state.Store(chanWaiting)
			go c.receive(c.ch, c.stop)
			return Pending[T]()
		}
	case chanWaiting:
		c.waker.Register(cx.Waker())
		s = c.state.Load()
	}
	if s != chanReceived || !cx.Spend() {
		return Pending[T]()
	}
	out := c.out
	c.out = Poll[T]{}
	c.state.Store(chanOver)
	c.release()
	return out
}

func (c *chanFuture[T]) receive(ch <-chan T, stop <-chan struct{}) {
	select {
	case v, ok := <-ch:
		c.arrived(received(v, ok))
	case <-stop:
	}
}

func (c *chanFuture[T]) arrived(out Poll[T]) {
	c.out = out
	if c.state.CompareAndSwap(chanWaiting, chanReceived) {
		defer wake.Let(c.let) // last, also if a waker ends this goroutine
		wake.Cell(&c.waker, nil)
	} else {
		c.out = Poll[T]{}
		Discard(out.value)
	}
}

func (c *chanFuture[T]) Drop() {
	switch c.state.Swap(chanOver) {
	case chanWaiting:
		close(c.stop)
		wake.Let(c.let)
	case chanReceived:
		v := c.out.value
		c.out = Poll[T]{}
		defer Discard(v)
	}
	c.release()
}

func (c *chanFuture[T]) release() {
	c.ch = nil
	wake.Forget(&c.waker)
}

func received[T any](v T, ok bool) Poll[T] {
	if !ok {
		return Failed[T](ErrClosed)
	}
	return Ready(v)
}
