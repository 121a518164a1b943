//go:build portable || !linux

package netio

import (
	"errors"
	"os"

	"github.com/magpie-go/magpie/waker"
)

// canSendFile: what the systems have differs by system, so a buffer does.
const canSendFile = false

var errNoSendFile = errors.ErrUnsupported

func (o *SendFileOp) inMemory(int64) bool { return false }

func (c *Conn) pollSendFile(*waker.Context, *os.File, int64, int, *turn) (int, error) {
	return 0, errNoSendFile
}
