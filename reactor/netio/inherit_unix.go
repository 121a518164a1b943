//go:build unix

package netio

import (
	"os"

	"golang.org/x/sys/unix"
)

// takeDescriptor looks whether a descriptor is open, and keeps it from children.
func takeDescriptor(fd int) error {
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	unix.CloseOnExec(fd)
	return nil
}
