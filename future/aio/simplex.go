package aio

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/waker"
)

// Simplex returns the two ends of a pipe in memory that holds n bytes at most: a write waits while it is full, a
// read while it is empty. It panics for less than 1. The n bytes are allocated at the first write, and nothing after that.
//
// One task writes and one reads, on any two threads; any thread may close an end.
func Simplex(n int) (*PipeReader, *PipeWriter) {
	checkPipeSize("Simplex", n)
	s := new(struct {
		p pipe
		r PipeReader
		w PipeWriter
	})
	s.p.size = n
	s.r.p, s.w.p = &s.p, &s.p
	return &s.r, &s.w
}

// PipeReader is the end of a pipe that is read from. See [Simplex].
type PipeReader struct{ p *pipe }

func (r *PipeReader) pipe() *pipe {
	mustBe(r != nil && r.p != nil, "PipeReader", "Simplex")
	return r.p
}

// PollRead implements Reader. It returns io.EOF when the writer is closed and everything was read, and
// io.ErrClosedPipe when the reader is closed. Two tasks that read at once are not told apart, and may read the same
// bytes.
func (r *PipeReader) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	return r.pipe().pollRead(cx, p)
}

// Read is the function [Read].
func (r *PipeReader) Read(p []byte) ReadOp {
	r.pipe()
	return ReadOp{r: r, p: p}
}

// ForgetRead implements ReadForgetter.
func (r *PipeReader) ForgetRead() { wake.Forget(&r.pipe().readable) }

// Close ends reading: what is in the pipe is lost, and writes fail with io.ErrClosedPipe, those that wait too. Any
// thread may call it. A second Close does nothing.
func (r *PipeReader) Close() error {
	r.pipe().closeRead()
	return nil
}

// Drop is Close, for who discards the end.
func (r *PipeReader) Drop() { r.pipe().closeRead() }

// PipeWriter is the end of a pipe that is written to. See [Simplex].
type PipeWriter struct{ p *pipe }

func (w *PipeWriter) pipe() *pipe {
	mustBe(w != nil && w.p != nil, "PipeWriter", "Simplex")
	return w.p
}

// PollWrite implements Writer. It returns io.ErrClosedPipe when either end is closed. Two tasks that
// write at once are not told apart, and spoil each other's bytes.
func (w *PipeWriter) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	return w.pipe().pollWrite(cx, p)
}

// PollWriteVectored implements VectoredWriter.
func (w *PipeWriter) PollWriteVectored(cx *waker.Context, bufs [][]byte) future.Poll[int] {
	return w.pipe().pollWriteVectored(cx, bufs)
}

// Write is the function [Write].
func (w *PipeWriter) Write(p []byte) WriteOp {
	w.pipe()
	return WriteOp{w: w, p: p}
}

// WriteAll is the function [WriteAll].
func (w *PipeWriter) WriteAll(p []byte) WriteAllOp {
	w.pipe()
	return WriteAllOp{w: w, p: p}
}

// ForgetWrite implements WriteForgetter.
func (w *PipeWriter) ForgetWrite() { wake.Forget(&w.pipe().writable) }

// CloseWrite is Close.
func (w *PipeWriter) CloseWrite() error { return w.Close() }

// Close ends writing: the reader reads what is in the pipe and then io.EOF. A write that waits fails with io.ErrClosedPipe.
// Any thread may call it. A second Close does nothing.
func (w *PipeWriter) Close() error {
	w.pipe().closeWrite()
	return nil
}

// Drop is Close, for who discards the end.
func (w *PipeWriter) Drop() { w.pipe().closeWrite() }
