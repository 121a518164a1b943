//go:build portable || !linux

package netio

import (
	"errors"
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// hasUnixgram is false: there are no Unix sockets of datagrams.
const hasUnixgram = false

func (c *Conn) pollReadMessage(*waker.Context, []byte, *turn) future.Poll[Message] {
	return future.Failed[Message](c.fail("read", errors.ErrUnsupported))
}

func (c *Conn) pollWriteMessage(*waker.Context, []byte, []*os.File, string, *turn) future.Poll[int] {
	return future.Failed[int](c.fail("write", errors.ErrUnsupported))
}

func (c *Conn) tryReadMessage([]byte) (Message, error) {
	return Message{}, c.fail("read", errors.ErrUnsupported)
}

func (c *Conn) tryWriteMessage([]byte, []*os.File, string) (int, error) {
	return 0, c.fail("write", errors.ErrUnsupported)
}

// SetPassCredentials fails on this build with errors.ErrUnsupported.
func (c *Conn) SetPassCredentials(bool) error {
	c.check()
	return c.fail("set", errors.ErrUnsupported)
}

// ListenUnixgram fails on this build with errors.ErrUnsupported.
func ListenUnixgram(string) (*Conn, error) {
	return nil, unixgramError("listen", "", errors.ErrUnsupported)
}

// DialUnixgram fails on this build with errors.ErrUnsupported.
func DialUnixgram(_, _ string) (*Conn, error) {
	return nil, unixgramError("dial", "", errors.ErrUnsupported)
}
