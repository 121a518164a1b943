//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"net"
	"os"
	"syscall"

	"github.com/magpie-go/magpie/reactor"
)

// Descriptors are handed over as duplicates. What belongs to the connection itself (options, what has arrived,
// that it does not block) is shared between them; what belongs to the descriptor is not: package net takes its
// own out of its poller when it closes it, which leaves ours alone.

func adoptConn(c net.Conn, k kind) (*Conn, error) {
	defer c.Close()
	fd, err := duplicate(c.(syscall.Conn))
	if err != nil {
		return nil, &net.OpError{Op: "dup", Net: k.network(), Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
	}
	return newConn(fd, k), nil
}

func adoptListener(ln net.Listener) (*Listener, error) {
	defer ln.Close()
	fd, err := duplicate(ln.(syscall.Conn))
	if err != nil {
		return nil, &net.OpError{Op: "dup", Net: ln.Addr().Network(), Addr: ln.Addr(), Err: err}
	}
	if ln.Addr().Network() == "tcp" {
		_ = setNoDelay(fd, true) // which what it accepts inherits
	}
	l := &Listener{addr: ln.Addr()}
	l.src.Init(fd)
	return l, nil
}

// Release hands the connection over to package net: it returns one that stands for it from then on, and is the caller's
// to close, and closes c, also after an error. Nobody may be waiting on c. It does not block.
func (c *Conn) Release() (net.Conn, error) {
	c.check()
	f, err := c.release()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return net.FileConn(f)
}

// Release hands the pipe over to package os: it returns a file that stands for it from then on, and is the caller's
// to close, and closes r, also after an error. Nobody may be waiting on r.
func (r *PipeReader) Release() (*os.File, error) { return r.conn().release() }

// Release is [PipeReader.Release].
func (w *PipeWriter) Release() (*os.File, error) { return w.conn().release() }

// release makes a file of the descriptor, and closes c.
func (c *Conn) release() (*os.File, error) {
	c.checkTurn(reactor.Read, nil)
	c.checkTurn(reactor.Write, nil)
	var own int
	err := c.call("release", func(fd int) (err error) {
		own, err = dup(fd)
		return os.NewSyscallError("fcntl", err)
	})
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	_ = c.Close()
	return os.NewFile(uintptr(own), c.kind().network()), nil
}

// File returns a file of the same socket, to be handed to another process: see [HandOver]. It is the caller's to close, and the
// listener goes on. The file of a Unix socket stays when l is closed after that, unless [Listener.SetUnlinkOnClose] says otherwise.
func (l *Listener) File() (*os.File, error) {
	var own int
	var failed error
	if err := l.Control(func(fd uintptr) { own, failed = dup(int(fd)) }); err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, &net.OpError{Op: "dup", Net: l.addr.Network(), Addr: l.addr, Err: os.NewSyscallError("fcntl", failed)}
	}
	l.file.keep.Store(true)
	return os.NewFile(uintptr(own), l.addr.Network()), nil
}

// File is [Listener.File] of a socket of datagrams.
func (p *PacketConn) File() (*os.File, error) {
	p.check()
	var own int
	err := p.call("dup", func(fd int) (err error) {
		own, err = dup(fd)
		return os.NewSyscallError("fcntl", err)
	})
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(own), p.kind().network()), nil
}

// Release hands the listener over to package net: it returns one that stands for it from then on, and is the caller's
// to close, and closes l, also after an error. The file of a Unix socket stays, and is removed by the
// one that is returned. It does not block.
func (l *Listener) Release() (net.Listener, error) {
	l.check()
	fail := func(err error) (net.Listener, error) {
		_ = l.Close()
		return nil, &net.OpError{Op: "release", Net: l.addr.Network(), Addr: l.addr, Err: err}
	}
	if !l.src.Enter() {
		return fail(net.ErrClosed)
	}
	own, err := dup(l.src.FD())
	l.src.Leave()
	if err != nil {
		return fail(os.NewSyscallError("fcntl", err))
	}
	f := os.NewFile(uintptr(own), l.addr.Network())
	defer f.Close()
	ln, err := net.FileListener(f)
	if err != nil {
		return fail(err)
	}
	if u, ok := ln.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(!l.file.keep.Load())
	}
	l.file.keep.Store(true)
	return ln, l.Close()
}
