package coord

import (
	"context"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of CancelToken.
//
// A token is a flag and a line. Who waits for the token stands in its line, and so does each child,
// whose waker cancels it. To cancel a token is to set its flag, to leave the parent's line, and to
// close its own: that wakes those who wait, and cancels the children, and through them theirs, on
// the thread that cancels. One thread does it, which has set the flag.
//
// A child joins its parent's line before anybody else knows of it, and leaves it on the one thread
// that cancels it; so its node is used by one thread at a time.
//
// Invariant: a token that is not cancelled and has a parent stands in the line of the parent, or is
// about to be cancelled by the thread that closes that line. No lock is held while another is taken.
//
// Rejected: a set of children beside the line, under a lock (the same, twice); children that are
// held weakly, and forgotten by the collector (two allocations more for each child, and a token
// that ends when the collector comes by); no link at all, and asking all ancestors (a wait has to
// stand in the lines of all of them).

// ErrCancelled is the error of what was cancelled by a CancelToken. errors.Is takes it for
// [context.Canceled], too.
var ErrCancelled error = cancelledError{}

type cancelledError struct{}

func (cancelledError) Error() string { return "coord: cancelled by its CancelToken" }

// Is implements errors.Is.
func (cancelledError) Is(target error) bool { return target == context.Canceled }

// CancelToken tells any number of tasks that they should end. Tokens make a tree: to cancel one
// cancels its children, and theirs, and not its parent. The zero value is the root of a tree, ready
// to use. It must not be copied once used; hand on the pointer.
//
// A child stands in its parent's line until one of the two is cancelled. As with
// [context.WithCancel], what makes a child for a while cancels it in the end:
//
//	child := token.Child()
//	defer child.Cancel()
type CancelToken struct {
	_         word.NoCopy
	cancelled word.Bool
	line      waitlist.List
	parent    *CancelToken  // nil for a root
	node      waitlist.Node // in the parent's line
}

// NewCancelToken returns the root of a new tree. It is new(CancelToken).
func NewCancelToken() *CancelToken { return new(CancelToken) }

func (t *CancelToken) check() {
	if t == nil {
		nilReceiver("CancelToken", "make one with NewCancelToken")
	}
}

var childVTable waker.VTable

func init() {
	childVTable.Uncounted(func(p unsafe.Pointer) { (*CancelToken)(p).Cancel() })
}

// Child returns a token that is cancelled with t, or by itself. It is cancelled already if t is.
// It is one allocation.
func (t *CancelToken) Child() *CancelToken {
	t.check()
	c := &CancelToken{parent: t}
	// Sound: the pointer is only ever turned back into *CancelToken by childVTable.
	w := waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(c), VTable: &childVTable})
	if t.line.Wait(&c.node, w) == waitlist.Closed {
		c.Cancel()
	}
	return c
}

// Cancel cancels the token and all that descend from it, and wakes those who wait for them, before
// it returns; of two calls at once, one does. It may be called again, by any thread.
func (t *CancelToken) Cancel() {
	t.check()
	if t.cancelled.Load() || t.cancelled.Swap(true) {
		return
	}
	word.Write(unsafe.Pointer(&t.parent)) // on this thread alone
	if p := t.parent; p != nil {
		t.parent = nil
		p.line.Leave(&t.node)
	}
	t.line.Close(nil)
}

// IsCancelled reports whether the token is cancelled.
func (t *CancelToken) IsCancelled() bool {
	t.check()
	return t.cancelled.Load()
}

// Err returns [ErrCancelled] if the token is cancelled, and nil otherwise.
func (t *CancelToken) Err() error {
	if t.IsCancelled() {
		return ErrCancelled
	}
	return nil
}

// Cancelled returns an operation that is ready when the token is cancelled. It does not fail.
// Dropped, it leaves nothing behind.
func (t *CancelToken) Cancelled() CancelledOp {
	t.check()
	return CancelledOp{t: t}
}

// CancelledOp is what [CancelToken.Cancelled] returns.
type CancelledOp struct {
	t    *CancelToken // nil when it has ended
	node waitlist.Node
}

// Poll implements future.Future.
func (o *CancelledOp) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if o == nil || o.t == nil {
		overOp("CancelledOp", "CancelToken.Cancelled")
	}
	t := o.t
	if o.node.State() == waitlist.Out {
		if t.cancelled.Load() {
			if !cx.Spend() {
				return future.Pending[future.Unit]()
			}
		} else if t.line.Wait(&o.node, cx.Waker()) == waitlist.Waiting {
			return future.Pending[future.Unit]()
		}
	} else if awaitTurn(&t.line, &o.node, cx) == waitlist.Waiting {
		return future.Pending[future.Unit]()
	}
	o.t = nil
	return future.Ready(future.Unit{})
}

// Drop implements future.Dropper.
func (o *CancelledOp) Drop() {
	if o == nil {
		nilReceiver("CancelledOp", "make one with CancelToken.Cancelled")
	}
	if t := o.t; t != nil {
		o.t = nil
		t.line.Leave(&o.node)
	}
}

// Await waits until the token is cancelled, see [future.Await].
func (o CancelledOp) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, o) }

// RunUntilCancelled returns an operation that becomes what op becomes, or fails with
// [ErrCancelled] if t is cancelled before; op is dropped then. If t is cancelled when it is first
// polled, op is not polled at all.
func RunUntilCancelled[T any, F future.Op[T]](t *CancelToken, op F) UntilCancelledOp[T, F] {
	return UntilCancelledOp[T, F]{cancelled: t.Cancelled(), op: future.Hold[T](op, "coord: RunUntilCancelled")}
}

// UntilCancelledOp is what [RunUntilCancelled] returns.
type UntilCancelledOp[T any, F future.Op[T]] struct {
	cancelled CancelledOp
	op        future.Child[T, F]
}

// Poll implements future.Future.
func (o *UntilCancelledOp[T, F]) Poll(cx *waker.Context) future.Poll[T] {
	if o == nil || !o.op.Live() {
		overOp("UntilCancelledOp", "RunUntilCancelled")
	}
	if o.cancelled.Poll(cx).IsReady() {
		o.op.Drop()
		return future.Failed[T](ErrCancelled)
	}
	p := o.op.Poll(cx)
	if p.IsReady() {
		o.cancelled.Drop()
	}
	return p
}

// Drop implements future.Dropper.
func (o *UntilCancelledOp[T, F]) Drop() {
	if o.op.Live() {
		defer o.op.Drop()
		o.cancelled.Drop()
	}
}

// Await waits, see [future.Await].
func (o UntilCancelledOp[T, F]) Await(co *future.Co) (T, error) { return future.AwaitOp(co, o) }

// Trace implements future.Traced: it is where op stands.
func (o *UntilCancelledOp[T, F]) Trace(tr *future.Tracer) { tr.Child(&o.op) }
