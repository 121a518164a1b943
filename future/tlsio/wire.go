package tlsio

import (
	"errors"
	"io"
	"net"
	"os"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// wire is the net.Conn under crypto/tls. It reads from the stream for the poll, or for the handshake, that is under way, and
// writes into the output.
type wire struct {
	c   *Conn
	cx  *waker.Context // of the poll that is under way
	co  *future.Co     // of the handshake that is
	err error          // of the stream, behind errRetry
	eof bool           // the stream has ended
}

// retryError says to crypto/tls that what it has read so far is to be kept, for the same call will come again.
type retryError struct{}

func (retryError) Error() string   { return "tlsio: nothing to read yet" }
func (retryError) Timeout() bool   { return false }
func (retryError) Temporary() bool { return true }

var errRetry error = retryError{}

var errOutside = errors.New("tlsio: the connection that callbacks are shown has addresses only: it is not to be read or written")

// Read implements net.Conn.
func (w *wire) Read(p []byte) (int, error) {
	var n int
	var err error
	switch {
	case w.co != nil:
		n, err = future.AwaitOp(w.co, exchangeOp{c: w.c, p: p})
	case w.cx == nil:
		return 0, errOutside
	default:
		a := w.c.stream.PollRead(w.cx, p)
		if a.IsPending() {
			return 0, errRetry
		}
		n, err = a.Result()
	}
	checkCount(n, len(p), w.c.stream, "read")
	switch {
	case err == io.EOF:
		w.eof = true
	case err == nil && n == 0:
		err = io.ErrNoProgress
	}
	if w.cx != nil && err != nil && err != io.EOF { // crypto/tls would wrap it, and take some for the last one that are not
		w.err, err = err, errRetry
	}
	return n, err
}

// Write implements net.Conn. It never fails and never waits.
func (w *wire) Write(p []byte) (int, error) {
	if w.c.writeErr == nil { // else nobody will send it
		w.c.out.add(p)
	}
	return len(p), nil
}

// Close implements net.Conn.
func (w *wire) Close() error { return w.c.stream.Close() }

// LocalAddr implements net.Conn, for callbacks.
func (w *wire) LocalAddr() net.Addr {
	if s, ok := w.c.stream.(interface{ LocalAddr() net.Addr }); ok {
		return s.LocalAddr()
	}
	return noAddr{}
}

// RemoteAddr implements net.Conn, for callbacks.
func (w *wire) RemoteAddr() net.Addr {
	if s, ok := w.c.stream.(interface{ RemoteAddr() net.Addr }); ok {
		return s.RemoteAddr()
	}
	return noAddr{}
}

// SetDeadline implements net.Conn: crypto/tls sets one when it says the end, which waits for nothing here.
func (w *wire) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn.
func (w *wire) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn.
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// noAddr is the address of a stream that has none.
type noAddr struct{}

func (noAddr) Network() string { return "stream" }
func (noAddr) String() string  { return "stream" }

// late reports whether an error is that of a deadline, which may be moved.
func late(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
