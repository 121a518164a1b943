package netio

import (
	"net"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Split hands a connection out as its two halves, one to read from and one to write to, for two
// tasks, also on two threads. Each half has to be closed: closing the writer tells the peer that
// nothing more comes ([Conn.CloseWrite]), and when both halves are closed so is the connection.
// c itself must not be used for reading or writing any more; its Close ends both halves.
func (c *Conn) Split() (*Reader, *Writer) {
	c.check()
	open := new(word.Int32)
	open.Store(2)
	return &Reader{owner{c: c, open: open}}, &Writer{owner{c: c, open: open}}
}

// owner is one of two owners of a connection. The last one to close it closes the connection.
type owner struct {
	c      *Conn
	open   *word.Int32 // halves that are
	closed word.Bool
}

// release gives the half up, and reports whether it was the last one, and whether it was open.
func (h *owner) release() (last, first bool) {
	if h.closed.Swap(true) {
		return false, false
	}
	return h.open.Dec() == 0, true
}

// Reader is the half of a connection that is read from. See [Conn.Split].
type Reader struct{ h owner }

// Read is [Conn.Read].
func (r *Reader) Read(p []byte) ReadOp { return r.Conn().Read(p) }

// PollRead is [Conn.PollRead].
func (r *Reader) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	return r.Conn().PollRead(cx, p)
}

// SetReadDeadline is [Conn.SetReadDeadline].
func (r *Reader) SetReadDeadline(t time.Time) error {
	return r.Conn().SetReadDeadline(t)
}

// Conn returns the connection, for its addresses and options.
func (r *Reader) Conn() *Conn {
	if r == nil || r.h.c == nil {
		panic("netio: a nil or zero Reader: Conn.Split makes them")
	}
	return r.h.c
}

// Close gives the half up; what the peer still sends is not read. The connection is closed with the
// writer. A second Close fails with net.ErrClosed.
func (r *Reader) Close() error {
	c := r.Conn()
	switch last, first := r.h.release(); {
	case !first:
		return c.fail("close", net.ErrClosed)
	case last:
		return c.Close()
	}
	return nil
}

// Writer is the half of a connection that is written to. See [Conn.Split].
type Writer struct{ h owner }

// Write is [Conn.Write].
func (w *Writer) Write(p []byte) WriteOp { return w.Conn().Write(p) }

// WriteAll is [Conn.WriteAll].
func (w *Writer) WriteAll(p []byte) WriteAllOp { return w.Conn().WriteAll(p) }

// PollWrite is [Conn.PollWrite].
func (w *Writer) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	return w.Conn().PollWrite(cx, p)
}

// SetWriteDeadline is [Conn.SetWriteDeadline].
func (w *Writer) SetWriteDeadline(t time.Time) error {
	return w.Conn().SetWriteDeadline(t)
}

// Conn returns the connection, for its addresses and options.
func (w *Writer) Conn() *Conn {
	if w == nil || w.h.c == nil {
		panic("netio: a nil or zero Writer: Conn.Split makes them")
	}
	return w.h.c
}

// Close tells the peer that nothing more comes, after what was written. The connection is closed
// with the reader. A second Close fails with net.ErrClosed.
func (w *Writer) Close() error {
	c := w.Conn()
	switch last, first := w.h.release(); {
	case !first:
		return c.fail("close", net.ErrClosed)
	case last:
		return c.Close()
	}
	return c.CloseWrite()
}
