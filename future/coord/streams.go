package coord

import (
	"errors"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Receivers are streams (see future.Stream): PollNext is a receive that is polled, and made anew for the
// next value. The end of the channel is the end of the stream.
//
// It waits at a node of the receiver's own, which StopWaiting takes out of the line, as the Drop of a
// receive does, and hands its turn on.

// item is a receive's outcome as a stream's.
func item[T any](p future.Poll[T]) future.Poll[T] {
	if err := p.Err(); err != nil && errors.Is(err, ErrClosed) {
		return future.Failed[T](future.ErrEnd)
	}
	return p
}

// PollNext implements future.Stream: the values that Recv receives, until no more will come.
func (r *Receiver[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if r.core(); r.next.c == nil {
		r.next = r.Recv()
	}
	return item(r.next.Poll(cx))
}

// StopWaiting implements future.Pauser: it ends the wait of a PollNext that was Pending.
func (r *Receiver[T]) StopWaiting() { r.core(); r.next.Drop() }

// PollNext implements future.Stream: the values that Recv receives, until no more will come. One task at
// a time may use a receiver as a stream; others have clones.
func (r *SharedReceiver[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if r.core(); r.next.c == nil {
		r.next = r.Recv()
	}
	return item(r.next.Poll(cx))
}

// StopWaiting implements future.Pauser: it ends the wait of a PollNext that was Pending.
func (r *SharedReceiver[T]) StopWaiting() { r.core(); r.next.Drop() }

// PollNext implements future.Stream: the values that Recv receives, until all senders are closed. Where some
// were missed an [ErrLagged] stands among them.
func (r *BroadcastReceiver[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if r.core(); r.next.r == nil {
		r.next = r.Recv()
	}
	return item(r.next.Poll(cx))
}

// StopWaiting implements future.Pauser: it ends the wait of a PollNext that was Pending.
func (r *BroadcastReceiver[T]) StopWaiting() { r.core(); r.next.Drop() }

// PollNext implements future.Stream: each value that this receiver has not seen, or a later one, until the
// senders are closed and the last was seen. To begin with the value as it is call MarkChanged before.
func (r *WatchReceiver[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if r.core(); r.next.r == nil {
		r.next = r.Changed()
	}
	p := r.next.Poll(cx)
	switch {
	case p.IsPending():
		return future.Pending[T]()
	case p.Err() != nil:
		return future.Failed[T](future.ErrEnd)
	}
	return future.Ready(r.GetAndMark())
}

// StopWaiting implements future.Pauser: it ends the wait of a PollNext that was Pending.
func (r *WatchReceiver[T]) StopWaiting() { r.core(); r.next.Drop() }
