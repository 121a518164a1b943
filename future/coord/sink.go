package coord

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Sink returns s as a sink, see package future/sink. It takes s over: to close or drop the sink closes s. For a sink beside s there is
// a [Sender.Clone]. It allocates; sending by it does not.
func (s *Sender[T]) Sink() *SenderSink[T] {
	s.core()
	return &SenderSink[T]{s: s}
}

// SenderSink is what [Sender.Sink] returns. It is for one task at a time.
type SenderSink[T any] struct {
	s       *Sender[T]
	reserve ReserveOp[T] // of PollReady
	permit  SendPermit[T]
	has     bool // the permit
}

func (k *SenderSink[T]) check() {
	if k == nil || k.s == nil {
		nilReceiver("SenderSink, or a zero one", "Sender.Sink makes them")
	}
}

// PollReady is ready when there is room for a value, which nobody else gets until Put or StopSending. It waits in the line of [Sender.Reserve],
// and fails as that does.
func (k *SenderSink[T]) PollReady(cx *waker.Context) future.Poll[future.Unit] {
	k.check()
	if k.has {
		return future.Ready(future.Unit{})
	}
	if k.reserve.c == nil {
		k.reserve = k.s.Reserve()
	}
	p := k.reserve.Poll(cx)
	if p.IsPending() {
		return future.Pending[future.Unit]()
	}
	permit, err := p.Result()
	k.permit, k.has = permit, err == nil
	return future.Done(future.Unit{}, err)
}

// Put sends v into the room that PollReady has come to; it panics if there was none. It fails with an [ErrClosed] if the receiver was
// dropped meanwhile.
func (k *SenderSink[T]) Put(v T) error {
	k.check()
	if !k.has {
		panic("coord: Put into a SenderSink that has no room: PollReady must be ready before each Put")
	}
	return k.take().Send(v)
}

func (k *SenderSink[T]) take() SendPermit[T] {
	permit := k.permit
	k.permit, k.has = SendPermit[T]{}, false
	return permit
}

// PollFlush is ready at once: what was put is in the channel. Whether it was received nobody waits for.
func (k *SenderSink[T]) PollFlush(*waker.Context) future.Poll[future.Unit] {
	k.check()
	return future.Ready(future.Unit{})
}

// PollClose closes the sender. It is ready at once.
func (k *SenderSink[T]) PollClose(*waker.Context) future.Poll[future.Unit] {
	k.Drop()
	return future.Ready(future.Unit{})
}

// StopSending gives room that was waited for, or a place in the line for it, to who waits next.
func (k *SenderSink[T]) StopSending() {
	k.check()
	k.reserve.Drop()
	if k.has {
		k.take().Drop()
	}
}

// Drop closes the sender.
func (k *SenderSink[T]) Drop() {
	k.check()
	defer k.s.Close()
	k.StopSending()
}
