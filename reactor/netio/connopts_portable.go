//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"errors"
	"math"
	"net"
)

// SetNoDelay chooses, for TCP, between sending each write at once (true, the default)
// and holding small writes back to join them (Nagle's algorithm). It does nothing on a
// Unix socket.
func (c *Conn) SetNoDelay(on bool) error {
	c.check()
	if t, ok := c.conn.(*net.TCPConn); ok {
		return t.SetNoDelay(on)
	}
	return nil
}

// SetLinger says what Close does with data that is not yet sent: seconds < 0, the
// default, sends it in the background; 0 throws it away and resets the connection. It
// does nothing on a Unix socket.
func (c *Conn) SetLinger(seconds int) error {
	c.check()
	if t, ok := c.conn.(*net.TCPConn); ok {
		return t.SetLinger(min(seconds, math.MaxInt32)) // a longer one would become another
	}
	return nil
}

// SetKeepAlive is net.TCPConn.SetKeepAliveConfig. It does nothing on a Unix socket.
func (c *Conn) SetKeepAlive(k net.KeepAliveConfig) error {
	c.check()
	if t, ok := c.conn.(*net.TCPConn); ok {
		return t.SetKeepAliveConfig(k)
	}
	return nil
}

// SetReadBuffer asks the system for a buffer of that many bytes for what has arrived. It may take another size.
func (c *Conn) SetReadBuffer(bytes int) error {
	return c.setBuffer(bytes, func(b buffered) error { return b.SetReadBuffer(bytes) })
}

// SetWriteBuffer is [Conn.SetReadBuffer] for what is to be sent.
func (c *Conn) SetWriteBuffer(bytes int) error {
	return c.setBuffer(bytes, func(b buffered) error { return b.SetWriteBuffer(bytes) })
}

type buffered interface {
	SetReadBuffer(bytes int) error
	SetWriteBuffer(bytes int) error
}

func (c *Conn) setBuffer(bytes int, set func(buffered) error) error {
	if bytes <= 0 {
		return c.badOption("a buffer", bytes, "a number of bytes")
	}
	c.check()
	if b, ok := c.conn.(buffered); ok {
		return set(b)
	}
	return c.fail("set", errors.ErrUnsupported)
}

func (c *Conn) isTCP() bool {
	_, ok := c.conn.(*net.TCPConn)
	return ok
}

// call runs a system call on the descriptor.
func (c *Conn) call(op string, f func(fd int) error) error {
	c.check()
	return c.endpoint.call(op, f)
}

func (e *endpoint) call(op string, f func(fd int) error) error {
	var failed error
	err := e.control(func(fd uintptr) { failed = f(int(fd)) })
	if err == nil && failed != nil {
		err = e.fail(op, failed)
	}
	return err
}
