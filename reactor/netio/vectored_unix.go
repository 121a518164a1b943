//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"fmt"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/sys"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// pollWriteVectored is one call that writes. What a short one says of the next depends on how many buffers the
// call took, so it is not asked.
func (c *Conn) pollWriteVectored(cx *waker.Context, bufs [][]byte, t *turn) future.Poll[int] {
	if empty(bufs) {
		return c.pollWrite(cx, nil, t)
	}
	c.checkTurn(reactor.Write, t)
	if err := c.mayCut(bufs); err != nil {
		return outcome(&c.endpoint, "write", 0, spent(cx, err))
	}
	n := 0
	err := c.attempt(cx, reactor.Write, t, func(fd int) (verdict, error) {
		var errno syscall.Errno
		if c.kind() == pipeKind {
			n, errno = sys.WriteBuffers(fd, bufs)
		} else {
			n, errno = sys.SendBuffers(fd, bufs)
		}
		if errno != 0 {
			return failedCall("sendmsg", errno)
		}
		return over, nil
	})
	return outcome(&c.endpoint, "write", n, err)
}

// mayCut returns what is wrong with buffers that one call does not take, where it is to move one message.
func (c *Conn) mayCut(bufs [][]byte) error {
	if !c.ofMessages() || len(bufs) <= sys.MostBuffers {
		return nil
	}
	n := 0
	for _, b := range bufs {
		n += toInt(len(b) > 0)
	}
	if n > sys.MostBuffers {
		return fmt.Errorf("a message in %d buffers: want %d at most: %w", n, sys.MostBuffers, syscall.EMSGSIZE)
	}
	return nil
}

// ofMessages reports whether each call moves one message, and what a read has no room for is lost.
func (c *Conn) ofMessages() bool { return c.kind() == unixpacketKind || c.kind() == unixgramKind }

// mustStream returns an error for a socket of messages, from which something would read in pieces.
func (c *Conn) mustStream(what string) error {
	if c.ofMessages() {
		return fmt.Errorf("%s on a socket of %s, whose messages it would cut: want a stream: %w", what, c.kind().network(), syscall.EOPNOTSUPP)
	}
	return nil
}

func (c *Conn) pollReadVectored(cx *waker.Context, bufs [][]byte, t *turn) future.Poll[int] {
	if empty(bufs) {
		return c.pollRead(cx, nil, t)
	}
	c.checkTurn(reactor.Read, t)
	if err := c.mayCut(bufs); err != nil {
		return outcome(&c.endpoint, "read", 0, spent(cx, err))
	}
	n := 0
	err := c.attempt(cx, reactor.Read, t, func(fd int) (verdict, error) {
		var errno syscall.Errno
		n, errno = sys.ReadBuffers(fd, bufs)
		return c.readCall("readv", n, errno)
	})
	return outcome(&c.endpoint, "read", n, err)
}
