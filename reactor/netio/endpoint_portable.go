//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"net"
	"os"
	"syscall"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a connection without a poller.
//
// Each direction has one buffer, which stands for the kernel's: a read that finds it
// empty starts a goroutine that fills it, a write that finds it free fills it and starts
// a goroutine that sends it. The buffers belong to the connection and never to an
// operation, so one that is abandoned loses nothing and writes nowhere.
//
// The lock of a direction guards its fields; the goroutine has the buffer's bytes while
// busy is set. Who waits leaves its waker and then looks once more; the goroutine wakes
// after it has cleared busy. Close sets closed and then wakes.
//
// Rejected: handing the caller's buffer to the goroutine, which would write into it
// after the read was given up.

// half is one direction.
type half struct {
	lock  spin.Lock
	waker waker.AtomicWaker
	buf   []byte
	data  []byte // read and not yet asked for
	err   error  // of the goroutine; stays
	busy  bool
	then  func()           // what the writing goroutine does at its end, if not nil
	owner *reactor.Reactor // of who waited last, which is told of wakers that panic
}

// endpoint is what sockets of all kinds have that move data. It is embedded.
type endpoint struct {
	conn    net.Conn
	receive func() // what the goroutine that reads does
	limits  word.Pointer[deadlines]
	closed  word.Bool
	turns   turns
	dir     [2]half
}

// pollReady is what a [ReadyOp] does.
func (e *endpoint) pollReady(cx *waker.Context, d reactor.Direction, t *turn) future.Poll[future.Unit] {
	e.checkTurn(d, t)
	ready, err := e.wait(cx, d, t)
	if (err != nil || ready) && !cx.Spend() || err == nil && !ready {
		return future.Pending[future.Unit]()
	}
	if err != nil {
		return future.Failed[future.Unit](e.fail(opName(d), err))
	}
	return future.Ready(future.Unit{})
}

// wait reports whether the direction has something to answer, after starting the goroutine of a read
// that has not; else it leaves the waker of cx.
func (e *endpoint) wait(cx *waker.Context, d reactor.Direction, t *turn) (ready bool, err error) {
	h := &e.dir[d]
	for parked := false; ; parked = true {
		switch l := e.limits.Load(); {
		case e.isClosed():
			return false, net.ErrClosed
		case l != nil && (l.passed(d) || parked && l.poll(cx, d)):
			e.forget(d)
			return false, os.ErrDeadlineExceeded
		}
		h.lock.Lock()
		h.owner = reactor.From(cx)
		ready := len(h.data) > 0 || h.err != nil || d == reactor.Write && !h.busy
		if !ready && !h.busy {
			h.busy = true
			go e.receive()
		}
		h.lock.Unlock()
		if ready || parked {
			return ready, nil
		}
		e.turns.claim(d, t)
		h.waker.Register(cx.Waker())
	}
}

// mayTry returns what is in the way of an operation that does not wait.
func (e *endpoint) mayTry(d reactor.Direction) error {
	if e.isClosed() {
		return e.fail(opName(d), net.ErrClosed)
	}
	e.turns.check(d, nil)
	if l := e.limits.Load(); l != nil && l.passed(d) {
		return e.fail(opName(d), os.ErrDeadlineExceeded)
	}
	return nil
}

func (e *endpoint) forget(d reactor.Direction) { wake.Forget(&e.dir[d].waker) }

func (e *endpoint) wake(d reactor.Direction) {
	h := &e.dir[d]
	h.lock.Lock()
	owner := h.owner
	h.lock.Unlock()
	wake.Cell(&h.waker, owner.WakerPanicked)
}

// afterWriting calls f when what was written has been sent.
func (e *endpoint) afterWriting(f func()) {
	h := &e.dir[reactor.Write]
	h.lock.Lock()
	h.then = f
	busy := h.busy
	h.lock.Unlock()
	if !busy {
		f()
	}
}

// refused is what an operation returns that has failed, or has nothing to do, without having tried anything: it is a
// completion too, and spends.
func (e *endpoint) refused(cx *waker.Context, op string, err error) future.Poll[int] {
	if !cx.Spend() {
		return future.Pending[int]()
	}
	if err == nil {
		return future.Ready(0)
	}
	return future.Failed[int](e.fail(op, err))
}

// fail wraps what went wrong as package net does.
func (e *endpoint) fail(op string, err error) error {
	local := e.conn.LocalAddr()
	return &net.OpError{Op: op, Net: local.Network(), Source: local, Addr: e.conn.RemoteAddr(), Err: err}
}

// sent ends what the goroutine that writes does.
func (e *endpoint) sent(err error) {
	h := &e.dir[reactor.Write]
	h.lock.Lock()
	h.err, h.busy = err, false
	then, owner := h.then, h.owner
	h.lock.Unlock()
	if then != nil {
		then()
	}
	wake.Cell(&h.waker, owner.WakerPanicked)
}

// isClosed reports whether close was called.
func (e *endpoint) isClosed() bool { return e.closed.Load() }

func (e *endpoint) close() error {
	if e.closed.Swap(true) {
		return e.fail("close", net.ErrClosed)
	}
	if l := e.limits.Load(); l != nil {
		l.stop()
	}
	_ = e.conn.SetReadDeadline(time.Unix(1, 0)) // ends the goroutine that reads
	_ = e.conn.SetWriteDeadline(time.Now().Add(flushLimit))
	e.afterWriting(func() { _ = e.conn.Close() })
	e.wake(reactor.Read)
	e.wake(reactor.Write)
	return nil
}

func (e *endpoint) control(f func(fd uintptr)) error {
	s, ok := e.conn.(syscall.Conn)
	if !ok || e.isClosed() {
		return e.fail("control", net.ErrClosed)
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return err
	}
	return raw.Control(f)
}
