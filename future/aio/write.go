package aio

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Write returns an operation that writes as much of p as there is room for, and comes to the number of
// bytes: at least 1, unless p is empty. See [WriteAll]. A Drop has written nothing.
func Write(w Writer, p []byte) WriteOp {
	notNil(w != nil, "Write", "Writer")
	return WriteOp{w: w, p: p}
}

// WriteOp is what [Write] returns.
type WriteOp struct {
	w Writer
	p []byte
}

// Poll implements future.Future.
func (o *WriteOp) Poll(cx *waker.Context) future.Poll[int] {
	live(o != nil && o.w != nil, "a WriteOp", "Write")
	a := pollWrite(cx, o.w, o.p)
	if a.IsReady() {
		*o = WriteOp{}
	}
	return a
}

// Drop implements future.Dropper.
func (o *WriteOp) Drop() {
	if o.w != nil {
		forgetWrite(o.w)
	}
	*o = WriteOp{}
}

// Await waits for it, see [future.Await].
func (o WriteOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// WriteAll returns an operation that writes all of p, and comes to len(p); the number of bytes written
// stands beside an error. It does not flush. If it is dropped, [WriteAllOp.Written] tells how far it came.
func WriteAll(w Writer, p []byte) WriteAllOp {
	notNil(w != nil, "WriteAll", "Writer")
	return WriteAllOp{w: w, p: p}
}

// WriteAllOp is what [WriteAll] returns.
type WriteAllOp struct {
	w Writer
	p []byte
	n int
}

// Written returns how many bytes have been written so far; also after a Drop.
func (o *WriteAllOp) Written() int { return o.n }

// Poll implements future.Future.
func (o *WriteAllOp) Poll(cx *waker.Context) future.Poll[int] {
	live(o != nil && o.w != nil, "a WriteAllOp", "WriteAll")
	for {
		a := pollWrite(cx, o.w, o.p[o.n:])
		if a.IsPending() {
			return a
		}
		n, err := a.Result()
		o.n += n
		if n := o.n; err != nil || n == len(o.p) {
			*o = WriteAllOp{n: n}
			return future.Done(n, err)
		}
	}
}

// Drop implements future.Dropper.
func (o *WriteAllOp) Drop() {
	if o.w != nil {
		forgetWrite(o.w)
	}
	*o = WriteAllOp{n: o.n}
}

// Await waits for it, see [future.Await].
func (o WriteAllOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// Flush returns an operation that is ready when all that was written to w has been handed on: at once if
// w is no [Flusher].
func Flush(w Writer) FlushOp {
	notNil(w != nil, "Flush", "Writer")
	return FlushOp{w: w}
}

// CloseWrite returns an operation that flushes w and then tells its peer that nothing more comes, if w
// is a [CloseWriter], and is ready when that has been handed on too. What it fails with is the flush's or the close's error.
func CloseWrite(w Writer) FlushOp {
	notNil(w != nil, "CloseWrite", "Writer")
	return FlushOp{w: w, close: true}
}

// FlushOp is what [Flush] and [CloseWrite] return.
type FlushOp struct {
	w     Writer
	close bool
}

// Poll implements future.Future.
func (o *FlushOp) Poll(cx *waker.Context) future.Poll[future.Unit] {
	live(o != nil && o.w != nil, "a FlushOp", "Flush or CloseWrite")
	for {
		a := pollFlush(cx, o.w)
		if a.IsPending() {
			return a
		}
		err := a.Err()
		if o.close && err == nil {
			// What says the end may be bytes too, as in TLS, and the peer waits for them.
			o.close = false
			if err = closeWrite(o.w); err == nil {
				continue
			}
		}
		*o = FlushOp{}
		return future.Done(future.Unit{}, err)
	}
}

// Drop implements future.Dropper. What was not flushed is flushed by the next one.
func (o *FlushOp) Drop() {
	if o.w != nil {
		forgetWrite(o.w)
	}
	*o = FlushOp{}
}

// Await waits for it, see [future.Await].
func (o FlushOp) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, o) }
