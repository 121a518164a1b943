//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"os"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/sys"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// Conn is one end of a TCP or Unix stream. It holds one descriptor until [Conn.Close],
// which must be called: the reactor keeps a forgotten connection alive.
//
// One task at a time reads and one writes; they may be different tasks on different
// threads, and any thread may close, or set a deadline, meanwhile. A Conn is 144 bytes
// on 64-bit machines and owns no buffer: what is read goes straight into the reader's.
//
// It must not be copied.
type Conn struct{ endpoint }

func newConn(fd int, k kind) *Conn {
	c := new(Conn)
	c.become(fd, k)
	return c
}

// become makes c of a descriptor, which must be non-blocking.
func (c *Conn) become(fd int, k kind) {
	c.src.Tag = uint8(k)
	c.src.Init(fd)
}

// there reports whether c was made of a descriptor.
func (c *Conn) there() bool { return c != nil && c.src.HasFD() }

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
	n := 0
	err := c.attempt(cx, reactor.Read, t, func(fd int) (v verdict, err error) {
		n, v, err = c.recv(fd, p)
		return v, err
	})
	return outcome(&c.endpoint, "read", n, err)
}

// recv is one system call that reads.
func (c *Conn) recv(fd int, p []byte) (n int, v verdict, err error) {
	var errno syscall.Errno
	if c.kind() == pipeKind {
		n, errno = sys.Read(fd, p)
	} else {
		n, errno = sys.Recv(fd, p)
	}
	if 0 < n && n < len(p) && shortReadDrains && c.kind() == tcpKind { // a Unix peer that passes descriptors cuts reads short
		return n, drained, nil
	}
	v, err = c.readCall("recv", n, errno)
	return n, v, err
}

// PollWrite hands as much of p to the operating system as it takes now, and returns how
// much that was: often less than len(p) when the peer reads slowly. It returns Pending
// when there is no room at all; net.ErrClosed after Close; os.ErrDeadlineExceeded. p is
// not kept. Of an empty p it writes nothing, at once and without an error.
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
	n := 0
	err := c.attempt(cx, reactor.Write, t, func(fd int) (v verdict, err error) {
		n, v, err = c.send(fd, p)
		return v, err
	})
	return outcome(&c.endpoint, "write", n, err)
}

// send is one system call that writes.
func (c *Conn) send(fd int, p []byte) (n int, v verdict, err error) {
	var errno syscall.Errno
	if c.kind() == pipeKind {
		n, errno = sys.Write(fd, p)
	} else {
		n, errno = sys.Send(fd, p)
	}
	switch {
	case errno == syscall.EAGAIN:
		return 0, blocked, nil
	case errno != 0:
		return 0, over, os.NewSyscallError("send", errno)
	case n < len(p):
		return n, drained, nil
	}
	return n, over, nil
}

// TryRead reads what there is, at most len(p) bytes, into p, and does not wait: it returns
// [ErrWouldBlock] when there is nothing to read yet, io.EOF once the peer has closed its side,
// net.ErrClosed after Close, and os.ErrDeadlineExceeded after the read deadline. It belongs after
// [Conn.Readable]. It does not allocate.
//
// It panics while an operation of this connection waits to read.
func (c *Conn) TryRead(p []byte) (int, error) {
	return c.try(reactor.Read, c.recv, p)
}

// TryWrite hands as much of p to the operating system as it takes now, and returns how much that
// was; with ErrWouldBlock if there is no room at all. It is to writing what [Conn.TryRead] is to reading.
func (c *Conn) TryWrite(p []byte) (int, error) {
	return c.try(reactor.Write, c.send, p)
}

func (c *Conn) try(d reactor.Direction, call func(fd int, p []byte) (int, verdict, error), p []byte) (n int, err error) {
	c.check()
	err = c.endpoint.try(d, func(fd int) (v verdict, err error) {
		if len(p) == 0 {
			return over, nil
		}
		n, v, err = call(fd, p)
		return v, err
	})
	return n, c.tried(d, err)
}

// call runs a system call on the descriptor.
func (c *Conn) call(op string, f func(fd int) error) error {
	c.check()
	return c.endpoint.call(op, f)
}

// check panics for a connection that is none.
func (c *Conn) check() {
	if !c.there() {
		panic(zeroConn)
	}
}

// Close gives the connection up: pending reads and writes fail with net.ErrClosed, what
// was written is still sent, and the descriptor is closed as soon as no system call is
// under way on it. Any thread may call it; a second call fails with net.ErrClosed. It
// does not block, except after [Conn.SetLinger] with a positive time.
func (c *Conn) Close() error {
	c.check()
	return c.close()
}

// Control calls f with the descriptor, for options that have no method here. f must
// neither close it nor make it blocking, nor keep it. It fails with net.ErrClosed after
// Close; during f the descriptor stays open.
func (c *Conn) Control(f func(fd uintptr)) error {
	c.check()
	return c.control(f)
}
