package netio

import (
	"net"
	"time"

	"github.com/magpie-go/magpie/future"
)

// Stream is a connection as a net.Conn for one async function: its Read and Write look
// as if they blocked, and await. So io.Copy, bufio, encoding/json and everything else
// that takes an io.Reader or io.Writer works in an async function, and the worker goes
// on with other tasks meanwhile.
//
// It belongs to the function whose Co it was made with: Read and Write panic elsewhere,
// in another goroutine or after the function's end. For a library that starts goroutines which use
// the connection there is [GoConn]. Its other methods may be called from
// anywhere. In steady state Read and Write allocate nothing.
type Stream struct {
	co   *future.Co
	conn *Conn
}

var _ net.Conn = (*Stream)(nil)

// NewStream returns c as a net.Conn for the async function of co. It does not take c
// over, but closing the stream closes c.
func NewStream(co *future.Co, c *Conn) *Stream {
	if co == nil || c == nil {
		panic("netio: NewStream with nil; pass the Co of the async function and an open Conn")
	}
	return &Stream{co: co, conn: c}
}

// Conn returns the connection under the stream.
func (s *Stream) Conn() *Conn {
	if s == nil || s.conn == nil {
		panic(zeroStream)
	}
	return s.conn
}

// Read reads what there is into p and awaits if there is nothing. See [Conn.PollRead].
func (s *Stream) Read(p []byte) (int, error) {
	return s.Conn().Read(p).Await(s.co)
}

// Write writes all of p, and awaits while the peer is slower.
func (s *Stream) Write(p []byte) (int, error) {
	return s.Conn().WriteAll(p).Await(s.co)
}

// Close closes the connection. See [Conn.Close].
func (s *Stream) Close() error { return s.Conn().Close() }

// CloseWrite ends the sending side. See [Conn.CloseWrite].
func (s *Stream) CloseWrite() error { return s.Conn().CloseWrite() }

// LocalAddr returns the address of this end.
func (s *Stream) LocalAddr() net.Addr { return s.Conn().LocalAddr() }

// RemoteAddr returns the address of the peer.
func (s *Stream) RemoteAddr() net.Addr { return s.Conn().RemoteAddr() }

// SetDeadline sets both deadlines. See [Conn.SetDeadline].
func (s *Stream) SetDeadline(t time.Time) error { return s.Conn().SetDeadline(t) }

// SetReadDeadline sets the deadline of reading.
func (s *Stream) SetReadDeadline(t time.Time) error { return s.Conn().SetReadDeadline(t) }

// SetWriteDeadline sets the deadline of writing.
func (s *Stream) SetWriteDeadline(t time.Time) error { return s.Conn().SetWriteDeadline(t) }
