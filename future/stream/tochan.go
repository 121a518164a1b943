package stream

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// ToChan returns an operation that sends the values of s to ch, for goroutines that receive from it, and
// comes to its end with s, or to the first error. It does not close ch: that is for whoever made it. While
// ch is full s is not asked for more: a goroutine waits for room, which is started when that happens
// first, and ends with the operation. Dropped, the operation discards what could not be sent.
func ToChan[T any](s future.Stream[T], ch chan<- T) future.BoxedOp[future.Unit] {
	mustHave(ch != nil, "ToChan", "channel", "one that is made: a nil channel never has room")
	return future.Of[future.Unit](&sending[T]{over: on(s, "ToChan"), ch: ch})
}

// The protocol of ToChan.
//
//	sendIdle      the poller sends what is received by somebody on the spot
//	sendWaiting   the goroutine waits for room for a value, and owns that
//	sendOver      the operation has ended, or was dropped
//
//	the poller     leave its waker, idle → waiting, and hand the value over
//	the goroutine  when it is sent: waiting → idle, and wake; if that fails nobody polls any more
//	Drop           swap over in, and end the goroutine, which discards what it could not send
//
// Rejected: a goroutine that polls the stream itself (a stream may be bound to its task's thread).
type sending[T any] struct {
	over[T]
	ch    chan<- T
	state word.Uint32
	waker waker.AtomicWaker
	work  chan T // nil before there is a goroutine; closed to end it
	let   func() // the clock go on, see [future.Holder]; the goroutine's while it waits
}

const (
	sendIdle = iota
	sendWaiting
	sendOver
)

func (o *sending[T]) Poll(cx *waker.Context) future.Poll[future.Unit] {
	switch o.state.Load() {
	case sendOver:
		panic("stream: ToChan polled after Ready (or after Drop): make a new one")
	case sendWaiting:
		o.waker.Register(cx.Waker())
		if o.state.Load() == sendWaiting {
			return future.Pending[future.Unit]()
		}
	}
	for {
		p := o.next(cx)
		if p.IsPending() {
			return future.Pending[future.Unit]()
		}
		v, err := p.Result()
		if err != nil {
			if err == future.ErrEnd {
				err = nil
			} else {
				future.Discard(v)
			}
			o.Drop()
			return future.Done(future.Unit{}, err)
		}
		select {
		case o.ch <- v:
		default:
			o.waker.Register(cx.Waker())
			o.let = wake.Hold(cx, true)
			o.state.Store(sendWaiting)
			o.hand(v)
			return future.Pending[future.Unit]()
		}
	}
}

// hand gives a value to the goroutine.
func (o *sending[T]) hand(v T) {
	if o.work == nil {
		o.work = make(chan T, 1)
		ch, work := o.ch, o.work
		wake.Go(func() { o.send(ch, work) })
	}
	o.work <- v // there is room: it has sent the one before
}

// send is the goroutine. It ends when work is closed.
func (o *sending[T]) send(ch chan<- T, work <-chan T) {
	for v := range work {
		select {
		case ch <- v:
			o.sent()
		case <-work: // nobody hands two over: it is closed
			future.Discard(v)
		}
	}
}

func (o *sending[T]) sent() {
	release := o.let
	if o.state.CompareAndSwap(sendWaiting, sendIdle) {
		defer wake.Let(release)
		wake.Cell(&o.waker, nil)
	}
}

func (o *sending[T]) Drop() {
	was := o.state.Swap(sendOver)
	if was == sendOver {
		return
	}
	defer o.leave()
	if was == sendWaiting {
		wake.Let(o.let)
	}
	if o.work != nil {
		close(o.work)
	}
	wake.Forget(&o.waker)
}

// Name returns what the operation is called in reports.
func (o *sending[T]) Name() string { return "stream.ToChan" }
