package coord

import (
	"context"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a oneshot.
//
//	oneshotEmpty     nothing has happened; the place of the value is the sender's
//	oneshotSent      the value is there; it belongs to the channel
//	oneshotTaken     it was received, or discarded
//	oneshotUnsent    the sender was closed without sending
//	oneshotRefused   the receiver was closed before anything was sent
//
//	the sender      write the value, empty → sent; or empty → unsent. Then wake who receives.
//	the receiver    sent → taken, then read the value; or empty → refused. Then wake who waits
//	                for the receiver's end.
//	who waits       joins the line, then looks at the state once more.
//
// Invariant: the state leaves empty once, and sent once: each value has one owner at any time, the
// sender until empty → sent succeeds, the channel, who moved it on to taken. A line is looked at after
// the state was changed, and the state after a line was joined; so one sees the other.
//
// Rejected: an AtomicWaker for each side (a receive that is given up would leave its waker behind, and
// two at once would go unnoticed), and a state in which a value is being written (a second sender
// at the same moment is a data race of the program's, which the detector shows).
type oneshot[T any] struct {
	state    word.Uint32
	value    T
	receives waitlist.List // one at most
	closings waitlist.List // who waits for the receiver's end
}

const (
	oneshotEmpty = iota
	oneshotSent
	oneshotTaken
	oneshotUnsent
	oneshotRefused
)

const (
	errOneshotUnsent  closedError = "coord: receive: the OneshotSender was closed without sending"
	errOneshotRefused closedError = "coord: receive: this OneshotReceiver was closed"
	errOneshotTaken   closedError = "coord: receive: the value of this Oneshot was received, or discarded, before"
	errOneshotGone    closedError = "coord: send: the OneshotReceiver was closed or dropped"
)

// Oneshot returns the two ends of a channel for one value. It allocates once, and its operations
// do not.
//
// The sender calls Send or Close, once; the receiver that has not received is dropped. Each end may be used by
// one goroutine or task at a time.
func Oneshot[T any]() (*OneshotSender[T], *OneshotReceiver[T]) {
	o := new(oneshot[T])
	return (*OneshotSender[T])(o), (*OneshotReceiver[T])(o)
}

// OneshotSender is the end of a [Oneshot] that sends.
type OneshotSender[T any] oneshot[T]

// OneshotReceiver is the end of a [Oneshot] that receives.
type OneshotReceiver[T any] oneshot[T]

func (s *OneshotSender[T]) core() *oneshot[T] {
	if s == nil {
		nilReceiver("OneshotSender", "Oneshot makes them")
	}
	return (*oneshot[T])(s)
}

func (r *OneshotReceiver[T]) core() *oneshot[T] {
	if r == nil {
		nilReceiver("OneshotReceiver", "Oneshot makes them")
	}
	return (*oneshot[T])(r)
}

// Send hands v to the receiver. It never waits. If the receiver is gone it fails with an [ErrClosed], and v
// is still the caller's. A nil error does not say that v was received: the receiver may be dropped
// with v in the channel, which discards it.
//
// It panics if a value was sent before, or the sender closed.
func (s *OneshotSender[T]) Send(v T) error {
	o := s.core()
	if state := o.state.Load(); state != oneshotEmpty {
		return o.cannotSend(state)
	}
	word.Write(unsafe.Pointer(&o.value))
	o.value = v
	if !o.state.CompareAndSwap(oneshotEmpty, oneshotSent) {
		var none T
		o.value = none
		return o.cannotSend(o.state.Load())
	}
	o.receives.NotifyOne(nil)
	return nil
}

func (o *oneshot[T]) cannotSend(state uint32) error {
	switch state {
	case oneshotSent, oneshotTaken:
		panic("coord: Send on a OneshotSender that has sent already: it carries one value; MPSC makes a channel for more")
	case oneshotUnsent:
		panic("coord: Send on a OneshotSender that was closed")
	}
	return errOneshotGone
}

// Close tells the receiver that nothing will be sent. After Send, or after Close, it does
// nothing, so that it may be deferred.
func (s *OneshotSender[T]) Close() {
	o := s.core()
	if o.state.CompareAndSwap(oneshotEmpty, oneshotUnsent) {
		o.receives.NotifyOne(nil)
	}
}

// Drop is Close, for who discards a sender that nobody asks for any more.
func (s *OneshotSender[T]) Drop() { s.Close() }

// IsClosed reports whether there is nobody to send to: the receiver was closed or dropped, or has received.
func (s *OneshotSender[T]) IsClosed() bool { return s.core().ended() }

// Closed returns an operation that is ready once there is nobody to send to, see [OneshotSender.IsClosed]: for a
// sender to stop its work. Any number may wait at once; dropping one ends its wait and nothing else.
func (s *OneshotSender[T]) Closed() ClosedOp { return ClosedOp{of: s.core()} }

func (o *oneshot[T]) ended() bool {
	state := o.state.Load()
	return state == oneshotRefused || state == oneshotTaken
}

func (o *oneshot[T]) endLine() *waitlist.List { return &o.closings }

// Recv returns an operation that receives the value. It fails with an [ErrClosed] if the sender is
// closed, or the receiver, or the value was received before. Dropping it leaves the value to the next Recv. One waits at a time: a second
// one that would have to wait as well panics.
func (r *OneshotReceiver[T]) Recv() OneshotRecvOp[T] { return OneshotRecvOp[T]{o: r.core()} }

// TryRecv receives the value if it is there. Otherwise it fails with [ErrEmpty], or, if it
// will not come, with an [ErrClosed].
func (r *OneshotReceiver[T]) TryRecv() (v T, err error) {
	o := r.core()
	switch state := o.state.Load(); state {
	case oneshotEmpty:
		return v, ErrEmpty
	default:
		return o.take(state)
	}
}

// BlockingRecv is Recv for a goroutine: it sleeps until the value comes or ctx is done. On a worker of a runtime it
// fails with [future.ErrOnWorker] if it would have to. It allocates when it sleeps.
func (r *OneshotReceiver[T]) BlockingRecv(ctx context.Context) (T, error) {
	if v, err := r.TryRecv(); err != ErrEmpty {
		return v, err
	}
	return blockOn(ctx, r.Recv())
}

// take receives, in a state other than empty.
func (o *oneshot[T]) take(state uint32) (v T, err error) {
	switch state {
	case oneshotUnsent:
		return v, errOneshotUnsent
	case oneshotRefused:
		return v, errOneshotRefused
	}
	if !o.state.CompareAndSwap(oneshotSent, oneshotTaken) {
		return v, errOneshotTaken
	}
	word.Write(unsafe.Pointer(&o.value))
	var none T
	v, o.value = o.value, none
	o.closings.NotifyAll(nil)
	return v, nil
}

// Close refuses what has not been sent yet. A value that is there can still be received.
func (r *OneshotReceiver[T]) Close() { r.core().refuse() }

func (o *oneshot[T]) refuse() bool {
	if !o.state.CompareAndSwap(oneshotEmpty, oneshotRefused) {
		return false
	}
	o.receives.NotifyOne(nil)
	o.closings.NotifyAll(nil)
	return true
}

// Drop ends the receiver: the sender is told, and a value that is there is discarded (see [future.Discard]).
// After the value was received, and after Drop, it does nothing.
func (r *OneshotReceiver[T]) Drop() {
	o := r.core()
	if o.refuse() {
		return
	}
	if v, err := o.take(o.state.Load()); err == nil {
		future.Discard(v)
	}
}

// IsEmpty reports whether no value is there to be received.
func (r *OneshotReceiver[T]) IsEmpty() bool { return r.core().state.Load() != oneshotSent }

// IsTerminated reports whether no value will be received any more.
func (r *OneshotReceiver[T]) IsTerminated() bool { return r.core().state.Load() > oneshotSent }

// OneshotRecvOp is what [OneshotReceiver.Recv] returns.
type OneshotRecvOp[T any] struct {
	o    *oneshot[T]
	node waitlist.Node
}

// Poll implements future.Future.
func (r *OneshotRecvOp[T]) Poll(cx *waker.Context) future.Poll[T] {
	if r == nil || r.o == nil {
		overOp("OneshotRecvOp", "OneshotReceiver.Recv")
	}
	o := r.o
	state := o.state.Load()
	if state == oneshotEmpty {
		waitAlone(&o.receives, &r.node, cx.Waker(), "a second Recv of a OneshotReceiver waits while one does already: drop that first")
		if state = o.state.Load(); state == oneshotEmpty {
			return future.Pending[T]()
		}
	}
	if !cx.Spend() {
		return future.Pending[T]()
	}
	r.Drop()
	return future.Done(o.take(state))
}

// Drop implements future.Dropper.
func (r *OneshotRecvOp[T]) Drop() {
	if o := r.o; o != nil {
		r.o = nil
		// A turn that it had is nobody else's.
		o.receives.Leave(&r.node)
	}
}

// Await waits for the value.
func (r OneshotRecvOp[T]) Await(co *future.Co) (T, error) { return future.AwaitOp(co, r) }
