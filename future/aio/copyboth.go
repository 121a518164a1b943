package aio

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// CopyBidirectional returns an operation that copies from a to b and from b to a, as a proxy does. When one of
// them ends, the other one's peer is told so ([CloseWrite]), and the other direction goes on. It is
// ready when both have ended, or as soon as one fails: then the other direction is given up, and what it had read
// and not written is lost. Neither stream is closed.
//
// Each direction uses a buffer of the pool as [Copy] does, and none while it waits for its source.
func CopyBidirectional(a, b ReadWriter) CopyBidirectionalOp {
	return CopyBidirectionalBuffers(a, b, nil, nil)
}

// CopyBidirectionalBuffers is [CopyBidirectional] with buffers of the caller's, one for each direction.
func CopyBidirectionalBuffers(a, b ReadWriter, aToB, bToA []byte) CopyBidirectionalOp {
	notNil(a != nil && b != nil, "CopyBidirectional", "ReadWriter")
	return CopyBidirectionalOp{toB: way{copying: Copy(b, a, aToB)}, toA: way{copying: Copy(a, b, bToA)}, live: true}
}

// Copied is how many bytes [CopyBidirectional] has written in each direction.
type Copied struct{ AToB, BToA int64 }

// CopyBidirectionalOp is what [CopyBidirectional] returns.
type CopyBidirectionalOp struct {
	toB, toA way
	live     bool
	toAFirst bool // the other direction had used up the budget of the last poll
}

// Copied returns how many bytes have been written so far; also after a Drop.
func (o *CopyBidirectionalOp) Copied() Copied { return Copied{o.toB.copying.n, o.toA.copying.n} }

// Poll implements future.Future.
func (o *CopyBidirectionalOp) Poll(cx *waker.Context) future.Poll[Copied] {
	live(o != nil && o.live, "a CopyBidirectionalOp", "CopyBidirectional")
	first, second := &o.toB, &o.toA
	if o.toAFirst {
		first, second = second, first
	}
	if err := first.poll(cx); err != nil {
		return o.fail(err)
	}
	if cx.Exhausted() {
		o.toAFirst = !o.toAFirst
	}
	if err := second.poll(cx); err != nil {
		return o.fail(err)
	}
	if !o.toB.closed || !o.toA.closed {
		return future.Pending[Copied]()
	}
	o.live = false
	return future.Ready(o.Copied())
}

func (o *CopyBidirectionalOp) fail(err error) future.Poll[Copied] {
	o.Drop()
	return future.Done(o.Copied(), err)
}

// Drop implements future.Dropper.
func (o *CopyBidirectionalOp) Drop() {
	if o.live {
		o.live = false
		defer o.toA.drop()
		o.toB.drop()
	}
}

// Await waits for it, see [future.Await].
func (o CopyBidirectionalOp) Await(co *future.Co) (Copied, error) { return future.AwaitOp(co, o) }

// way is one of two directions.
type way struct {
	copying CopyOp  // until its source has ended
	closing FlushOp // then
	closed  bool
}

func (w *way) poll(cx *waker.Context) error {
	if w.copying.src != nil {
		dst := w.copying.dst
		a := w.copying.Poll(cx)
		if a.IsPending() || a.Err() != nil {
			return a.Err()
		}
		w.closing = CloseWrite(dst)
	}
	if w.closed {
		return nil
	}
	a := w.closing.Poll(cx)
	w.closed = a.IsReady()
	return a.Err()
}

func (w *way) drop() {
	defer w.closing.Drop()
	w.copying.Drop()
}
