package coord

import (
	"errors"
	"sync/atomic"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a Oneshot.
//
// One word says how far it is: empty, sent or closed. The sender writes the value, then
// the word, then wakes; the receiver reads the word, registers its waker, and reads the
// word once more.
//
// Invariant: the value is written before the word leaves empty and not touched after
// that but by the receiver. The word leaves empty once.
//
// Rejected: a Go channel under the value (the receiver would still need a waker, and a
// channel of one element is 104 bytes).
const (
	empty uint32 = iota
	sent
	closed
)

// ErrClosed is what a receiver gets when the sender has gone without sending.
var ErrClosed = errors.New("coord: the sender of a Oneshot closed it")

// Oneshot carries one value from one sender to one receiver. The zero Oneshot is empty
// and ready to use; it must not be copied once used.
type Oneshot[T any] struct {
	value T
	state atomic.Uint32
	waker waker.AtomicWaker
}

// Send puts the value there. It is called once, and not together with Close.
func (o *Oneshot[T]) Send(v T) {
	o.value = v
	o.end(sent, "sent twice")
}

// Close lets the receiver fail with [ErrClosed].
func (o *Oneshot[T]) Close() { o.end(closed, "closed after its end") }

func (o *Oneshot[T]) end(state uint32, misuse string) {
	if o.state.Swap(state) != empty {
		panic("coord: a Oneshot was " + misuse)
	}
	o.waker.Wake()
}

// Poll implements future.Future for the receiver.
func (o *Oneshot[T]) Poll(cx *waker.Context) future.Poll[T] {
	s := o.state.Load()
	if s == empty {
		o.waker.Register(cx.Waker())
		if s = o.state.Load(); s == empty {
			return future.Pending[T]()
		}
	}
	if !cx.Spend() {
		return future.Pending[T]()
	}
	if s == closed {
		return future.Failed[T](ErrClosed)
	}
	return future.Ready(o.value)
}
