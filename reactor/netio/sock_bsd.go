//go:build (darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// shortReadDrains is false where urgent data cuts reads short and kqueue does not tell.
const shortReadDrains = false

func socketOf(family, kind int) (int, error) {
	// No child may be forked between the two calls, or it would inherit the descriptor.
	syscall.ForkLock.RLock()
	fd, err := unix.Socket(family, kind, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return -1, os.NewSyscallError("fcntl", err)
	}
	return fd, nil
}

func pipe() (fds [2]int, err error) {
	// No child may be forked between the calls, or it would inherit the descriptors.
	syscall.ForkLock.RLock()
	if err = unix.Pipe(fds[:]); err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return fds, os.NewSyscallError("pipe", err)
	}
	for _, fd := range fds {
		if err = unix.SetNonblock(fd, true); err != nil {
			_, _ = unix.Close(fds[0]), unix.Close(fds[1])
			return fds, os.NewSyscallError("fcntl", err)
		}
	}
	return fds, nil
}

// bindWithoutPort does nothing: there is no such option here.
func bindWithoutPort(int) {}
