//go:build darwin || freebsd || netbsd

package netio

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

func setUserTimeout(int, int) error { return errors.ErrUnsupported }
func setQuickAck(int, int) error    { return errors.ErrUnsupported }
func setMark(int, int) error        { return errors.ErrUnsupported }
func setDeferAccept(int, int) error { return errors.ErrUnsupported }
func setFastOpen(int, int) error    { return errors.ErrUnsupported }
func connectFast(int) error         { return errors.ErrUnsupported }

func setKeepAliveIdle(fd, seconds int) error {
	return setInt(fd, unix.IPPROTO_TCP, keepIdle, seconds)
}

func setKeepAliveInterval(fd, seconds int) error {
	return setInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, seconds)
}

func setKeepAliveCount(fd, n int) error { return setInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPCNT, n) }

func setInt(fd, level, option, value int) error {
	return os.NewSyscallError("setsockopt", unix.SetsockoptInt(fd, level, option, value))
}
