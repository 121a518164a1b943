package netio

import (
	"fmt"
	"math"
	"syscall"
	"time"
)

// Options beside those of [Conn.SetNoDelay] and [Conn.SetLinger]. Each is one system call, and fails with net.ErrClosed after Close.
// Those that a system does not have fail with errors.ErrUnsupported. Options of TCP do nothing on a Unix socket.

// SetUserTimeout says how long data that was sent may stay unacknowledged before the connection fails with
// syscall.ETIMEDOUT, in whole milliseconds; 0 is what the system has for it, some 15 minutes. It is Linux's.
func (c *Conn) SetUserTimeout(d time.Duration) error {
	if d < 0 {
		return c.badOption("SetUserTimeout", d, "0 for the system's, or how long to wait")
	}
	return c.optionTCP(func(fd int) error { return setUserTimeout(fd, roundUp(d, time.Millisecond)) })
}

// SetQuickAck says whether what arrives is acknowledged at once, rather than with the next answer. It is not for good: the system
// goes back to its own way after a while. It is Linux's.
func (c *Conn) SetQuickAck(on bool) error {
	return c.optionTCP(func(fd int) error { return setQuickAck(fd, toInt(on)) })
}

// SetTrafficClass sets the byte that routers see in each packet: the DSCP in its upper six bits, such as 0xb8 for expedited forwarding.
func (c *Conn) SetTrafficClass(class int) error {
	if class < 0 || class > 255 {
		return c.badOption("SetTrafficClass", class, "0 to 255")
	}
	return c.optionTCP(func(fd int) error { return setTrafficClass(fd, class) })
}

// SetMark gives the packets of the connection a mark, of 32 bits, that the firewall and the routing of this machine see. It is Linux's and
// takes a privilege.
func (c *Conn) SetMark(mark int) error {
	if mark < 0 || uint64(mark) > math.MaxUint32 {
		return c.badOption("SetMark", mark, "0 to 1<<32-1")
	}
	return c.optionTCP(func(fd int) error { return setMark(fd, int(int32(mark))) })
}

func (c *Conn) optionTCP(set func(fd int) error) error {
	c.check()
	if !c.isTCP() {
		return nil
	}
	return c.call("set", set)
}

func (c *Conn) badOption(what string, got any, want string) error {
	c.check()
	return c.fail("set", fmt.Errorf("%s of %v: want %s: %w", what, got, want, syscall.EINVAL))
}

// roundUp returns how many units a duration that is not negative has, if the last one is counted whole; 1<<31-1 at most, which is what
// options have room for.
func roundUp(d, unit time.Duration) int {
	n := d / unit
	if d%unit > 0 {
		n++
	}
	return int(min(n, math.MaxInt32))
}

func toInt(on bool) int {
	if on {
		return 1
	}
	return 0
}
