//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"io"
	"net"
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
// threads, and any thread may close, or set a deadline, meanwhile. A Conn is 128 bytes
// on 64-bit machines and owns no buffer: what is read goes straight into the reader's.
//
// It must not be copied.
type Conn struct{ endpoint }

func newConn(fd int, unix bool) *Conn {
	c := new(Conn)
	c.unix = unix
	c.src.Init(fd)
	return c
}

// PollRead reads what there is, at most len(p) bytes, into p. It answers Pending, with
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
	if !c.isClosed() {
		c.turns.check(reactor.Read, t)
	}
	if len(p) == 0 {
		if !cx.Spend() {
			return future.Pending[int]()
		}
		return future.Ready(0)
	}
	n := 0
	err := c.attempt(cx, reactor.Read, t, func(fd int) (verdict, error) {
		var errno syscall.Errno
		n, errno = sys.Recv(fd, p)
		switch {
		case errno == syscall.EAGAIN:
			return blocked, nil
		case errno != 0:
			return over, os.NewSyscallError("recv", errno)
		case n == 0:
			return over, io.EOF
		case n < len(p) && shortReadDrains && !c.unix: // a Unix peer that passes descriptors cuts reads short
			return drained, nil
		}
		return over, nil
	})
	return c.outcome("read", n, err)
}

// PollWrite hands as much of p to the operating system as it takes now, and answers how
// much that was: often less than len(p) when the peer reads slowly. It answers Pending
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
	if !c.isClosed() {
		c.turns.check(reactor.Write, t)
	}
	if len(p) == 0 {
		if !cx.Spend() {
			return future.Pending[int]()
		}
		return future.Ready(0)
	}
	n := 0
	err := c.attempt(cx, reactor.Write, t, func(fd int) (verdict, error) {
		var errno syscall.Errno
		n, errno = sys.Send(fd, p)
		switch {
		case errno == syscall.EAGAIN:
			return blocked, nil
		case errno != 0:
			return over, os.NewSyscallError("send", errno)
		case n < len(p):
			return drained, nil
		}
		return over, nil
	})
	return c.outcome("write", n, err)
}

// outcome is what a poll returns after an attempt.
func (c *Conn) outcome(op string, n int, err error) future.Poll[int] {
	switch err {
	case nil:
		return future.Ready(n)
	case errPending:
		return future.Pending[int]()
	case io.EOF:
		return future.Failed[int](io.EOF)
	}
	return future.Failed[int](c.fail(op, err))
}

func (c *Conn) isClosed() bool {
	c.check()
	return c.src.Closed()
}

// check panics for a connection that is none.
func (c *Conn) check() {
	if c == nil || !c.src.HasFD() {
		panic(zeroConn)
	}
}

// Close gives the connection up: pending reads and writes fail with net.ErrClosed, what
// was written is still sent, and the descriptor is closed as soon as no system call is
// under way on it. Any thread may call it; a second call fails with net.ErrClosed. It
// does not block, except after [Conn.SetLinger] with a positive time.
func (c *Conn) Close() error {
	c.check()
	if err := c.src.Close(); err != nil {
		return c.fail("close", err)
	}
	if l := c.limits.Load(); l != nil {
		l.stop()
	}
	return nil
}

// Control calls f with the descriptor, for options that have no method here. f must
// neither close it nor make it blocking, nor keep it. It fails with net.ErrClosed after
// Close; during f the descriptor stays open.
func (c *Conn) Control(f func(fd uintptr)) error {
	return c.call("control", func(fd int) error {
		f(uintptr(fd))
		return nil
	})
}

// call runs a system call on the descriptor.
func (c *Conn) call(op string, f func(fd int) error) error {
	c.check()
	if !c.src.Enter() {
		return c.fail(op, net.ErrClosed)
	}
	err := f(c.src.FD())
	c.src.Leave()
	if err != nil {
		return c.fail(op, err)
	}
	return nil
}
