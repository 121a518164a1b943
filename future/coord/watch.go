package coord

import (
	"context"
	"runtime"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a watch.
//
// The value stands under a lock that is held for a copy of it, and no longer. Beside it is its
// version, which is written under that lock and grows with each change (news). A receiver remembers the version that it
// has seen last, and waits for another one.
//
// A change by a function of the user's (Modify) is made on a copy, outside of that lock, under another one that
// only senders take: a receiver waits for no function, and one that panics has changed nothing.
//
// Invariant: the value and the version belong together for whoever holds the lock. A receiver in line has
// seen the version that it would be woken for the successor of.
//
// Rejected: a pointer to a value that is never changed (each change would allocate), a lock for many
// readers (two operations with a fence for each of them, as here, and a third word), the user's function
// under the readers' lock (they would spin for as long as it takes).
type watch[T any] struct {
	news     news      // its word is the version
	lock     spin.Lock // of value
	changing word.Bool // a sender makes a change
	value    T
	draft    T // of who makes a change; here, for it would be an allocation elsewhere

	closings waitlist.List // senders that wait for the receivers' end

	senderCount
	receiverCount word.Int32
}

const (
	errWatchSenders   closedError = "coord: watch: all senders were closed"
	errWatchReceivers closedError = "coord: watch: all receivers were dropped"
	errWatchSender    closedError = "coord: watch: this sender was closed"
)

// Watch returns the ends of a channel that keeps the latest value: receivers look at it, and wait for it to
// change; what they miss in between is gone. It begins with a value that the receiver has seen. Operations do
// not allocate.
//
// The value is copied to whoever looks, and so belongs to nobody: a watch discards nothing.
func Watch[T any](v T) (*WatchSender[T], *WatchReceiver[T]) {
	m := new(struct {
		w  watch[T]
		tx WatchSender[T]
		rx WatchReceiver[T]
	})
	m.w.value = v
	m.w.strong.Store(1)
	m.w.receiverCount.Store(1)
	m.tx.w, m.rx.w = &m.w, &m.w
	return &m.tx, &m.rx
}

// read returns the value and its version.
func (w *watch[T]) read() (T, uint64) {
	w.lock.Lock()
	word.Read(unsafe.Pointer(&w.value))
	v := w.value
	version, _ := w.news.now()
	w.lock.Unlock()
	return v, version
}

// write puts a value in place, and tells the receivers.
func (w *watch[T]) write(v T) (old T) {
	w.lock.Lock()
	word.Write(unsafe.Pointer(&w.value))
	old, w.value = w.value, v
	w.news.add()
	w.lock.Unlock()
	w.news.tell()
	return old
}

// startChange keeps other senders out, until endChange.
func (w *watch[T]) startChange() {
	for !w.changing.CompareAndSwap(false, true) {
		// A function of the user's may take a while.
		word.Spin()
		runtime.Gosched()
	}
}

func (w *watch[T]) endChange() { w.changing.Store(false) }

func (w *watch[T]) ended() bool { return w.receiverCount.Load() == 0 }

func (w *watch[T]) endLine() *waitlist.List { return &w.closings }

// WatchSender changes the value of a [Watch]. It may be used by many at once; each that is closed on its own
// has a [WatchSender.Clone].
type WatchSender[T any] struct {
	w      *watch[T]
	closed word.Bool
}

func (s *WatchSender[T]) core() *watch[T] {
	if s == nil || s.w == nil {
		nilReceiver("WatchSender, or a zero one", "Watch makes them")
	}
	return s.w
}

// mustBeOpen panics if this sender was closed.
func (s *WatchSender[T]) mustBeOpen(what string) *watch[T] {
	w := s.core()
	if s.closed.Load() {
		panic("coord: " + what + " of a WatchSender that was closed")
	}
	return w
}

// Send changes the value to v and tells the receivers. It fails with an [ErrClosed], and changes nothing, if there
// are none, or this sender was closed.
func (s *WatchSender[T]) Send(v T) error {
	switch w := s.core(); {
	case s.closed.Load():
		return errWatchSender
	case w.ended():
		return errWatchReceivers
	default:
		w.startChange()
		w.write(v)
		w.endChange()
		return nil
	}
}

// Replace changes the value to v, whether there are receivers or not, and returns what it was.
func (s *WatchSender[T]) Replace(v T) (old T) {
	w := s.mustBeOpen("Replace")
	w.startChange()
	old = w.write(v)
	w.endChange()
	return old
}

// Modify has f change the value, whether there are receivers or not, and tells the receivers. f works on a
// copy, which takes the value's place when it returns; if it panics nothing has changed. Other senders wait meanwhile, so it
// should be short, and must not use this watch to send.
func (s *WatchSender[T]) Modify(f func(v *T)) {
	s.ModifyIf(func(v *T) bool { f(v); return true })
}

// ModifyIf is Modify for an f that reports whether it has changed anything. If not, nothing happens: what
// f has done to its copy is lost. It returns what f does.
func (s *WatchSender[T]) ModifyIf(f func(v *T) bool) bool {
	w := s.mustBeOpen("Modify")
	w.startChange()
	defer func() {
		var none T
		w.draft = none
		w.endChange()
	}()
	w.draft, _ = w.read()
	changed := f(&w.draft)
	if changed {
		w.write(w.draft)
	}
	return changed
}

// Get returns the value.
func (s *WatchSender[T]) Get() T {
	v, _ := s.core().read()
	return v
}

// Subscribe returns another receiver, which has seen the value as it is. It allocates. It panics if this sender was closed.
func (s *WatchSender[T]) Subscribe() *WatchReceiver[T] {
	w := s.mustBeOpen("Subscribe")
	w.receiverCount.Inc()
	r := &WatchReceiver[T]{w: w}
	r.MarkUnchanged()
	return r
}

// Clone returns another sender, which is closed on its own. It allocates. It panics if this sender was closed.
func (s *WatchSender[T]) Clone() *WatchSender[T] {
	w := s.mustBeOpen("Clone")
	w.strong.Inc()
	return &WatchSender[T]{w: w}
}

// Close ends this sender. When all are closed the receivers see the last value, and fail then. It may
// be called again.
func (s *WatchSender[T]) Close() {
	w := s.core()
	if !s.closed.Swap(true) && w.lessSender() {
		w.news.end()
	}
}

// Drop is Close, for who discards a sender that nobody asks for any more.
func (s *WatchSender[T]) Drop() { s.Close() }

// IsClosed reports whether there are no receivers. With [WatchSender.Subscribe] there may be some again.
func (s *WatchSender[T]) IsClosed() bool { return s.core().ended() }

// Closed returns an operation that is ready when there are no receivers. Any number may wait.
func (s *WatchSender[T]) Closed() ClosedOp { return ClosedOp{of: s.core()} }

// Receivers returns how many receivers there are that are not dropped.
func (s *WatchSender[T]) Receivers() int { return int(s.core().receiverCount.Load()) }

// Senders returns how many senders there are that are not closed.
func (s *WatchSender[T]) Senders() int { return int(s.core().strong.Load()) }

// SameChannel reports whether both change the same value.
func (s *WatchSender[T]) SameChannel(other *WatchSender[T]) bool { return s.core() == other.core() }

// WatchReceiver looks at the value of a [Watch]. It may be used by one goroutine or task at a time: others have a
// [WatchReceiver.Clone] each.
type WatchReceiver[T any] struct {
	w       *watch[T]
	seen    uint64 // a version
	dropped bool
	next    ChangedOp[T] // of PollNext
}

func (r *WatchReceiver[T]) core() *watch[T] {
	if r == nil || r.w == nil {
		nilReceiver("WatchReceiver, or a zero one", "Watch makes them")
	}
	if r.dropped {
		panic("coord: a WatchReceiver used after Drop")
	}
	return r.w
}

// Get returns the value, and leaves open whether this receiver has seen it.
func (r *WatchReceiver[T]) Get() T {
	v, _ := r.core().read()
	return v
}

// GetAndMark returns the value, which this receiver has seen then.
func (r *WatchReceiver[T]) GetAndMark() T {
	v, version := r.core().read()
	r.seen = version
	return v
}

// HasChanged reports whether there is a value that this receiver has not seen. It fails with an [ErrClosed] if the senders
// are closed, whether there is or not.
func (r *WatchReceiver[T]) HasChanged() (bool, error) {
	version, over := r.core().news.now()
	if over {
		return version != r.seen, errWatchSenders
	}
	return version != r.seen, nil
}

// MarkChanged has this receiver take the value for one that it has not seen.
func (r *WatchReceiver[T]) MarkChanged() {
	version, _ := r.core().news.now()
	r.seen = version - newsStep
}

// MarkUnchanged has this receiver take the value for one that it has seen.
func (r *WatchReceiver[T]) MarkUnchanged() { r.seen, _ = r.core().news.now() }

// Changed returns an operation that is ready when there is a value that this receiver has not seen, which it
// has then; [WatchReceiver.Get] returns it, or a later one. It fails with an [ErrClosed] if the senders are closed and the last value was
// seen. If it is dropped the value is still one that was not seen.
func (r *WatchReceiver[T]) Changed() ChangedOp[T] { r.core(); return ChangedOp[T]{r: r} }

// WaitFor returns an operation that is ready with the value, once that is one for which f reports true, be it now or after a
// change; this receiver has seen it then. It fails with an [ErrClosed] if the senders are closed and f does not accept the last value. f is
// called by polls, with a copy, and should be short.
func (r *WatchReceiver[T]) WaitFor(f func(v T) bool) WaitForOp[T] {
	r.core()
	if f == nil {
		panic("coord: WaitFor of a nil func; pass one that says which value is waited for")
	}
	return WaitForOp[T]{changed: ChangedOp[T]{r: r}, f: f}
}

// BlockingChanged is Changed for a goroutine: it sleeps until there is such a value or ctx is done. On a
// worker of a runtime it fails with [future.ErrOnWorker] if it would have to. It allocates.
func (r *WatchReceiver[T]) BlockingChanged(ctx context.Context) error {
	_, err := blockOn(ctx, r.Changed())
	return err
}

// Clone returns another receiver, which has seen what this one has, and is dropped on its own. It allocates.
func (r *WatchReceiver[T]) Clone() *WatchReceiver[T] {
	w := r.core()
	w.receiverCount.Inc()
	return &WatchReceiver[T]{w: w, seen: r.seen}
}

// Drop ends this receiver. After the last one senders are told. It may be called again.
func (r *WatchReceiver[T]) Drop() {
	if r != nil && r.dropped {
		return
	}
	w := r.core()
	r.next.Drop()
	r.dropped = true
	if w.receiverCount.Dec() == 0 {
		w.closings.NotifyAll(nil)
	}
}

// SameChannel reports whether both look at the same value.
func (r *WatchReceiver[T]) SameChannel(other *WatchReceiver[T]) bool { return r.core() == other.core() }

// ChangedOp is what [WatchReceiver.Changed] returns.
type ChangedOp[T any] struct {
	r    *WatchReceiver[T]
	node waitlist.Node
}

// Poll implements future.Future.
func (c *ChangedOp[T]) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if c == nil || c.r == nil {
		overOp("ChangedOp", "WatchReceiver.Changed")
	}
	changed, closed := c.r.w.news.look(c.r.seen, &c.node, cx.Waker())
	if !changed && !closed || !cx.Spend() {
		return future.Pending[future.Unit]()
	}
	r := c.r
	c.Drop()
	if !changed {
		return future.Failed[future.Unit](errWatchSenders)
	}
	r.MarkUnchanged()
	return future.Ready(future.Unit{})
}

