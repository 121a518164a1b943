//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"io"
	"net"
	"os"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/sys"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a connection.
//
// What threads share is the source (see reactor/source.go), which says when a system
// call is worth trying and keeps the descriptor open during one, and two words that
// are nil until somebody needs what they point to:
//
//	limits  the deadlines; written once, by the first Set…Deadline, then woken
//	names   the two addresses; written by whoever asks first
//
// Invariant: who waits has left its waker with the source before it looks at limits,
// and the first deadline is there before the source is woken for it: one of the two
// sides finds the other.
//
// Rejected: deadlines and addresses in the connection itself (200 bytes that most of
// 100,000 idle connections never use), and a lock around reading and writing (a source
// allows one task a direction, so there is nobody to keep out but Close).

// Conn is one end of a TCP or Unix stream. It holds one descriptor until [Conn.Close],
// which must be called: the reactor keeps a forgotten connection alive.
//
// One task at a time reads and one writes; they may be different tasks on different
// threads, and any thread may close, or set a deadline, meanwhile. A Conn is 128 bytes
// on 64-bit machines and owns no buffer: what is read goes straight into the reader's.
//
// It must not be copied.
type Conn struct {
	src    reactor.Source
	limits word.Pointer[deadlines]
	names  word.Pointer[names]
	turns  turns
	unix   bool
}

func newConn(fd int, unix bool) *Conn {
	c := &Conn{unix: unix}
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
	if c.late(reactor.Read) {
		return c.refused(cx, "read", os.ErrDeadlineExceeded)
	}
	for {
		mark, ready := c.src.Ready(reactor.Read)
		if ready {
			if !cx.Spend() {
				return future.Pending[int]()
			}
			if !c.src.Enter() {
				return c.failed("read", net.ErrClosed)
			}
			n, errno := sys.Recv(c.src.FD(), p)
			c.src.Leave()
			switch {
			case errno == syscall.EAGAIN:
				c.src.WouldBlock(reactor.Read, mark)
			case errno != 0:
				return c.failed("read", os.NewSyscallError("recv", errno))
			case n == 0:
				return future.Failed[int](io.EOF)
			default:
				// A Unix peer that passes descriptors cuts reads short in mid-stream.
				if n < len(p) && shortReadDrains && !c.unix {
					c.src.Drained(reactor.Read, mark)
				}
				return future.Ready(n)
			}
		}
		if parked, err := c.wait(cx, reactor.Read, t); err != nil {
			return c.refused(cx, "read", err)
		} else if parked {
			return future.Pending[int]()
		}
	}
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
	if c.late(reactor.Write) {
		return c.refused(cx, "write", os.ErrDeadlineExceeded)
	}
	for {
		mark, ready := c.src.Ready(reactor.Write)
		if ready {
			if !cx.Spend() {
				return future.Pending[int]()
			}
			if !c.src.Enter() {
				return c.failed("write", net.ErrClosed)
			}
			n, errno := sys.Send(c.src.FD(), p)
			c.src.Leave()
			switch {
			case errno == syscall.EAGAIN:
				c.src.WouldBlock(reactor.Write, mark)
			case errno != 0:
				return c.failed("write", os.NewSyscallError("send", errno))
			default:
				if n < len(p) {
					c.src.Drained(reactor.Write, mark)
				}
				return future.Ready(n)
			}
		}
		if parked, err := c.wait(cx, reactor.Write, t); err != nil {
			return c.refused(cx, "write", err)
		} else if parked {
			return future.Pending[int]()
		}
	}
}

// wait leaves the waker of cx with whatever may end the wait. Not parked and no error:
// try again.
func (c *Conn) wait(cx *waker.Context, d reactor.Direction, t *turn) (parked bool, err error) {
	if c.src.Closed() {
		return false, net.ErrClosed
	}
	c.turns.claim(d, t)
	parked, err = c.src.Park(cx, d)
	if err != nil || !parked {
		return false, err
	}
	if l := c.limits.Load(); l != nil && l.poll(cx, d) {
		c.src.Forget(d)
		return false, os.ErrDeadlineExceeded
	}
	return true, nil
}

// late tells whether the deadline of a direction has passed.
func (c *Conn) late(d reactor.Direction) bool {
	l := c.limits.Load()
	return l != nil && l.passed(d) && !c.isClosed()
}

// forget takes back the waker of a task that gives up waiting.
func (c *Conn) forget(d reactor.Direction) { c.src.Forget(d) }

// wake lets whoever waits in a direction look again.
func (c *Conn) wake(d reactor.Direction) { c.src.Wake(d) }

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

// refused is what an operation answers that fails without having tried anything: it is a
// completion too, and spends.
func (c *Conn) refused(cx *waker.Context, op string, err error) future.Poll[int] {
	if !cx.Spend() {
		return future.Pending[int]()
	}
	return future.Failed[int](c.fail(op, err))
}

func (c *Conn) failed(op string, err error) future.Poll[int] {
	return future.Failed[int](c.fail(op, err))
}

// fail wraps what went wrong as package net does.
func (c *Conn) fail(op string, err error) error {
	local, remote := c.lookUpNames()
	return &net.OpError{Op: op, Net: c.network(), Source: local, Addr: remote, Err: err}
}

func (c *Conn) network() string {
	if c.unix {
		return "unix"
	}
	return "tcp"
}
