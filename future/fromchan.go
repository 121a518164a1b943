package future

import (
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// FromChan returns a future of one value received from ch. It fails with [ErrClosed]
// if ch is closed. A value that is there at the first poll is taken on the spot;
// otherwise one goroutine waits for it, from then until a value came or the future is
// dropped. A value that this goroutine has received when the future is dropped is
// lost: to stop waiting without that, let the sender decide.
func FromChan[T any](ch <-chan T) Future[T] {
	notNil(ch != nil, "FromChan", "channel", "one that is made: a nil channel never has a value")
	return &chanFuture[T]{ch: ch}
}

// The protocol of chanFuture: the goroutine writes out, sets done, and wakes; the
// poller leaves its waker and reads out once it sees done, which it looks at again
// after it left the waker. After Drop the goroutine may still write out, which nobody
// reads. Rejected: polling the channel at each wake-up, as nothing in Go tells a
// waker that a channel has become ready.
type chanFuture[T any] struct {
	ch    <-chan T // nil when the future has ended
	stop  chan struct{}
	out   Poll[T]
	done  word.Bool
	waker waker.AtomicWaker
}

func (c *chanFuture[T]) Poll(cx *waker.Context) Poll[T] {
	if c.ch == nil {
		ended("FromChan")
	}
	if c.stop == nil {
		select {
		case v, ok := <-c.ch:
			c.ch = nil
			return received(v, ok)
		default:
		}
		c.stop = make(chan struct{})
		c.waker.Register(cx.Waker())
		go c.receive(c.ch)
		return Pending[T]()
	}
	c.waker.Register(cx.Waker())
	if !c.done.Load() {
		return Pending[T]()
	}
	out := c.out
	c.ch, c.out = nil, Poll[T]{}
	c.release()
	return out
}

func (c *chanFuture[T]) receive(ch <-chan T) {
	select {
	case v, ok := <-ch:
		c.out = received(v, ok)
		c.done.Store(true)
		c.waker.Wake()
	case <-c.stop:
	}
}

func (c *chanFuture[T]) Drop() {
	if c.ch == nil {
		return
	}
	c.ch = nil
	if c.stop != nil {
		close(c.stop)
		c.release()
	}
}

func (c *chanFuture[T]) release() {
	if w, ok := c.waker.Take(); ok {
		w.Drop()
	}
}

func received[T any](v T, ok bool) Poll[T] {
	if !ok {
		return Failed[T](ErrClosed)
	}
	return Ready(v)
}
