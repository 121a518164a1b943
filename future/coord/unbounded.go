package coord

import (
	"github.com/magpie-go/magpie/internal/word"
)

// UnboundedMPSC returns the ends of a channel with many senders and one receiver that always has room: senders
// do not wait, so that nothing but memory limits what a receiver that is too slow has before it. The
// queue does not allocate for a load that stays the same.
func UnboundedMPSC[T any]() (*UnboundedSender[T], *Receiver[T]) {
	m := new(struct {
		c  channel[T]
		tx UnboundedSender[T]
		rx Receiver[T]
	})
	m.c.init(unlimited, false)
	m.tx.c, m.rx.c = &m.c, &m.c
	return &m.tx, &m.rx
}

// UnboundedMPMC is [UnboundedMPSC] with several receivers, see [MPMC].
func UnboundedMPMC[T any]() (*UnboundedSender[T], *SharedReceiver[T]) {
	m := new(struct {
		c  channel[T]
		tx UnboundedSender[T]
		rx SharedReceiver[T]
	})
	m.c.init(unlimited, true)
	m.tx.c, m.rx.c = &m.c, &m.c
	return &m.tx, &m.rx
}

// UnboundedSender sends into a channel that always has room, see [UnboundedMPSC]. It may be used by many
// at once; each that is closed on its own has an [UnboundedSender.Clone].
type UnboundedSender[T any] struct {
	c      *channel[T]
	closed word.Bool
}

func (s *UnboundedSender[T]) core() *channel[T] {
	if s == nil || s.c == nil {
		nilReceiver("UnboundedSender, or a zero one", "UnboundedMPSC and UnboundedMPMC make them")
	}
	return s.c
}

// Send sends v, without waiting. It fails with an [ErrClosed] if the receiver is closed or dropped, or the
// sender closed; v is still the caller's then.
func (s *UnboundedSender[T]) Send(v T) error {
	c := s.core()
	if s.closed.Load() {
		return errSenderClosed
	}
	return c.trySend(v)
}

// Clone returns another sender into the same channel, which is closed on its own. It allocates. It panics
// if s was closed.
func (s *UnboundedSender[T]) Clone() *UnboundedSender[T] {
	c := s.core()
	if s.closed.Load() || !c.addSender() {
		panic("coord: Clone of an UnboundedSender that was closed")
	}
	return &UnboundedSender[T]{c: c}
}

// Close ends this sender: it sends no more. When all senders into a channel are closed, its receiver
// gets what was sent, and fails then. Close may be called again.
func (s *UnboundedSender[T]) Close() {
	if c := s.core(); !s.closed.Swap(true) {
		c.sendersLess()
	}
}

// Drop is Close, for who discards a sender that nobody asks for any more.
func (s *UnboundedSender[T]) Drop() { s.Close() }

// IsClosed reports whether there is nobody to send to: the receiver was closed or dropped.
func (s *UnboundedSender[T]) IsClosed() bool { return s.core().ended() }

// Closed returns an operation that is ready once the receiver is closed or dropped: for a sender to stop
// its work. Any number may wait.
func (s *UnboundedSender[T]) Closed() ClosedOp { return ClosedOp{of: s.core()} }

// Len returns how many values are in the channel, as it was a moment ago.
func (s *UnboundedSender[T]) Len() int { return s.core().length() }

// SameChannel reports whether both send into the same channel.
func (s *UnboundedSender[T]) SameChannel(other *UnboundedSender[T]) bool {
	return s.core() == other.core()
}

// Senders returns how many senders there are that are not closed, and how many weak ones that are not dropped.
func (s *UnboundedSender[T]) Senders() (strong, weak int) { return s.core().senderCounts() }

// Downgrade returns a weak sender: one that does not keep the receiver waiting. It allocates.
func (s *UnboundedSender[T]) Downgrade() *WeakUnboundedSender[T] {
	c := s.core()
	c.weakOnes.Inc()
	return &WeakUnboundedSender[T]{c: c}
}

// WeakUnboundedSender is an [UnboundedSender] that does not count: when all others are closed the channel is.
type WeakUnboundedSender[T any] struct {
	c       *channel[T]
	dropped word.Bool
}

func (w *WeakUnboundedSender[T]) core() *channel[T] {
	if w == nil || w.c == nil {
		nilReceiver("WeakUnboundedSender, or a zero one", "UnboundedSender.Downgrade makes them")
	}
	return w.c
}

// Upgrade returns a sender, which is closed on its own; false if all senders were closed, or w was dropped. It allocates.
func (w *WeakUnboundedSender[T]) Upgrade() (*UnboundedSender[T], bool) {
	c := w.core()
	if w.dropped.Load() || !c.addSender() {
		return nil, false
	}
	return &UnboundedSender[T]{c: c}, true
}

// Clone returns another weak sender. It allocates.
func (w *WeakUnboundedSender[T]) Clone() *WeakUnboundedSender[T] {
	c := w.core()
	c.weakOnes.Inc()
	return &WeakUnboundedSender[T]{c: c}
}

// Drop ends this weak sender. Nothing waits for that, but [UnboundedSender.Senders] counts it.
func (w *WeakUnboundedSender[T]) Drop() {
	if c := w.core(); !w.dropped.Swap(true) {
		c.weakOnes.Dec()
	}
}

// Senders returns how many senders there are that are not closed, and how many weak ones that are not dropped.
func (w *WeakUnboundedSender[T]) Senders() (strong, weak int) { return w.core().senderCounts() }
