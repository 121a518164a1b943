//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"cmp"
	"math"
	"net"
	"os"
	"time"

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
	return c.optionTCP(func(fd int) error { return setNoDelay(fd, on) })
}

// SetLinger says what Close does with data that is not yet sent: seconds < 0, the
// default, sends it in the background; 0 throws it away and resets the connection; with
// seconds > 0 Close blocks its thread for up to that long, which no worker should. It
// does nothing on a Unix socket.
func (c *Conn) SetLinger(seconds int) error {
	l := unix.Linger{Linger: int32(min(max(seconds, 0), math.MaxInt32))}
	if seconds >= 0 {
		l.Onoff = 1
	}
	return c.optionTCP(func(fd int) error {
		return os.NewSyscallError("setsockopt", unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &l))
	})
}

// SetKeepAlive says whether, and after how long, a connection that is idle is probed for whether the peer is still there, as
// net.TCPConn.SetKeepAliveConfig does: a time or count of 0 stands for 15 seconds or 9 probes, a negative one for what the system has. It does nothing on a
// Unix socket.
func (c *Conn) SetKeepAlive(k net.KeepAliveConfig) error {
	return c.optionTCP(func(fd int) error {
		if err := setInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, toInt(k.Enable)); err != nil || !k.Enable {
			return err
		}
		for _, o := range []struct {
			set   func(fd, v int) error
			value int
		}{
			{setKeepAliveIdle, inSeconds(k.Idle)},
			{setKeepAliveInterval, inSeconds(k.Interval)},
			{setKeepAliveCount, cmp.Or(k.Count, 9)},
		} {
			if o.value < 0 {
				continue
			}
			if err := o.set(fd, o.value); err != nil {
				return err
			}
		}
		return nil
	})
}

// inSeconds rounds up; 0 stands for 15 s, and what is negative stays so.
func inSeconds(d time.Duration) int {
	switch {
	case d == 0:
		return 15
	case d < 0:
		return -1
	}
	return roundUp(d, time.Second)
}

// SetReadBuffer asks the system for a buffer of that many bytes for what has arrived. It may take another size, as Linux does twice
// that, and no longer changes it by itself.
func (c *Conn) SetReadBuffer(bytes int) error { return c.setBuffer(unix.SO_RCVBUF, bytes) }

// SetWriteBuffer is [Conn.SetReadBuffer] for what is to be sent.
func (c *Conn) SetWriteBuffer(bytes int) error { return c.setBuffer(unix.SO_SNDBUF, bytes) }

func (c *Conn) setBuffer(option, bytes int) error {
	if bytes <= 0 {
		return c.badOption("a buffer", bytes, "a number of bytes")
	}
	return c.call("set", func(fd int) error { return setInt(fd, unix.SOL_SOCKET, option, bytes) })
}

func (c *Conn) isTCP() bool { return c.kind() == tcpKind }

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
