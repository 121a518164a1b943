//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// CloseWrite tells the peer that nothing more will be written: it reads io.EOF after
// what was sent. Reading goes on.
func (c *Conn) CloseWrite() error {
	return c.call("close", func(fd int) error {
		return os.NewSyscallError("shutdown", unix.Shutdown(fd, unix.SHUT_WR))
	})
}

// SetNoDelay chooses, for TCP, between sending each write at once (true, the default)
// and holding small writes back to join them (Nagle's algorithm). It does nothing on a
// Unix socket.
func (c *Conn) SetNoDelay(on bool) error {
	c.check()
	if c.kind() != tcpKind {
		return nil
	}
	return c.call("set", func(fd int) error { return setNoDelay(fd, on) })
}

// SetLinger says what Close does with data that is not yet sent: seconds < 0, the
// default, sends it in the background; 0 throws it away and resets the connection; with
// seconds > 0 Close blocks its thread for up to that long, which no worker should. It
// does nothing on a Unix socket.
func (c *Conn) SetLinger(seconds int) error {
	c.check()
	if c.kind() != tcpKind {
		return nil
	}
	l := unix.Linger{Linger: int32(max(seconds, 0))}
	if seconds >= 0 {
		l.Onoff = 1
	}
	return c.call("set", func(fd int) error {
		return os.NewSyscallError("setsockopt", unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &l))
	})
}

// LocalAddr returns the address of this end: a *net.TCPAddr or *net.UnixAddr. The
// system is asked once, by the first call of LocalAddr or RemoteAddr; if that comes only
// after Close, the address is an empty one.
func (c *Conn) LocalAddr() net.Addr {
	c.check()
	local, _ := c.lookUpNames()
	return c.orEmpty(local)
}

// RemoteAddr returns the address of the peer: a *net.TCPAddr or *net.UnixAddr. The
// system is asked once, by the first call of LocalAddr or RemoteAddr; if that comes only
// after Close, or after the peer has reset the connection, the address is an empty one.
// Who wants it in a log asks when the connection is accepted.
func (c *Conn) RemoteAddr() net.Addr {
	c.check()
	_, remote := c.lookUpNames()
	return c.orEmpty(remote)
}
