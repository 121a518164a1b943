//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// pollPeek is what a [PeekOp] does.
func (c *Conn) pollPeek(cx *waker.Context, p []byte, t *turn) future.Poll[int] {
	if len(p) == 0 {
		return c.pollRead(cx, p, t)
	}
	r := c.pollReady(cx, reactor.Read, t)
	if r.IsPending() {
		return future.Pending[int]()
	} else if r.Err() != nil {
		return future.Failed[int](r.Err())
	}
	h := &c.dir[reactor.Read]
	h.lock.Lock()
	defer h.lock.Unlock()
	if len(h.data) > 0 {
		return future.Ready(copy(p, h.data))
	}
	return future.Failed[int](h.err)
}
