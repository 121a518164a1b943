package coord

import (
	"context"
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
)

// ErrCapacity is the error of a reservation for more values than the channel has room for when it is
// empty.
var ErrCapacity = errors.New("coord: more than the capacity of the channel")

// Sender sends into a bounded channel, see [MPSC] and [MPMC]. It may be used by many at once; each that is closed
// on its own has a [Sender.Clone].
type Sender[T any] struct {
	c      *channel[T]
	closed word.Bool
}

func (s *Sender[T]) core() *channel[T] {
	if s == nil || s.c == nil {
		nilReceiver("Sender, or a zero one", "MPSC and MPMC make them")
	}
	return s.c
}

// open fails if this sender was closed.
func (s *Sender[T]) open() (*channel[T], error) {
	if c := s.core(); !s.closed.Load() {
		return c, nil
	}
	return s.c, errSenderClosed
}

// Send returns an operation that sends v, and waits while the channel is full. Those who
// wait are served first come, first served. It fails with an [ErrClosed] if the receiver is closed or
// dropped, or the sender closed. If it fails or is dropped v was not sent, and is still the caller's.
func (s *Sender[T]) Send(v T) SendOp[T] {
	return SendOp[T]{c: s.core(), place: place{want: 1, closed: s.closed.Load()}, v: v}
}

// TrySend sends v without waiting. It fails with [ErrFull] if there is no room, or others wait for it,
// and with an [ErrClosed] as Send does.
func (s *Sender[T]) TrySend(v T) error {
	c, err := s.open()
	if err != nil {
		return err
	}
	return c.trySend(v)
}

// BlockingSend is Send for a goroutine: it sleeps until there is room or ctx is done. On a
// worker of a runtime it fails with [future.ErrOnWorker] if it would have to. It allocates when it sleeps.
func (s *Sender[T]) BlockingSend(ctx context.Context, v T) error {
	err := s.TrySend(v)
	if err == ErrFull {
		_, err = blockOn(ctx, s.Send(v))
	}
	return err
}

// Reserve returns an operation that waits for room for a value, as Send does, and keeps it: what is sent into it
// need not be known before, and sending does not wait. A permit that comes to nobody, as the operation is dropped, goes to
// the next who waits.
func (s *Sender[T]) Reserve() ReserveOp[T] { return s.ReserveMany(1) }

// ReserveMany is Reserve for n values at once: who waits behind it waits, too, until all of them are there. It fails with
// [ErrCapacity] if n is more than the channel has room for. A permit for none is ready at once.
func (s *Sender[T]) ReserveMany(n int) ReserveOp[T] {
	c, err := s.open()
	if err == nil {
		err = c.checkMany(n)
	}
	return ReserveOp[T]{c: c, place: place{want: n}, err: err}
}

// TryReserve is Reserve without waiting: it fails with [ErrFull] as [Sender.TrySend] does.
func (s *Sender[T]) TryReserve() (SendPermit[T], error) { return s.TryReserveMany(1) }

// TryReserveMany is ReserveMany without waiting: it fails with [ErrFull] as [Sender.TrySend] does.
func (s *Sender[T]) TryReserveMany(n int) (SendPermit[T], error) {
	c, err := s.open()
	if err == nil {
		err = c.checkMany(n)
	}
	if err != nil {
		return SendPermit[T]{}, err
	}
	return c.tryReserve(n)
}

func (c *channel[T]) checkMany(n int) error {
	switch {
	case n < 0:
		panic(fmt.Sprintf("coord: ReserveMany of %d values; pass the number of values, 0 or more", n))
	case n > c.limit:
		return fmt.Errorf("%w: a permit for %d values, where %d have room", ErrCapacity, n, c.limit)
	}
	return nil
}

// Clone returns another sender into the same channel, which is closed on its own. It allocates. It panics
// if s was closed.
func (s *Sender[T]) Clone() *Sender[T] {
	c, err := s.open()
	if err != nil || !c.addSender() {
		panic("coord: Clone of a Sender that was closed")
	}
	return &Sender[T]{c: c}
}

// Close ends this sender: it sends no more. When all senders into a channel are closed, its receiver
// gets what was sent, and what permits that are out are sent with, and fails then. Close may be called again.
func (s *Sender[T]) Close() {
	if c := s.core(); !s.closed.Swap(true) {
		c.sendersLess()
	}
}

// Drop is Close, for who discards a sender that nobody asks for any more.
func (s *Sender[T]) Drop() { s.Close() }

// IsClosed reports whether there is nobody to send to: the receiver was closed or dropped.
func (s *Sender[T]) IsClosed() bool { return s.core().ended() }

// Closed returns an operation that is ready once the receiver is closed or dropped: for a sender to stop
// its work. Any number may wait.
func (s *Sender[T]) Closed() ClosedOp { return ClosedOp{of: s.core()} }

// Capacity returns for how many values there is room at the moment.
func (s *Sender[T]) Capacity() int { return s.core().capacity() }

// MaxCapacity returns for how many values there is room when the channel is empty.
func (s *Sender[T]) MaxCapacity() int { return s.core().limit }

// Len returns how many values are in the channel, as it was a moment ago.
func (s *Sender[T]) Len() int { return s.core().length() }

// SameChannel reports whether both send into the same channel.
func (s *Sender[T]) SameChannel(other *Sender[T]) bool { return s.core() == other.core() }

// Senders returns how many senders there are that are not closed, and how many weak ones that are not dropped.
func (s *Sender[T]) Senders() (strong, weak int) { return s.core().senderCounts() }

// Downgrade returns a weak sender: one that does not keep the receiver waiting. It allocates.
func (s *Sender[T]) Downgrade() *WeakSender[T] {
	c := s.core()
	c.weakOnes.Inc()
	return &WeakSender[T]{c: c}
}

// WeakSender is a [Sender] that does not count: when all others are closed the channel is.
type WeakSender[T any] struct {
	c       *channel[T]
	dropped word.Bool
}

func (w *WeakSender[T]) core() *channel[T] {
	if w == nil || w.c == nil {
		nilReceiver("WeakSender, or a zero one", "Sender.Downgrade makes them")
	}
	return w.c
}

// Upgrade returns a sender, which is closed on its own; false if all senders were closed, or w was dropped. It allocates.
func (w *WeakSender[T]) Upgrade() (*Sender[T], bool) {
	c := w.core()
	if w.dropped.Load() || !c.addSender() {
		return nil, false
	}
	return &Sender[T]{c: c}, true
}

// Clone returns another weak sender. It allocates.
func (w *WeakSender[T]) Clone() *WeakSender[T] {
	c := w.core()
	c.weakOnes.Inc()
	return &WeakSender[T]{c: c}
}

// Drop ends this weak sender. Nothing waits for that, but [Sender.Senders] counts it.
func (w *WeakSender[T]) Drop() {
	if c := w.core(); !w.dropped.Swap(true) {
		c.weakOnes.Dec()
	}
}

// Senders returns how many senders there are that are not closed, and how many weak ones that are not dropped.
func (w *WeakSender[T]) Senders() (strong, weak int) { return w.core().senderCounts() }

func (c *channel[T]) sendersLess() {
	if c.lessSender() {
		c.close(tailFinished)
	}
}

// capacity returns for how many values there is room.
func (c *channel[T]) capacity() int {
	t := lockEnd(&c.tail)
	free := c.room(t, c.limit)
	c.tail.Store(t)
	return free
}

var (
	_ future.Dropper = (*Sender[int])(nil)
	_ future.Dropper = SendPermit[int]{}
)
