//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"io"
	"net"
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
	"golang.org/x/sys/unix"
)

// The protocol of an endpoint.
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
// Rejected: deadlines and addresses in the endpoint itself (200 bytes that most of
// 100,000 idle connections never use), and a lock around reading and writing (a source
// allows one task a direction, so there is nobody to keep out but Close).

// endpoint is what sockets of all kinds have that move data: descriptor, deadlines, addresses, and
// whose turn it is in each direction. It is embedded.
type endpoint struct {
	src    reactor.Source
	limits word.Pointer[deadlines]
	names  word.Pointer[names]
	turns  turns
}

// kind is the tag of the source, where it takes no room.
func (e *endpoint) kind() kind { return kind(e.src.Tag) }

// names are the addresses of both ends, nil where the system did not tell.
type names struct{ local, remote net.Addr }

// attempt brings an operation in a direction forward, see the function attempt. It returns
// os.ErrDeadlineExceeded too.
func (e *endpoint) attempt(cx *waker.Context, d reactor.Direction, t *turn, call func(fd int) (verdict, error)) error {
	if e.late(d) {
		return spent(cx, os.ErrDeadlineExceeded)
	}
	return attempt(&e.src, cx, d, call, func() (bool, error) { return e.wait(cx, d, t) })
}

// wait leaves the waker of cx with the source and the deadline.
func (e *endpoint) wait(cx *waker.Context, d reactor.Direction, t *turn) (parked bool, err error) {
	e.turns.claim(d, t)
	parked, err = e.src.Park(cx, d)
	if err != nil || !parked {
		return false, err
	}
	if l := e.limits.Load(); l != nil && l.poll(cx, d) {
		e.src.Forget(d)
		return false, os.ErrDeadlineExceeded
	}
	return true, nil
}

// pollReady is what a [ReadyOp] does: an attempt whose call is left to its user.
func (e *endpoint) pollReady(cx *waker.Context, d reactor.Direction, t *turn) future.Poll[future.Unit] {
	e.checkTurn(d, t)
	err := e.attempt(cx, d, t, func(int) (verdict, error) { return over, nil })
	return outcome(e, opName(d), future.Unit{}, err)
}

// try makes one call, whatever the source thinks of it: it may not be registered yet, and then
// nobody would tell it that the call is worth trying again. It returns ErrWouldBlock, and what attempt does.
func (e *endpoint) try(d reactor.Direction, call func(fd int) (verdict, error)) error {
	e.checkTurn(d, nil)
	if e.late(d) {
		return os.ErrDeadlineExceeded
	}
	mark, _ := e.src.Ready(d)
	if !e.src.Enter() {
		return net.ErrClosed
	}
	v, err := call(e.src.FD())
	for v == again {
		v, err = call(e.src.FD())
	}
	e.src.Leave()
	switch v {
	case drained:
		e.src.Drained(d, mark)
	case blocked:
		e.src.WouldBlock(d, mark)
		return ErrWouldBlock
	}
	return err
}

// tried is the error that a Try returns after try.
func (e *endpoint) tried(d reactor.Direction, err error) error {
	if err == nil || err == io.EOF || err == ErrWouldBlock {
		return err
	}
	return e.fail(opName(d), err)
}

// outcome is what a poll returns after an attempt, which has come to v if there is no error.
func outcome[T any](e *endpoint, op string, v T, err error) future.Poll[T] {
	switch err {
	case nil:
		return future.Ready(v)
	case errPending:
		return future.Pending[T]()
	case io.EOF:
		return future.Failed[T](io.EOF)
	}
	return future.Failed[T](e.fail(op, err))
}

// late reports whether the deadline of a direction has passed.
func (e *endpoint) late(d reactor.Direction) bool {
	l := e.limits.Load()
	return l != nil && l.passed(d) && !e.src.Closed()
}

// forget takes back the waker of a task that gives up waiting.
func (e *endpoint) forget(d reactor.Direction) { e.src.Forget(d) }

// wake lets whoever waits in a direction look again.
func (e *endpoint) wake(d reactor.Direction) { e.src.Wake(d) }

// fail wraps what went wrong as package net does.
func (e *endpoint) fail(op string, err error) error {
	local, remote := e.lookUpNames()
	return &net.OpError{Op: op, Net: e.kind().network(), Source: local, Addr: remote, Err: err}
}

// address is that of a socket of the kind.
func (k kind) address(sa unix.Sockaddr) net.Addr {
	a := fromSockaddr(sa)
	switch k {
	case udp4Kind, udp6Kind:
		return toUDP(a)
	case unixpacketKind, unixgramKind:
		if u, ok := a.(*net.UnixAddr); ok {
			u.Net = k.network()
		}
	}
	return a
}

func (e *endpoint) orEmpty(a net.Addr) net.Addr {
	switch {
	case a != nil:
		return a
	case e.kind().isUnix():
		return &net.UnixAddr{Net: e.kind().network()}
	}
	return &net.TCPAddr{}
}

func (e *endpoint) lookUpNames() (local, remote net.Addr) {
	if n := e.names.Load(); n != nil {
		return n.local, n.remote
	}
	if e.kind() == pipeKind || e.kind() == fdKind || !e.src.Enter() {
		return nil, nil
	}
	defer e.src.Leave()
	if sa, err := unix.Getsockname(e.src.FD()); err == nil {
		local = e.kind().address(sa)
	}
	sa, err := unix.Getpeername(e.src.FD())
	if err != nil {
		return local, nil // not kept: it may be connecting
	}
	remote = e.kind().address(sa)
	e.names.CompareAndSwap(nil, &names{local, remote})
	return local, remote
}

// isClosed reports whether close was called.
func (e *endpoint) isClosed() bool { return e.src.Closed() }

func (e *endpoint) close() error {
	if err := e.src.Close(); err != nil {
		return e.fail("close", err)
	}
	if l := e.limits.Load(); l != nil {
		l.stop()
	}
	return nil
}

func (e *endpoint) control(f func(fd uintptr)) error {
	return e.call("control", func(fd int) error {
		f(uintptr(fd))
		return nil
	})
}

// call runs a system call on the descriptor.
func (e *endpoint) call(op string, f func(fd int) error) error {
	if !e.src.Enter() {
		return e.fail(op, net.ErrClosed)
	}
	defer e.src.Leave() // also when f, which may be a user's, panics
	if err := f(e.src.FD()); err != nil {
		return e.fail(op, err)
	}
	return nil
}