// Drop implements future.Dropper.
func (c *ChangedOp[T]) Drop() {
	if r := c.r; r != nil {
		c.r = nil
		r.w.news.line.Leave(&c.node) // all are told, so there is no turn to hand on
	}
}

// Await waits for a change.
func (c ChangedOp[T]) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, c) }

// WaitForOp is what [WatchReceiver.WaitFor] returns.
type WaitForOp[T any] struct {
	changed ChangedOp[T]
	f       func(v T) bool
	tried   bool // f has seen the value that the receiver has
}

// Poll implements future.Future.
func (o *WaitForOp[T]) Poll(cx *waker.Context) (p future.Poll[T]) {
	if o == nil || o.changed.r == nil {
		overOp("WaitForOp", "WatchReceiver.WaitFor")
	}
	r := o.changed.r
	for {
		if o.tried {
			changed, closed := r.w.news.look(r.seen, &o.changed.node, cx.Waker())
			switch {
			case !changed && !closed:
				return future.Pending[T]()
			case !cx.Spend():
				return future.Pending[T]()
			case !changed:
				o.Drop()
				return future.Failed[T](errWatchSenders)
			}
		} else if !cx.Spend() {
			return future.Pending[T]()
		}
		o.tried = true
		if v := r.GetAndMark(); o.f(v) {
			o.Drop()
			return future.Ready(v)
		}
	}
}

// Drop implements future.Dropper.
func (o *WaitForOp[T]) Drop() {
	o.f = nil
	o.changed.Drop()
}

// Await waits for the value.
func (o WaitForOp[T]) Await(co *future.Co) (T, error) { return future.AwaitOp(co, o) }
