package coord

import (
	"context"

	"github.com/magpie-go/magpie/internal/word"
)

// MPMC returns the ends of a channel with many senders, and receivers that share what is sent: each value
// goes to one of them. It has room for so many values, and panics for less than one. For the rest it is
// [MPSC], which is the faster one where a single receiver is enough.
//
// A receiver that waits is told of a value in its turn, first come, first served. One that does not wait
// may take that before it; then who was told waits on, ahead of the others.
func MPMC[T any](capacity int) (*Sender[T], *SharedReceiver[T]) {
	checkCapacity("MPMC", capacity)
	m := new(struct {
		c  channel[T]
		tx Sender[T]
		rx SharedReceiver[T]
	})
	m.c.init(capacity, true)
	m.tx.c, m.rx.c = &m.c, &m.c
	return &m.tx, &m.rx
}

// SharedReceiver receives from a channel that has several receivers, see [MPMC] and [UnboundedMPMC]. It may be used
// by many at once; each that is dropped on its own has a [SharedReceiver.Clone].
type SharedReceiver[T any] struct {
	c       *channel[T]
	dropped word.Bool
	next    RecvOp[T] // of PollNext
}

func (r *SharedReceiver[T]) core() *channel[T] {
	if r == nil || r.c == nil {
		nilReceiver("SharedReceiver, or a zero one", "MPMC and UnboundedMPMC make them")
	}
	return r.c
}

// open panics if this receiver was dropped.
func (r *SharedReceiver[T]) open(what string) *channel[T] {
	c := r.core()
	if r.dropped.Load() {
		panic("coord: " + what + " of a SharedReceiver that was dropped: it has given up its part in the channel")
	}
	return c
}

// Recv returns an operation that receives the value that was sent first of those in the channel, and waits for one
// while there is none. It fails with an [ErrClosed] when no more will come. Any number may wait. Dropping it
// leaves the values, and its turn, to the next. It panics if this receiver was dropped.
func (r *SharedReceiver[T]) Recv() RecvOp[T] { return RecvOp[T]{c: r.open("Recv")} }

// RecvMany returns an operation that receives as many values as are there, and fit, into buf, in their order, and
// waits for one while there is none. It returns how many. With a buf of no length it is ready at once, with 0. For
// the rest it is like Recv. buf is the operation's until that has ended.
func (r *SharedReceiver[T]) RecvMany(buf []T) RecvManyOp[T] {
	return RecvManyOp[T]{c: r.open("RecvMany"), buf: buf}
}

// TryRecv receives a value without waiting. It fails with [ErrEmpty] if there is none, and
// with an [ErrClosed] if none will come.
func (r *SharedReceiver[T]) TryRecv() (T, error) { return r.open("TryRecv").tryRecv() }

// BlockingRecv is Recv for a goroutine: it sleeps until there is a value or ctx is done. On a
// worker of a runtime it fails with [future.ErrOnWorker] if it would have to. It allocates when it sleeps.
func (r *SharedReceiver[T]) BlockingRecv(ctx context.Context) (T, error) {
	v, err := r.TryRecv()
	if err == ErrEmpty {
		v, err = blockOn(ctx, r.Recv())
	}
	return v, err
}

// Clone returns another receiver from the same channel, which is dropped on its own. It allocates. It
// panics if r was dropped.
func (r *SharedReceiver[T]) Clone() *SharedReceiver[T] {
	c := r.open("Clone")
	c.receiverCount.Inc()
	return &SharedReceiver[T]{c: c}
}

// Close has nothing more sent to any of the receivers: senders that wait fail, and so do those who come. What is in the
// channel can still be received, and what permits that are out are sent with.
func (r *SharedReceiver[T]) Close() { r.core().close(tailRefused) }

// Drop ends this receiver. The last one closes the channel and discards what is in it (see [future.Discard]).
func (r *SharedReceiver[T]) Drop() {
	c := r.core()
	if r.dropped.Swap(true) {
		return
	}
	r.next.Drop()
	if c.receiverCount.Dec() == 0 {
		c.drop()
	}
}

// Receivers returns how many receivers there are that are not dropped.
func (r *SharedReceiver[T]) Receivers() int { return int(r.core().receiverCount.Load()) }

// Len returns how many values are in the channel, as it was a moment ago.
func (r *SharedReceiver[T]) Len() int { return r.core().length() }

// IsEmpty reports whether no value is in the channel, as it was a moment ago.
func (r *SharedReceiver[T]) IsEmpty() bool { return r.core().length() == 0 }

// IsClosed reports whether the channel was closed by a receiver, or all senders were closed and no
// permit is out. There may be values in it.
func (r *SharedReceiver[T]) IsClosed() bool { return r.core().isClosed() }

// Capacity returns for how many values there is room at the moment.
func (r *SharedReceiver[T]) Capacity() int { return r.core().capacity() }

// MaxCapacity returns for how many values there is room when the channel is empty.
func (r *SharedReceiver[T]) MaxCapacity() int { return r.core().limit }

// Senders returns how many senders there are that are not closed, and how many weak ones that are not dropped.
func (r *SharedReceiver[T]) Senders() (strong, weak int) { return r.core().senderCounts() }
