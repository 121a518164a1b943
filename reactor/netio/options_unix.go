//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package netio

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// setTrafficClass sets it for packets of both families that a socket may send.
func setTrafficClass(fd, class int) error {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return err
	}
	if _, ok := sa.(*unix.SockaddrInet4); ok {
		return setInt(fd, unix.IPPROTO_IP, unix.IP_TOS, class)
	}
	_ = setInt(fd, unix.IPPROTO_IP, unix.IP_TOS, class) // for IPv4 peers, where there may be any
	return setInt(fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, class)
}

// setInt sets an option, which has 32 bits: package unix takes any int, and leaves out the others.
func setInt(fd, level, option, value int) error {
	if int(int32(value)) != value {
		return fmt.Errorf("setsockopt of %d: want -1<<31 to 1<<31-1: %w", value, syscall.EINVAL)
	}
	return os.NewSyscallError("setsockopt", unix.SetsockoptInt(fd, level, option, value))
}
