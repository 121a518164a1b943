//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// pollWriteVectored writes of the first buffer that is not empty.
func (c *Conn) pollWriteVectored(cx *waker.Context, bufs [][]byte, t *turn) future.Poll[int] {
	return c.pollWrite(cx, first(bufs), t)
}

// pollReadVectored reads into the first buffer that is not empty.
func (c *Conn) pollReadVectored(cx *waker.Context, bufs [][]byte, t *turn) future.Poll[int] {
	return c.pollRead(cx, first(bufs), t)
}

// mustStream returns nil: there are no sockets of messages.
func (c *Conn) mustStream(string) error { return nil }

func first(bufs [][]byte) []byte {
	for _, b := range bufs {
		if len(b) > 0 {
			return b
		}
	}
	return nil
}
