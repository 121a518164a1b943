package aio

import (
	"errors"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// BufWriter gathers small writes to another Writer. What it has taken is on its way after [Flush] only. It
// never holds more than its buffer: when that is full a write waits for the Writer. It is for one task at a time, as
// its Writer is. After an error of the Writer everything fails with that.
//
// A write is kept whole if it fits into the buffer: what does not fit beside what is there has that written first.
type BufWriter struct {
	w        Writer
	buf      []byte
	from, to int // what is buffered
	err      error
}

// NewBufWriter returns a BufWriter to w with a buffer of so many bytes; 4,096 for 0. It panics for less.
func NewBufWriter(w Writer, size int) *BufWriter {
	notNil(w != nil, "NewBufWriter", "Writer")
	return &BufWriter{w: w, buf: newBuffer(size, "NewBufWriter")}
}

// Writer returns what is written to. What is buffered has not come there yet.
func (b *BufWriter) Writer() Writer {
	b.check()
	return b.w
}

func (b *BufWriter) check() { mustBe(b != nil && b.w != nil, "BufWriter", "NewBufWriter") }

// Buffered returns the bytes that were taken and not written yet, good until the next call.
func (b *BufWriter) Buffered() []byte {
	b.check()
	return b.buf[b.from:b.to]
}

// Write is the function [Write].
func (b *BufWriter) Write(p []byte) WriteOp {
	b.check()
	return WriteOp{w: b, p: p}
}

// WriteAll is the function [WriteAll].
func (b *BufWriter) WriteAll(p []byte) WriteAllOp {
	b.check()
	return WriteAllOp{w: b, p: p}
}

// Flush is the function [Flush].
func (b *BufWriter) Flush() FlushOp {
	b.check()
	return FlushOp{w: b}
}

// PollWrite implements Writer.
func (b *BufWriter) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	b.check()
	waited := false
	if len(p) > len(b.buf)-b.to && b.from < b.to {
		if a := b.drain(cx); a.IsPending() {
			return future.Pending[int]()
		}
		waited = true
	}
	switch {
	case b.err != nil:
	case len(p) >= len(b.buf):
		a := pollWrite(cx, b.w, p)
		b.err = a.Err()
		return a
	}
	if !waited && !cx.Spend() {
		return future.Pending[int]()
	}
	if b.err != nil {
		return future.Failed[int](b.err)
	}
	b.to += copy(b.buf[b.to:], p)
	return future.Ready(len(p))
}

// drain writes what is buffered. Its error is in b.err too.
func (b *BufWriter) drain(cx *waker.Context) future.Poll[future.Unit] {
	for b.err == nil && b.from < b.to {
		a := pollWrite(cx, b.w, b.buf[b.from:b.to])
		if a.IsPending() {
			return future.Pending[future.Unit]()
		}
		n, err := a.Result()
		b.from, b.err = b.from+n, err
	}
	if b.err == nil {
		b.from, b.to = 0, 0
	}
	return future.Done(future.Unit{}, b.err)
}

// PollFlush implements Flusher: what is buffered is written, and its Writer flushed.
func (b *BufWriter) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	b.check()
	a := b.drain(cx)
	if a.IsPending() || a.Err() != nil {
		return a
	}
	a = pollFlush(cx, b.w)
	b.err = a.Err()
	return a
}

// errUnflushed is what CloseWrite fails with where something would be lost.
var errUnflushed = errors.New("aio: CloseWrite of a BufWriter with something in it: flush it first, as the function CloseWrite does")

// CloseWrite implements CloseWriter: it tells the peer of its Writer that nothing more comes. It fails if something is
// buffered; the function [CloseWrite] flushes before.
func (b *BufWriter) CloseWrite() error {
	b.check()
	if b.from < b.to && b.err == nil {
		return errUnflushed
	}
	return closeWrite(b.w)
}

// ForgetWrite implements WriteForgetter.
func (b *BufWriter) ForgetWrite() {
	b.check()
	forgetWrite(b.w)
}
