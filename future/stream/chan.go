package stream

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// FromChan returns a stream of what is received from ch, until that is closed. What is there when it is
// polled is taken on the spot; for the first value that is not, a goroutine is started that waits for one
// at a time, until ch is closed or the stream is dropped: a stream that is given up before its end must
// be. A value that has been received and not taken is discarded then. One value is received from ch only
// when it is asked for.
func FromChan[T any](ch <-chan T) future.Stream[T] {
	mustHave(ch != nil, "FromChan", "channel", "one that is made: a nil channel never has a value")
	return &received[T]{ch: ch}
}

// The protocol of FromChan.
//
//	chanIdle      nobody waits: what is in the channel is taken on the spot
//	chanWaiting   the goroutine waits for the channel, and owns item
//	chanReceived  the item is in item, which is the poller's
//	chanOver      the stream has ended, or was dropped
//
//	the goroutine, with a value   write item; waiting → received, and wake; if that fails it was
//	                              dropped meanwhile: discard the value. Then wait for more
//	the poller                    idle → waiting once its waker is left, and ask the goroutine for more;
//	                              or leave its waker, then look at the state; received → idle when it
//	                              has taken the item
//	Drop                          swap over in; what was received is discarded; end the goroutine
//
// Invariant: a value that was received is answered or discarded, by who finds the other one gone.
// Rejected: a goroutine for each value (its start costs more than the value), and a buffered
// hand-over (values that nobody has asked for would be lost with the stream).
type received[T any] struct {
	ch    <-chan T
	item  future.Poll[T]
	state word.Uint32
	waker waker.AtomicWaker
	more  chan future.Unit // nil before there is a goroutine; closed to end it
	let   func()           // the clock go on, see [future.Holder]; the goroutine's while it waits
}

const (
	chanIdle = iota
	chanWaiting
	chanReceived
	chanOver
)

func (r *received[T]) PollNext(cx *waker.Context) future.Poll[T] {
	s := r.state.Load()
	switch s {
	case chanOver:
		return end[T](cx)
	case chanIdle:
		select {
		case v, ok := <-r.ch:
			r.item, s = itemOf(v, ok), chanReceived
			r.state.Store(s)
		default:
			r.waker.Register(cx.Waker())
			r.let = wake.Hold(cx, true)
			r.state.Store(chanWaiting)
			r.ask()
			return future.Pending[T]()
		}
	case chanWaiting:
		r.waker.Register(cx.Waker())
		s = r.state.Load()
	}
	if s != chanReceived || !cx.Spend() {
		return future.Pending[T]()
	}
	item := r.item
	r.item = future.Poll[T]{}
	if item.Err() == nil {
		r.state.Store(chanIdle)
		return item
	}
	r.state.Store(chanOver)
	r.release()
	return item
}

// ask has the goroutine wait for one more value.
func (r *received[T]) ask() {
	if r.more == nil {
		r.more = make(chan future.Unit, 1)
		ch, more := r.ch, r.more
		wake.Go(func() { r.receive(ch, more) })
	}
	r.more <- future.Unit{} // there is room: it has taken the one before
}

// receive is the goroutine. It ends when more is closed.
func (r *received[T]) receive(ch <-chan T, more <-chan future.Unit) {
	for range more {
		select {
		case v, ok := <-ch:
			r.arrived(itemOf(v, ok))
		case <-more: // nobody asks twice: it is closed
		}
	}
}

func (r *received[T]) arrived(item future.Poll[T]) {
	r.item = item
	release := r.let
	if r.state.CompareAndSwap(chanWaiting, chanReceived) {
		defer wake.Let(release)
		wake.Cell(&r.waker, nil)
		return
	}
	r.item = future.Poll[T]{}
	v, _ := item.Result()
	future.Discard(v)
}

// StopWaiting implements future.Pauser. The goroutine goes on; its value is for the next poll.
func (r *received[T]) StopWaiting() {
	wake.Forget(&r.waker)
}

func (r *received[T]) Drop() {
	was := r.state.Swap(chanOver)
	if was == chanOver {
		return
	}
	r.release()
	if was == chanWaiting {
		wake.Let(r.let)
	}
	if was == chanReceived {
		v, _ := r.item.Result()
		r.item = future.Poll[T]{}
		future.Discard(v)
	}
}

// release lets go of the channel, the waker and the goroutine.
func (r *received[T]) release() {
	r.ch = nil
	if r.more != nil {
		close(r.more)
	}
	r.StopWaiting()
}

func itemOf[T any](v T, ok bool) future.Poll[T] {
	if !ok {
		return future.Failed[T](future.ErrEnd)
	}
	return future.Ready(v)
}
