//go:build portable || !linux

package netio

import (
	"errors"
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

func (c *Conn) pollReadMessage(*waker.Context, []byte, *turn) future.Poll[Message] {
	return future.Failed[Message](c.fail("read", errors.ErrUnsupported))
}

func (c *Conn) pollWriteMessage(*waker.Context, []byte, []*os.File, *turn) future.Poll[int] {
	return future.Failed[int](c.fail("write", errors.ErrUnsupported))
}

// PeerCredentials fails on this build with errors.ErrUnsupported.
func (c *Conn) PeerCredentials() (Credentials, error) {
	c.check()
	return Credentials{}, c.fail("get", errors.ErrUnsupported)
}
