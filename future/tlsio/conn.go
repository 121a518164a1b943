package tlsio

import (
	"crypto/tls"
	"errors"
	"io"
	"net"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Stream is what TLS runs over: a *netio.Conn, an end of aio.Duplex. What it has beside these, of ForgetRead and ForgetWrite, PollFlush,
// LocalAddr and RemoteAddr, is used.
type Stream interface {
	aio.ReadWriter
	io.Closer
}

// Conn is a TLS connection over a stream, of either side. [Server] and [Client] make them. It is an aio.Conn.
//
// One task at a time reads and one writes, which may be two on two threads; any thread may close it. No method blocks. It
// must not be copied.
type Conn struct {
	_       word.NoCopy
	guard   guard
	stream  Stream
	flusher aio.Flusher // stream, if it is one
	tls     *tls.Conn
	failed  error // of the handshake, published by broken
	shaking bool  // a handshake has begun
	client  bool

	// What follows belongs to who holds the guard, or makes the handshake.

	wire      wire
	out       output
	readErr   error   // that ended reading
	writeErr  error   // that ended writing
	flushing  [2]bool // that side waits for the output to be sent
	unflushed bool    // the stream has what it may not have handed on
	said      bool    // close_notify
}

var errClosed = net.ErrClosed

var errWriteAfterEnd = errors.New("tlsio: write after CloseWrite")

// Server returns the side of a server on a stream, which it takes over: Close closes it. conf needs a certificate, or a callback that
// gets one. It is not changed, and must not be from now on; it may be shared by connections, which then share the keys of
// session tickets. Nothing is read before [Conn.Handshake].
func Server(s Stream, conf *tls.Config) *Conn {
	c := newConn(s, conf, "Server")
	c.tls = tls.Server(&c.wire, conf)
	return c
}

// Client returns the side of a client, likewise. conf needs the ServerName to verify, or InsecureSkipVerify; for sessions
// to be resumed, a ClientSessionCache. Renegotiation, which TLS 1.3 does not have, is not supported: it panics if conf allows it.
func Client(s Stream, conf *tls.Config) *Conn {
	c := newConn(s, conf, "Client")
	if conf.Renegotiation != tls.RenegotiateNever {
		panic("tlsio: Client with a Config that allows renegotiation, which is a handshake in the middle of a read: leave it at tls.RenegotiateNever")
	}
	c.client = true
	c.tls = tls.Client(&c.wire, conf)
	return c
}

func newConn(s Stream, conf *tls.Config, who string) *Conn {
	if s == nil || conf == nil {
		panic("tlsio: " + who + " with nil; pass an open stream and a *tls.Config")
	}
	c := &Conn{stream: s}
	c.flusher, _ = s.(aio.Flusher)
	c.wire.c = c
	return c
}

func (c *Conn) check() {
	if c == nil || c.tls == nil {
		panic("tlsio: a nil or zero Conn: Server and Client make them")
	}
}

// Stream returns what it runs over, for its addresses and options. Reading from it or writing to it breaks the connection.
func (c *Conn) Stream() Stream {
	c.check()
	return c.stream
}

// PollRead reads what there is into p, at most one record, which is up to 16 KB. It implements aio.Reader: Pending while there is nothing, and io.EOF after
// the peer's close_notify. The end of the stream without that is io.EOF too if it came between two records, as in
// crypto/tls, and [Conn.PeerEnded] tells them apart; within one it is io.ErrUnexpectedEOF. Errors are final, but for those of a deadline of
// the stream. It sends what waits to be sent. A Drop of a read that waits loses nothing.
func (c *Conn) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	c.check()
	if !c.guard.enter(cx, reading) {
		return future.Pending[int]()
	}
	defer c.guard.leave(c)
	if !cx.Spend() { // what has been decrypted already is read without the stream
		return future.Pending[int]()
	}
	if err := c.usable(); err != nil {
		return future.Failed[int](err)
	}
	if c.readErr != nil {
		return future.Failed[int](c.readErr)
	}
	if len(p) == 0 {
		return future.Ready(0)
	}
	if c.out.left() > outLimit {
		if c.flushAside(cx); c.out.left() > outLimit {
			c.flushing[reading] = true
			c.guard.cells[reading].Register(cx.Waker())
			return future.Pending[int]()
		}
	}
	w := &c.wire
	w.cx, w.err = cx, nil
	n, err := c.tls.Read(p)
	w.cx = nil
	if c.out.left() > 0 || c.unflushed {
		c.flushAside(cx)
	}
	if err == errRetry {
		err = w.err
		if n == 0 && err == nil {
			c.guard.cells[reading].Register(cx.Waker())
			return future.Pending[int]()
		}
	}
	if err != nil && !late(err) {
		c.readErr = err
	}
	if n > 0 {
		return future.Ready(n)
	}
	return future.Failed[int](err)
}

// PeerEnded reports whether the peer has said its end, by a close_notify that was read. After an io.EOF without it the peer, or somebody between,
// may have cut off what was still to come; protocols that know the length of their messages need not care. The reader's task calls it.
func (c *Conn) PeerEnded() bool {
	c.check()
	return c.readErr == io.EOF && !c.wire.eof
}

// PollWrite takes up to 16 KB of p, and returns how much that was. It implements aio.Writer: Pending while the stream has
// not taken what was written before. What is taken is in records, and is sent by this call as far as the stream has room, and else
// by the next one of PollWrite, PollFlush or PollRead. Errors are final, but for those of a deadline of the stream, after which
// what was taken is still sent.
func (c *Conn) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	return c.PollWriteVectored(cx, [][]byte{p})
}

// PollWriteVectored is PollWrite for the bytes of all of bufs in their order: they share records. It implements aio.VectoredWriter.
func (c *Conn) PollWriteVectored(cx *waker.Context, bufs [][]byte) future.Poll[int] {
	c.check()
	if !c.guard.enter(cx, writing) {
		return future.Pending[int]()
	}
	defer c.guard.leave(c)
	if wait, err := c.writable(cx); err != nil {
		return future.Failed[int](err)
	} else if wait {
		return future.Pending[int]()
	}
	var p []byte
	if len(bufs) == 1 {
		p = bufs[0][:min(len(bufs[0]), recordRoom)]
	} else {
		plain := outBuffers.Get().(*[outRoom]byte)
		defer outBuffers.Put(plain)
		p = plain[:0]
		for _, b := range bufs {
			p = append(p, b[:min(len(b), recordRoom-len(p))]...)
		}
	}
	if len(p) == 0 {
		return future.Ready(0)
	}
	return c.write(cx, p)
}

// writable looks whether a write is to be taken now, or has to wait.
func (c *Conn) writable(cx *waker.Context) (wait bool, err error) {
	if !cx.Spend() {
		return true, nil
	}
	switch err := c.usable(); {
	case err != nil:
		return false, err
	case c.writeErr != nil:
		return false, c.writeErr
	case c.said:
		return false, errWriteAfterEnd
	case c.out.left() == 0:
		return false, nil
	}
	done, err := c.flush(cx, writing, false)
	return !done, err
}

func (c *Conn) write(cx *waker.Context, p []byte) future.Poll[int] {
	n, err := c.tls.Write(p)
	if err != nil {
		c.writeErr = err
	}
	c.flushAndGo(cx, false) // what was taken counts: if it cannot be sent the next call says so
	if n > 0 {
		return future.Ready(n)
	}
	return future.Failed[int](err)
}
