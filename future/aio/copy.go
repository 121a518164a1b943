package aio

import (
	"io"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// copySize is the buffer of a copy that was handed none, as io.Copy's.
const copySize = 32 << 10

var copyBuffers = sync.Pool{New: func() any { return new([copySize]byte) }}

// Copy returns an operation that copies from src to dst until src ends, and comes to the number of bytes
// written, also beside an error. What dst keeps, if it is a [Flusher], is flushed at the end and whenever
// src has nothing. dst is not closed: see [CloseWrite].
//
// buf is what is read into, and is the operation's until it has ended; it panics for one of no length. If it is nil, 32 KB of a pool are used
// while there is something in them, so that a copy that waits for src costs no buffer. It
// allocates nothing else. If it is dropped, what was read and not written is lost.
func Copy(dst Writer, src Reader, buf []byte) CopyOp {
	notNil(dst != nil, "Copy", "Writer")
	notNil(src != nil, "Copy", "Reader")
	if buf != nil && len(buf) == 0 {
		panic("aio: Copy with a buffer of no length; pass nil for one of the pool's")
	}
	return CopyOp{dst: dst, src: src, buf: buf}
}

// CopyOp is what [Copy] returns.
type CopyOp struct {
	dst      Writer
	src      Reader
	buf      []byte
	pooled   *[copySize]byte // buf is
	from, to int             // of buf: what is to be written
	n        int64
	ended    bool // src has
	dirty    bool // something was written since the last flush
}

// Copied returns how many bytes have been written so far; also after a Drop.
func (o *CopyOp) Copied() int64 { return o.n }

// Poll implements future.Future.
func (o *CopyOp) Poll(cx *waker.Context) future.Poll[int64] {
	live(o != nil && o.src != nil, "a CopyOp", "Copy")
	for {
		switch {
		case o.from < o.to:
			a := pollWrite(cx, o.dst, o.buf[o.from:o.to])
			if a.IsPending() {
				return future.Pending[int64]()
			}
			n, err := a.Result()
			o.from, o.n, o.dirty = o.from+n, o.n+int64(n), true
			if err != nil {
				return o.end(err)
			}
		case o.ended:
			a := o.flush(cx)
			if a.IsPending() {
				return future.Pending[int64]()
			}
			return o.end(a.Err())
		default:
			if a := o.read(cx); a.IsPending() {
				o.giveBack()
				if err := o.flush(cx).Err(); err != nil {
					return o.end(err)
				}
				return future.Pending[int64]()
			} else if err := a.Err(); err != nil && err != io.EOF {
				return o.end(err)
			}
		}
	}
}

// read fills the buffer, and notes the end.
func (o *CopyOp) read(cx *waker.Context) future.Poll[int] {
	if o.buf == nil {
		o.pooled = copyBuffers.Get().(*[copySize]byte)
		o.buf = o.pooled[:]
	}
	a := pollRead(cx, o.src, o.buf)
	if a.IsReady() {
		n, err := a.Result()
		o.from, o.to, o.ended = 0, n, err == io.EOF
	}
	return a
}

func (o *CopyOp) flush(cx *waker.Context) future.Poll[future.Unit] {
	if !o.dirty {
		return future.Ready(future.Unit{})
	}
	a := pollFlush(cx, o.dst)
	o.dirty = a.IsPending()
	return a
}

// giveBack hands the buffer on while nothing is in it.
func (o *CopyOp) giveBack() {
	if o.pooled != nil {
		copyBuffers.Put(o.pooled)
		o.pooled, o.buf = nil, nil
	}
}

func (o *CopyOp) end(err error) future.Poll[int64] {
	o.giveBack()
	n := o.n
	*o = CopyOp{n: n}
	return future.Done(n, err)
}

// Drop implements future.Dropper.
func (o *CopyOp) Drop() {
	if o.src != nil {
		o.giveBack()
		defer forgetWrite(o.dst)
		forgetRead(o.src)
	}
	*o = CopyOp{n: o.n}
}

// Await waits for it, see [future.Await].
func (o CopyOp) Await(co *future.Co) (int64, error) { return future.AwaitOp(co, o) }
