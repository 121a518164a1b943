//go:build linux && !faults

package sys

import (
	"syscall"
	"unsafe"
)

func socketCall(call uintptr, fd int, p unsafe.Pointer, n int, flags uintptr) (uintptr, uintptr, syscall.Errno) {
	return kernelSocketCall(call, fd, p, n, flags)
}
