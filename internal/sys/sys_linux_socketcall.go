//go:build linux && 386

package sys

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// On 386 every socket call is one system call with a number and its arguments.
const (
	sysSend    = 9
	sysRecv    = 10
	sysAccept4 = 18
)

// The arguments are passed as a struct, not as words, so that p stays a pointer that
// the runtime adjusts if the stack moves before the call.
func kernelSocketCall(call uintptr, fd int, p unsafe.Pointer, n int, flags uintptr) (uintptr, uintptr, syscall.Errno) {
	args := struct {
		fd    uintptr
		p     unsafe.Pointer
		n     uintptr
		flags uintptr
	}{uintptr(fd), p, uintptr(n), flags}
	return unix.RawSyscall(unix.SYS_SOCKETCALL, call, uintptr(unsafe.Pointer(&args)), 0)
}
