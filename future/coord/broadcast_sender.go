package coord

import "github.com/magpie-go/magpie/internal/word"

// BroadcastSender sends into a [Broadcast]. It may be used by many at once; each that is closed on its own has
// a [BroadcastSender.Clone].
type BroadcastSender[T any] struct {
	b      *broadcast[T]
	closed word.Bool
}

func (s *BroadcastSender[T]) core() *broadcast[T] {
	if s == nil || s.b == nil {
		nilReceiver("BroadcastSender, or a zero one", "Broadcast makes them")
	}
	return s.b
}

// Send sends v to all receivers, without waiting, and returns how many there are. It fails with an [ErrClosed] if
// there are none, though [BroadcastSender.Subscribe] may make one later, or if this sender was closed.
func (s *BroadcastSender[T]) Send(v T) (receivers int, err error) {
	b := s.core()
	if s.closed.Load() {
		return 0, errBroadcastSender
	}
	if receivers = b.send(v); receivers == 0 {
		err = errBroadcastReceivers
	}
	return receivers, err
}

// Subscribe returns a receiver of what is sent from now on. It allocates.
func (s *BroadcastSender[T]) Subscribe() *BroadcastReceiver[T] { return s.core().subscribe() }

// Clone returns another sender, which is closed on its own. It allocates. It panics if this one was
// closed.
func (s *BroadcastSender[T]) Clone() *BroadcastSender[T] {
	b := s.core()
	if s.closed.Load() || !b.addSender() {
		panic("coord: Clone of a BroadcastSender that was closed")
	}
	return &BroadcastSender[T]{b: b}
}

// Close ends this sender. When all are closed the receivers get what was sent, and fail then. It may be
// called again.
func (s *BroadcastSender[T]) Close() {
	b := s.core()
	if !s.closed.Swap(true) && b.lessSender() {
		b.news.end()
	}
}

// Drop is Close, for who discards a sender that nobody asks for any more.
func (s *BroadcastSender[T]) Drop() { s.Close() }

// Closed returns an operation that is ready when there are no receivers. Any number may wait.
func (s *BroadcastSender[T]) Closed() ClosedOp { return ClosedOp{of: s.core()} }

// Len returns how many values the channel keeps that not all receivers have come past.
func (s *BroadcastSender[T]) Len() int {
	b := s.core()
	b.lock.Lock()
	n := b.sent() - b.received
	b.lock.Unlock()
	return int(n)
}

// IsEmpty reports whether all receivers have come past all values.
func (s *BroadcastSender[T]) IsEmpty() bool { return s.Len() == 0 }

// Receivers returns how many receivers there are that are not dropped.
func (s *BroadcastSender[T]) Receivers() int { return int(s.core().receiverCount.Load()) }

// Senders returns how many senders there are that are not closed, and how many weak ones that are not dropped.
func (s *BroadcastSender[T]) Senders() (strong, weak int) { return s.core().senderCounts() }

// SameChannel reports whether both send into the same channel.
func (s *BroadcastSender[T]) SameChannel(other *BroadcastSender[T]) bool {
	return s.core() == other.core()
}

// Downgrade returns a weak sender: one that does not keep the receivers waiting. It allocates.
func (s *BroadcastSender[T]) Downgrade() *WeakBroadcastSender[T] {
	b := s.core()
	b.weakOnes.Inc()
	return &WeakBroadcastSender[T]{b: b}
}

// WeakBroadcastSender is a [BroadcastSender] that does not count: when all others are closed the channel is.
type WeakBroadcastSender[T any] struct {
	b       *broadcast[T]
	dropped word.Bool
}

func (w *WeakBroadcastSender[T]) core() *broadcast[T] {
	if w == nil || w.b == nil {
		nilReceiver("WeakBroadcastSender, or a zero one", "BroadcastSender.Downgrade makes them")
	}
	return w.b
}

// Upgrade returns a sender, which is closed on its own; false if all senders were closed, or w was dropped. It allocates.
func (w *WeakBroadcastSender[T]) Upgrade() (*BroadcastSender[T], bool) {
	b := w.core()
	if w.dropped.Load() || !b.addSender() {
		return nil, false
	}
	return &BroadcastSender[T]{b: b}, true
}

// Clone returns another weak sender. It allocates.
func (w *WeakBroadcastSender[T]) Clone() *WeakBroadcastSender[T] {
	b := w.core()
	b.weakOnes.Inc()
	return &WeakBroadcastSender[T]{b: b}
}

// Drop ends this weak sender. Nothing waits for that, but [BroadcastSender.Senders] counts it.
func (w *WeakBroadcastSender[T]) Drop() {
	if b := w.core(); !w.dropped.Swap(true) {
		b.weakOnes.Dec()
	}
}

// Senders returns how many senders there are that are not closed, and how many weak ones that are not dropped.
func (w *WeakBroadcastSender[T]) Senders() (strong, weak int) { return w.core().senderCounts() }
