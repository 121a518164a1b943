package aio

import (
	"fmt"
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// WriteVectored returns an operation that writes the bytes of all of bufs in their order, and comes to their
// number. It hands them over together if w is a [VectoredWriter], and one by one if not. It takes bufs over, and
// what is written off it, as net.Buffers does; the bytes are only read.
func WriteVectored(w Writer, bufs [][]byte) WriteVectoredOp {
	notNil(w != nil, "WriteVectored", "Writer")
	return WriteVectoredOp{w: w, bufs: bufs}
}

// WriteVectoredOp is what [WriteVectored] returns.
type WriteVectoredOp struct {
	w    Writer
	bufs [][]byte
	n    int
}

// Written returns how many bytes have been written so far; also after a Drop.
func (o *WriteVectoredOp) Written() int { return o.n }

// Poll implements future.Future.
func (o *WriteVectoredOp) Poll(cx *waker.Context) future.Poll[int] {
	live(o != nil && o.w != nil, "a WriteVectoredOp", "WriteVectored")
	if o.advance(0); len(o.bufs) == 0 { // nothing is asked of w
		if !cx.Spend() {
			return future.Pending[int]()
		}
		return o.end(nil)
	}
	for len(o.bufs) > 0 {
		a := o.write(cx)
		if a.IsPending() {
			return a
		}
		n, err := a.Result()
		o.advance(n)
		if err != nil {
			return o.end(err)
		}
	}
	return o.end(nil)
}

func (o *WriteVectoredOp) write(cx *waker.Context) future.Poll[int] {
	v, ok := o.w.(VectoredWriter)
	if !ok || len(o.bufs) == 1 {
		return pollWrite(cx, o.w, o.bufs[0])
	}
	a := v.PollWriteVectored(cx, o.bufs)
	if n, err := a.Result(); a.IsReady() && n == 0 && err == nil {
		return future.Failed[int](io.ErrShortWrite)
	}
	return a
}

// advance takes n bytes off, and buffers that are empty.
func (o *WriteVectoredOp) advance(n int) {
	o.n += n
	for len(o.bufs) > 0 && n >= len(o.bufs[0]) {
		n -= len(o.bufs[0])
		o.bufs[0] = nil
		o.bufs = o.bufs[1:]
	}
	if n == 0 {
		return
	}
	if len(o.bufs) == 0 || n < 0 {
		panic(fmt.Sprintf("aio: %T says that it has written more bytes than it was given, or fewer than none: %d too many", o.w, n))
	}
	o.bufs[0] = o.bufs[0][n:]
}

func (o *WriteVectoredOp) end(err error) future.Poll[int] {
	n := o.n
	*o = WriteVectoredOp{n: n}
	return future.Done(n, err)
}

// Drop implements future.Dropper.
func (o *WriteVectoredOp) Drop() {
	if o.w != nil {
		forgetWrite(o.w)
	}
	*o = WriteVectoredOp{n: o.n}
}

// Await waits for it, see [future.Await].
func (o WriteVectoredOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }
