//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"errors"
	"io/fs"
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// adoptFD fails: package os has no way to watch a descriptor beside a call of another's that waits.
func adoptFD(_ *Conn, f *os.File) error {
	f.Close()
	return &fs.PathError{Op: "watch", Path: f.Name(), Err: errors.ErrUnsupported}
}

// The following is never reached, as there is no FD.

func (c *Conn) pollCall(*waker.Context, reactor.Direction, *turn, func(int) error) future.Poll[future.Unit] {
	return future.Failed[future.Unit](errors.ErrUnsupported)
}

func (c *Conn) tryCall(reactor.Direction, func(int) error) error { return errors.ErrUnsupported }

func (c *Conn) releaseFile() (*os.File, error) { return nil, c.noRelease() }
