//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Listener waits for connections, on this build over package net, with a goroutine for
// each wait. It must be closed.
//
// Any number of tasks may accept, on any threads, and any thread may close it meanwhile.
// It must not be copied.
//
// The protocol is that of conn_portable.go: the lock guards what the goroutine leaves,
// conn or err, and busy while it runs; closed is set before the wake-up of Close. A
// connection that arrives for a closed listener is closed by whoever finds it, the
// goroutine or Close. Rejected: one goroutine that accepts all the time, which would
// take connections that nobody asked for off the system's queue.
type Listener struct {
	ln      net.Listener
	file    unixFile
	backoff backoff
	closed  word.Bool
	queue   acceptors

	lock spin.Lock
	busy bool
	conn net.Conn
	err  error
}

// PollAccept returns the next connection, which is then the caller's to close and
// has TCP_NODELAY set. It returns Pending, with the waker of cx left to be woken, while
// there is none; net.ErrClosed after Close.
//
// When there are no descriptors left (EMFILE, ENFILE) or no memory (ENOBUFS, ENOMEM) it
// pauses, 5 ms at first and up to 1 s, and then goes on by itself: see
// [Listener.Backoffs].
//
// Several tasks may poll it: each connection wakes all of them, whereas those that await
// [Listener.Accept] are woken one at a time, in turn.
func (l *Listener) PollAccept(cx *waker.Context) future.Poll[*Conn] { return l.poll(cx, nil) }

// poll is PollAccept for an acceptor with a place in the queue, or without one.
func (l *Listener) poll(cx *waker.Context, place *acceptor) future.Poll[*Conn] {
	l.check()
	for parked := false; ; {
		if l.closed.Load() {
			l.backoff.end()
			if !cx.Spend() {
				return future.Pending[*Conn]()
			}
			return l.failed(place, net.ErrClosed)
		}
		if l.backoff.pausing.Load() {
			l.queue.wait(place, cx)
			calling := cx.WithWaker(l.queue.caller())
			if !l.backoff.over(&calling) {
				if l.closed.Load() {
					continue
				}
				return future.Pending[*Conn]()
			}
		}
		if !l.waiting() {
			if !cx.Spend() {
				return future.Pending[*Conn]()
			}
			conn, err := l.take()
			switch {
			case conn != nil:
				l.backoff.success()
				l.queue.got(place)
				return future.Ready(newConn(conn))
			case shortage(err):
				l.backoff.start()
			case err != nil:
				l.queue.got(place)
				return future.Failed[*Conn](err)
			}
			continue
		}
		if parked {
			return future.Pending[*Conn]()
		}
		l.queue.wait(place, cx)
		parked = true
	}
}

// TryAccept returns a connection that has come, as [Listener.PollAccept], and does not wait: it returns [ErrWouldBlock] when there is none. On this
// build it knows of one only, if PollAccept has been Pending before.
func (l *Listener) TryAccept() (*Conn, error) {
	l.check()
	if l.closed.Load() {
		return nil, l.acceptError(net.ErrClosed)
	}
	conn, err := l.take()
	switch {
	case err != nil:
		return nil, err
	case conn == nil:
		return nil, ErrWouldBlock
	}
	return newConn(conn), nil
}

// waiting reports whether nothing has arrived, and sees to it that a goroutine waits.
func (l *Listener) waiting() bool {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.conn != nil || l.err != nil {
		return false
	}
	if !l.busy {
		l.busy = true
		go l.accept()
	}
	return true
}

func (l *Listener) take() (net.Conn, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	conn, err := l.conn, l.err
	l.conn, l.err = nil, nil
	return conn, err
}

func (l *Listener) accept() {
	conn, err := l.ln.Accept()
	l.lock.Lock()
	l.conn, l.err, l.busy = conn, err, false
	l.lock.Unlock()
	if l.closed.Load() {
		l.discard()
	}
	l.queue.call()
}

// discard closes a connection that nobody will take.
func (l *Listener) discard() {
	if conn, _ := l.take(); conn != nil {
		_ = conn.Close()
	}
}

func shortage(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) ||
		errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.ENOMEM)
}

// Addr returns the address that it listens on, with the port that port 0 became.
func (l *Listener) Addr() net.Addr {
	l.check()
	return l.ln.Addr()
}

// Control is [Conn.Control].
func (l *Listener) Control(f func(fd uintptr)) error {
	l.check()
	s, ok := l.ln.(syscall.Conn)
	if !ok || l.closed.Load() {
		return &net.OpError{Op: "control", Net: l.Addr().Network(), Addr: l.Addr(), Err: net.ErrClosed}
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return err
	}
	return raw.Control(f)
}

// check panics for a listener that listens to nothing.
func (l *Listener) check() {
	if l == nil || l.ln == nil {
		panic(zeroListener)
	}
}

// Close stops listening: pending accepts fail with net.ErrClosed, connections that
// nobody has accepted are reset, and the file of a Unix socket is removed, if it is still
// the one that this listener made, and unless [Listener.SetUnlinkOnClose] says otherwise.
// A second call fails with net.ErrClosed.
func (l *Listener) Close() error {
	l.check()
	if l.closed.Swap(true) {
		return &net.OpError{Op: "close", Net: l.Addr().Network(), Addr: l.Addr(), Err: net.ErrClosed}
	}
	l.file.remove()
	err := l.ln.Close()
	l.discard()
	l.backoff.end()
	l.queue.callAll()
	return err
}

func (l *Listener) failed(place *acceptor, err error) future.Poll[*Conn] {
	l.queue.got(place)
	return future.Failed[*Conn](l.acceptError(err))
}

func (l *Listener) acceptError(err error) error {
	return &net.OpError{Op: "accept", Net: l.Addr().Network(), Addr: l.Addr(), Err: err}
}

func (lc ListenConfig) listenUnix(_ kind, path string) (*Listener, error) {
	var file unixFile
	var l *Listener
	err := file.bind(path, func() error {
		ln, err := lc.std().Listen(context.Background(), "unix", path)
		if u, ok := ln.(*net.UnixListener); ok {
			u.SetUnlinkOnClose(false) // it would remove whatever stands there
		}
		l, err = lc.wrap(ln, err)
		return err
	})
	if err != nil {
		return nil, err
	}
	l.file.path, l.file.info = file.path, file.info
	return l, nil
}

func (lc ListenConfig) listenTCP(network string, addr *net.TCPAddr) (*Listener, error) {
	if lc.ReusePort {
		return nil, errors.New("this build has no ReusePort")
	}
	if lc.DeferAccept > 0 || lc.FastOpen > 0 {
		return nil, fmt.Errorf("this build has no DeferAccept and no FastOpen: %w", errors.ErrUnsupported)
	}
	return lc.wrap(lc.std().Listen(context.Background(), network, addr.String()))
}

// std is the same for package net.
func (lc ListenConfig) std() *net.ListenConfig {
	return &net.ListenConfig{KeepAlive: -1, Control: onRaw(lc.Control)}
}

func (ListenConfig) wrap(ln net.Listener, err error) (*Listener, error) {
	var op *net.OpError
	if errors.As(err, &op) {
		return nil, op.Err // wrapped anew by the caller
	}
	if err != nil {
		return nil, err
	}
	return &Listener{ln: ln}, nil
}
