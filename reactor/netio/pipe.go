package netio

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// PipeReader is what can be read from and is no socket: the reading end of a pipe, a FIFO, a terminal. Beside what
// it lacks it is a [Conn]: one task at a time reads, any thread may close it, and it must be closed. Its
// errors are *net.OpError of the network pipe, but for a bare io.EOF when all who write have closed.
type PipeReader struct{ c Conn }

// PipeWriter is what can be written to and is no socket. It is to writing what a [PipeReader] is to
// reading. When all who read have closed it fails with syscall.EPIPE.
type PipeWriter struct{ c Conn }

// NewPipeReader makes a reader of an open pipe, FIFO or terminal, and takes f over: it is closed, and what stands for
// it from then on is the reader, also after an error. Of what others share with f, as a shell does its terminal, it
// makes reading non-blocking for all. For regular files there is package fileio.
func NewPipeReader(f *os.File) (*PipeReader, error) {
	r := new(PipeReader)
	if err := adopt(&r.c, f, "read"); err != nil {
		return nil, err
	}
	return r, nil
}

// NewPipeWriter is to writing what [NewPipeReader] is to reading.
func NewPipeWriter(f *os.File) (*PipeWriter, error) {
	w := new(PipeWriter)
	if err := adopt(&w.c, f, "write"); err != nil {
		return nil, err
	}
	return w, nil
}

// OpenPipeReader opens a FIFO for reading, and does not wait for somebody who writes: until there is one,
// reads find the end. The name must be that of a FIFO.
func OpenPipeReader(name string) (*PipeReader, error) {
	r := new(PipeReader)
	if err := openPipe(&r.c, name, os.O_RDONLY); err != nil {
		return nil, err
	}
	return r, nil
}

// OpenPipeWriter opens a FIFO for writing. It fails with syscall.ENXIO while nobody has it open for reading.
func OpenPipeWriter(name string) (*PipeWriter, error) {
	w := new(PipeWriter)
	if err := openPipe(&w.c, name, os.O_WRONLY); err != nil {
		return nil, err
	}
	return w, nil
}

// waits returns an error for a file that no poller can watch, as it never waits.
func waits(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if m := info.Mode(); m.IsRegular() || m.IsDir() {
		return fmt.Errorf("netio: %s is a regular file or a folder: want a pipe, a FIFO or a terminal; package fileio reads and writes files: %w", f.Name(), fs.ErrInvalid)
	}
	return nil
}

func (r *PipeReader) conn() *Conn {
	if r == nil || !r.c.there() {
		panic(zeroPipeReader)
	}
	return &r.c
}

// Read returns an operation that comes to the number of bytes read into p. See [Conn.Read].
func (r *PipeReader) Read(p []byte) ReadOp { return r.conn().Read(p) }

// PollRead is [Conn.PollRead].
func (r *PipeReader) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	return r.conn().PollRead(cx, p)
}

// Readable is [Conn.Readable].
func (r *PipeReader) Readable() ReadyOp { return r.conn().Readable() }

// TryRead is [Conn.TryRead].
func (r *PipeReader) TryRead(p []byte) (int, error) { return r.conn().TryRead(p) }

// SetReadDeadline is [Conn.SetReadDeadline].
func (r *PipeReader) SetReadDeadline(t time.Time) error { return r.conn().SetReadDeadline(t) }

// Control is [Conn.Control].
func (r *PipeReader) Control(f func(fd uintptr)) error { return r.conn().Control(f) }

// Close gives the reader up: a read that waits fails with net.ErrClosed. See [Conn.Close].
func (r *PipeReader) Close() error { return r.conn().Close() }

func (w *PipeWriter) conn() *Conn {
	if w == nil || !w.c.there() {
		panic(zeroPipeWriter)
	}
	return &w.c
}

// Write returns an operation that comes to the number of bytes written, possibly fewer than len(p). See [Conn.Write].
func (w *PipeWriter) Write(p []byte) WriteOp { return w.conn().Write(p) }

// WriteAll returns an operation that is ready when all of p is written. See [Conn.WriteAll].
func (w *PipeWriter) WriteAll(p []byte) WriteAllOp { return w.conn().WriteAll(p) }

// PollWrite is [Conn.PollWrite].
func (w *PipeWriter) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	return w.conn().PollWrite(cx, p)
}

// Writable is [Conn.Writable].
func (w *PipeWriter) Writable() ReadyOp { return w.conn().Writable() }

// TryWrite is [Conn.TryWrite].
func (w *PipeWriter) TryWrite(p []byte) (int, error) { return w.conn().TryWrite(p) }

// SetWriteDeadline is [Conn.SetWriteDeadline].
func (w *PipeWriter) SetWriteDeadline(t time.Time) error { return w.conn().SetWriteDeadline(t) }

// Control is [Conn.Control].
func (w *PipeWriter) Control(f func(fd uintptr)) error { return w.conn().Control(f) }

// Close gives the writer up: who reads finds the end, after what was written. See [Conn.Close].
func (w *PipeWriter) Close() error { return w.conn().Close() }

// PollWriteVectored is [Conn.PollWriteVectored].
func (w *PipeWriter) PollWriteVectored(cx *waker.Context, bufs [][]byte) future.Poll[int] {
	return w.conn().PollWriteVectored(cx, bufs)
}
