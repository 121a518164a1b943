package coord

import (
	"context"
	"fmt"
)

// MPSC returns the ends of a channel with many senders and one receiver, which has room for so many
// values. It panics for less than one. The queue grows with what is in it, and does not allocate for a
// load that stays the same; nor do its operations.
func MPSC[T any](capacity int) (*Sender[T], *Receiver[T]) {
	checkCapacity("MPSC", capacity)
	m := new(struct {
		c  channel[T]
		tx Sender[T]
		rx Receiver[T]
	})
	m.c.init(capacity, false)
	m.tx.c, m.rx.c = &m.c, &m.c
	return &m.tx, &m.rx
}

func checkCapacity(who string, n int) {
	if n < 1 {
		panic(fmt.Sprintf("coord: %s with a capacity of %d; pass 1 or more", who, n))
	}
}

// Receiver receives from a channel that has one receiver, see [MPSC] and [UnboundedMPSC]. It may be used by one goroutine or task at
// a time.
type Receiver[T any] struct {
	c    *channel[T]
	next RecvOp[T] // of PollNext
}

func (r *Receiver[T]) core() *channel[T] {
	if r == nil || r.c == nil {
		nilReceiver("Receiver, or a zero one", "MPSC and UnboundedMPSC make them")
	}
	return r.c
}

// Recv returns an operation that receives the value that was sent first of those in the channel, and waits for one
// while there is none. It fails with an [ErrClosed] when no more will come. Dropping
// it leaves the values to the next. One waits at a time: a second one that would have to wait as well panics.
func (r *Receiver[T]) Recv() RecvOp[T] { return RecvOp[T]{c: r.core()} }

// RecvMany returns an operation that receives as many values as are there, and fit, into buf, in their order, and
// waits for one while there is none. It returns how many. With a buf of no length it is ready at once, with 0. For
// the rest it is like Recv. buf is the operation's until that has ended.
func (r *Receiver[T]) RecvMany(buf []T) RecvManyOp[T] { return RecvManyOp[T]{c: r.core(), buf: buf} }

// TryRecv receives a value without waiting. It fails with [ErrEmpty] if there is none, and
// with an [ErrClosed] if none will come.
func (r *Receiver[T]) TryRecv() (T, error) { return r.core().tryRecv() }

// BlockingRecv is Recv for a goroutine: it sleeps until there is a value or ctx is done. On a
// worker of a runtime it fails with [future.ErrOnWorker] if it would have to. It allocates when it sleeps.
func (r *Receiver[T]) BlockingRecv(ctx context.Context) (T, error) {
	v, err := r.TryRecv()
	if err == ErrEmpty {
		v, err = blockOn(ctx, r.Recv())
	}
	return v, err
}

// Close has nothing more sent: senders that wait fail, and so do those who come. What is in the channel can still be
// received, and what permits that are out are sent with.
func (r *Receiver[T]) Close() { r.core().close(tailRefused) }

// Drop closes the channel and discards what is in it (see [future.Discard]).
func (r *Receiver[T]) Drop() {
	c := r.core()
	r.next.Drop()
	c.drop()
}

// Len returns how many values are in the channel.
func (r *Receiver[T]) Len() int { return r.core().length() }

// IsEmpty reports whether no value is in the channel.
func (r *Receiver[T]) IsEmpty() bool { return r.core().length() == 0 }

// IsClosed reports whether the channel was closed by its receiver, or all senders were closed and no
// permit is out. There may be values in it.
func (r *Receiver[T]) IsClosed() bool { return r.core().isClosed() }

// Capacity returns for how many values there is room at the moment.
func (r *Receiver[T]) Capacity() int { return r.core().capacity() }

// MaxCapacity returns for how many values there is room when the channel is empty.
func (r *Receiver[T]) MaxCapacity() int { return r.core().limit }

// Senders returns how many senders there are that are not closed, and how many weak ones that are not dropped.
func (r *Receiver[T]) Senders() (strong, weak int) { return r.core().senderCounts() }
