//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"errors"
	"net"
	"os"
)

func adoptConn(c net.Conn, _ kind) (*Conn, error) { return newConn(c), nil }

func adoptListener(ln net.Listener) (*Listener, error) { return &Listener{ln: ln}, nil }

// Release fails on this build, where what has arrived may be in a buffer already, and closes the connection.
func (c *Conn) Release() (net.Conn, error) { return nil, c.noRelease() }

// Release fails on this build, see [Conn.Release].
func (r *PipeReader) Release() (*os.File, error) { return nil, r.conn().noRelease() }

// Release fails on this build, see [Conn.Release].
func (w *PipeWriter) Release() (*os.File, error) { return nil, w.conn().noRelease() }

func (c *Conn) noRelease() error {
	_ = c.Close()
	return c.fail("release", errors.ErrUnsupported)
}

// File returns a file of the same socket, to be handed to another process. It is the caller's to close.
func (l *Listener) File() (*os.File, error) {
	l.check()
	f, ok := l.ln.(interface{ File() (*os.File, error) })
	if !ok {
		return nil, &net.OpError{Op: "dup", Net: l.Addr().Network(), Addr: l.Addr(), Err: errors.ErrUnsupported}
	}
	l.file.keep.Store(true)
	return f.File()
}

// File is [Listener.File] of a socket of datagrams.
func (p *PacketConn) File() (*os.File, error) {
	p.check()
	if p.isClosed() {
		return nil, p.fail("dup", net.ErrClosed)
	}
	return p.udp().File()
}

// Release fails on this build, see [Conn.Release].
func (l *Listener) Release() (net.Listener, error) {
	_ = l.Close()
	return nil, &net.OpError{Op: "release", Net: l.Addr().Network(), Addr: l.Addr(), Err: errors.ErrUnsupported}
}
