//go:build openbsd || dragonfly

package netio

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

func setUserTimeout(int, int) error       { return errors.ErrUnsupported }
func setQuickAck(int, int) error          { return errors.ErrUnsupported }
func setMark(int, int) error              { return errors.ErrUnsupported }
func setDeferAccept(int, int) error       { return errors.ErrUnsupported }
func setFastOpen(int, int) error          { return errors.ErrUnsupported }
func connectFast(int) error               { return errors.ErrUnsupported }
func setKeepAliveIdle(int, int) error     { return errors.ErrUnsupported }
func setKeepAliveInterval(int, int) error { return errors.ErrUnsupported }
func setKeepAliveCount(int, int) error    { return errors.ErrUnsupported }

func setInt(fd, level, option, value int) error {
	return os.NewSyscallError("setsockopt", unix.SetsockoptInt(fd, level, option, value))
}
