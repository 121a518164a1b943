//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
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

func (c *Conn) pollReadVectored(cx *waker.Context, bufs [][]byte, t *turn) future.Poll[int] {
	if empty(bufs) {
		return c.pollRead(cx, nil, t)
	}
	c.checkTurn(reactor.Read, t)
	n := 0
	err := c.attempt(cx, reactor.Read, t, func(fd int) (verdict, error) {
		var errno syscall.Errno
		n, errno = sys.ReadBuffers(fd, bufs)
		return c.readCall("readv", n, errno)
	})
	return outcome(&c.endpoint, "read", n, err)
}
