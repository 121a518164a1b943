//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/sys"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// pollPeek is what a [PeekOp] does. What it finds says nothing about what the next read will.
func (c *Conn) pollPeek(cx *waker.Context, p []byte, t *turn) future.Poll[int] {
	if len(p) == 0 {
		return c.pollRead(cx, p, t)
	}
	c.checkTurn(reactor.Read, t)
	n := 0
	err := c.attempt(cx, reactor.Read, t, func(fd int) (verdict, error) {
		var errno syscall.Errno
		n, errno = sys.Peek(fd, p)
		return c.readCall("recv", n, errno)
	})
	return outcome(&c.endpoint, "read", n, err)
}
