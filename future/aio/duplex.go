package aio

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Duplex returns the two ends of a connection in memory, each direction of which holds n bytes at most. What is
// written to one end is read from the other. So a server that takes a [Conn] is tested without sockets. It
// panics for less than 1. n bytes a direction are allocated at its first write, and nothing after that.
//
// One task at a time reads from an end and one writes to it, on any threads; any thread may close it.
func Duplex(n int) (*DuplexEnd, *DuplexEnd) {
	checkPipeSize("Duplex", n)
	d := new(struct {
		ab, ba pipe
		a, b   DuplexEnd
	})
	d.ab.size, d.ba.size = n, n
	d.a = DuplexEnd{PipeReader{&d.ba}, PipeWriter{&d.ab}}
	d.b = DuplexEnd{PipeReader{&d.ab}, PipeWriter{&d.ba}}
	return &d.a, &d.b
}

// DuplexEnd is one end of a connection in memory. See [Duplex]. It has what a netio.Conn has, but for deadlines,
// for which clock.Timeout serves, and addresses.
type DuplexEnd struct {
	in  PipeReader
	out PipeWriter
}

func (e *DuplexEnd) check() { mustBe(e != nil && e.in.p != nil, "DuplexEnd", "Duplex") }

// PollRead implements Reader. See [PipeReader.PollRead].
func (e *DuplexEnd) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	e.check()
	return e.in.p.pollRead(cx, p)
}

// PollWrite implements Writer. See [PipeWriter.PollWrite].
func (e *DuplexEnd) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	e.check()
	return e.out.p.pollWrite(cx, p)
}

// PollWriteVectored implements VectoredWriter.
func (e *DuplexEnd) PollWriteVectored(cx *waker.Context, bufs [][]byte) future.Poll[int] {
	e.check()
	return e.out.p.pollWriteVectored(cx, bufs)
}

// Read is the function [Read].
func (e *DuplexEnd) Read(p []byte) ReadOp {
	e.check()
	return ReadOp{r: e, p: p}
}

// Write is the function [Write].
func (e *DuplexEnd) Write(p []byte) WriteOp {
	e.check()
	return WriteOp{w: e, p: p}
}

// WriteAll is the function [WriteAll].
func (e *DuplexEnd) WriteAll(p []byte) WriteAllOp {
	e.check()
	return WriteAllOp{w: e, p: p}
}

// ForgetRead implements ReadForgetter.
func (e *DuplexEnd) ForgetRead() {
	e.check()
	e.in.ForgetRead()
}

// ForgetWrite implements WriteForgetter.
func (e *DuplexEnd) ForgetWrite() {
	e.check()
	e.out.ForgetWrite()
}

// CloseWrite ends writing: the other end reads what was written, and then io.EOF. A second one does nothing.
func (e *DuplexEnd) CloseWrite() error {
	e.check()
	return e.out.Close()
}

// Close ends both directions: as for [PipeReader.Close] and [PipeWriter.Close]. What waits at this end fails with
// io.ErrClosedPipe. A second one does nothing.
func (e *DuplexEnd) Close() error {
	e.check()
	_ = e.out.Close()
	return e.in.Close()
}

// Drop is Close, for who discards the end.
func (e *DuplexEnd) Drop() { _ = e.Close() }

// Split hands the end out as its two halves, for two tasks, each of which closes its own. e itself is not used for reading or writing
// any more; its Close ends both.
func (e *DuplexEnd) Split() (*PipeReader, *PipeWriter) {
	e.check()
	return &e.in, &e.out
}
