//go:build linux || darwin || freebsd || netbsd

package netio

import "golang.org/x/sys/unix"

func setKeepAliveIdle(fd, seconds int) error {
	return setInt(fd, unix.IPPROTO_TCP, keepIdle, seconds)
}

func setKeepAliveInterval(fd, seconds int) error {
	return setInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, seconds)
}

func setKeepAliveCount(fd, n int) error { return setInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPCNT, n) }
