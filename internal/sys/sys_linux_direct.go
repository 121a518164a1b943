//go:build linux && !386

package sys

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// With no address, these take the same four arguments.
const (
	sysSend    = unix.SYS_SENDTO
	sysRecv    = unix.SYS_RECVFROM
	sysAccept4 = unix.SYS_ACCEPT4
)

func kernelSocketCall(call uintptr, fd int, p unsafe.Pointer, n int, flags uintptr) (uintptr, uintptr, syscall.Errno) {
	return unix.RawSyscall6(call, uintptr(fd), uintptr(p), uintptr(n), flags, 0, 0)
}
