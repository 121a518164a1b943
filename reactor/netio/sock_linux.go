//go:build !portable

package netio

import (
	"os"

	"golang.org/x/sys/unix"
)

// shortReadDrains: a read of fewer bytes than asked for has emptied a TCP socket, so
// that the next one would block. (Urgent data cuts a read short too; epoll reports it as
// a condition of its own, after which the source trusts no short read.)
const shortReadDrains = true

func socketOf(family, kind int) (int, error) {
	fd, err := unix.Socket(family, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	return fd, os.NewSyscallError("socket", err)
}

func pipe() (fds [2]int, err error) {
	err = unix.Pipe2(fds[:], unix.O_NONBLOCK|unix.O_CLOEXEC)
	return fds, os.NewSyscallError("pipe2", err)
}

// bindWithoutPort leaves the choice of a local port to connect, which may take one that is used for another peer already. Without it, on
// an old kernel, there are fewer connections from one address.
func bindWithoutPort(fd int) {
	_ = setInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
}
