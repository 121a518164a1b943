//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"net"
	"syscall"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// hasUnixpacket is false: the buffers here know no messages.
const hasUnixpacket = false

// bufferSize is the most that one read or write moves.
const bufferSize = 16 << 10

// flushLimit is how long after Close what was written may take to be sent.
const flushLimit = time.Minute

// Conn is one end of a TCP or Unix stream, on this build over package net, with a
// goroutine for each wait. It must be closed.
//
// One task at a time reads and one writes; they may be different tasks on different
// threads, and any thread may close, or set a deadline, meanwhile. It must not be
// copied.
type Conn struct{ endpoint }

func newConn(conn net.Conn) *Conn {
	c := new(Conn)
	c.become(conn)
	return c
}

func (c *Conn) become(conn net.Conn) {
	c.conn = conn
	c.receive = c.receiveBytes
}

// there reports whether c was made of a connection.
func (c *Conn) there() bool { return c != nil && c.conn != nil }

// PollRead reads what there is, at most len(p) bytes, into p. It returns Pending, with
// the waker of cx left to be woken, when there is nothing to read yet; io.EOF once the
// peer has closed its side; net.ErrClosed after Close; os.ErrDeadlineExceeded. p is not
// kept. Into an empty p it reads nothing, at once and without an error.
//
// It panics while a ReadOp of this connection waits. Two tasks that call it themselves are not
// told apart: only the last one is woken.
func (c *Conn) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	return c.pollRead(cx, p, nil)
}

// pollRead is PollRead for an operation with a turn, or without one.
func (c *Conn) pollRead(cx *waker.Context, p []byte, t *turn) future.Poll[int] {
	c.checkTurn(reactor.Read, t)
	if len(p) == 0 {
		if !cx.Spend() {
			return future.Pending[int]()
		}
		return future.Ready(0)
	}
	if ready, err := c.wait(cx, reactor.Read, t); err != nil {
		return c.refused(cx, "read", err)
	} else if !ready || !cx.Spend() {
		return future.Pending[int]()
	}
	n, err := c.take(p)
	return future.Done(n, err)
}

// take hands out what the goroutine has read, or the error that it ended with.
func (c *Conn) take(p []byte) (int, error) {
	h := &c.dir[reactor.Read]
	h.lock.Lock()
	defer h.lock.Unlock()
	if len(h.data) > 0 {
		n := copy(p, h.data)
		h.data = h.data[n:]
		return n, nil
	}
	if h.err != nil {
		return 0, h.err
	}
	return 0, ErrWouldBlock
}

// PollWrite takes as much of p as there is room for, and returns how much that was:
// possibly less than len(p). It returns Pending when there is no room; net.ErrClosed
// after Close; os.ErrDeadlineExceeded. p is not kept. Of an empty p it writes nothing,
// at once and without an error.
//
// It panics while a WriteOp or WriteAllOp of this connection waits. Two tasks that call it themselves are not
// told apart: only the last one is woken.
func (c *Conn) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	return c.pollWrite(cx, p, nil)
}

// pollWrite is PollWrite for an operation with a turn, or without one.
func (c *Conn) pollWrite(cx *waker.Context, p []byte, t *turn) future.Poll[int] {
	c.checkTurn(reactor.Write, t)
	if len(p) == 0 {
		if !cx.Spend() {
			return future.Pending[int]()
		}
		return future.Ready(0)
	}
	if ready, err := c.wait(cx, reactor.Write, t); err != nil {
		return c.refused(cx, "write", err)
	} else if !ready || !cx.Spend() {
		return future.Pending[int]()
	}
	n, err := c.give(p)
	return future.Done(n, err)
}

// give has a goroutine send as much of p as there is room for.
func (c *Conn) give(p []byte) (int, error) {
	h := &c.dir[reactor.Write]
	h.lock.Lock()
	defer h.lock.Unlock()
	switch {
	case h.busy:
		return 0, ErrWouldBlock
	case h.err != nil:
		return 0, h.err
	case h.then != nil:
		return 0, c.fail("write", syscall.EPIPE) // after CloseWrite
	}
	n := min(len(p), bufferSize)
	h.buf = append(h.buf[:0], p[:n]...)
	h.busy = true
	go c.send(h.buf)
	return n, nil
}

// TryRead reads what there is, at most len(p) bytes, into p, and does not wait: it returns
// [ErrWouldBlock] when there is nothing to read yet, io.EOF once the peer has closed its side,
// net.ErrClosed after Close, and os.ErrDeadlineExceeded after the read deadline. It belongs after
// [Conn.Readable], which begins to read on this build.
//
// It panics while an operation of this connection waits to read.
func (c *Conn) TryRead(p []byte) (int, error) { return c.try(reactor.Read, c.take, p) }

// TryWrite hands as much of p to the operating system as it takes now, and returns how much that
// was; with ErrWouldBlock if there is no room at all. It is to writing what [Conn.TryRead] is to reading.
func (c *Conn) TryWrite(p []byte) (int, error) { return c.try(reactor.Write, c.give, p) }

func (c *Conn) try(d reactor.Direction, move func([]byte) (int, error), p []byte) (int, error) {
	c.check()
	if err := c.mayTry(d); err != nil {
		return 0, err
	}
	if len(p) == 0 {
		return 0, nil
	}
	return move(p)
}

// receiveBytes is what the goroutine that reads does.
func (c *Conn) receiveBytes() {
	h := &c.dir[reactor.Read]
	if h.buf == nil {
		h.buf = make([]byte, bufferSize)
	}
	n, err := c.conn.Read(h.buf)
	h.lock.Lock()
	h.data, h.err, h.busy = h.buf[:n], err, false
	owner := h.owner
	h.lock.Unlock()
	wake.Cell(&h.waker, owner.WakerPanicked)
}

func (c *Conn) send(p []byte) {
	_, err := c.conn.Write(p)
	c.sent(err)
}

func (c *Conn) isClosed() bool {
	c.check()
	return c.endpoint.isClosed()
}

// check panics for a connection that is none.
func (c *Conn) check() {
	if !c.there() {
		panic(zeroConn)
	}
}

// Close gives the connection up: pending reads and writes fail with net.ErrClosed, what
// was written is still sent, for up to a minute. Any thread may call it; a second call
// fails with net.ErrClosed. It does not block.
func (c *Conn) Close() error {
	c.check()
	return c.close()
}

// CloseWrite tells the peer that nothing more will be written: it reads io.EOF after
// what was sent. Reading goes on.
func (c *Conn) CloseWrite() error {
	if c.isClosed() {
		return c.fail("close", net.ErrClosed)
	}
	half, ok := c.conn.(interface{ CloseWrite() error })
	if !ok {
		return c.fail("close", syscall.EINVAL)
	}
	c.afterWriting(func() { _ = half.CloseWrite() })
	return nil
}

// LocalAddr returns the address of this end: a *net.TCPAddr or *net.UnixAddr.
func (c *Conn) LocalAddr() net.Addr {
	c.check()
	return c.conn.LocalAddr()
}

// RemoteAddr returns the address of the peer: a *net.TCPAddr or *net.UnixAddr.
func (c *Conn) RemoteAddr() net.Addr {
	c.check()
	return c.conn.RemoteAddr()
}

// Control calls f with the descriptor, for options that have no method here. f must
// neither close it nor make it blocking, nor keep it. It fails with net.ErrClosed after
// Close; during f the descriptor stays open.
func (c *Conn) Control(f func(fd uintptr)) error {
	c.check()
	return c.control(f)
}
