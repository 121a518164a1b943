//go:build linux && faults

package sys

import (
	"syscall"
	"unsafe"

	"github.com/magpie-go/magpie/internal/faults"
)

// socketCall is below the loops that repeat interrupted calls, so that those are tried
// too.
func socketCall(call uintptr, fd int, p unsafe.Pointer, n int, flags uintptr) (uintptr, uintptr, syscall.Errno) {
	op := faults.Accept
	switch call {
	case sysRecv:
		op = faults.Recv
	case sysSend:
		op = faults.Send
	}
	n, e := faults.Call(op, fd, n)
	if e != 0 {
		return ^uintptr(0), 0, e
	}
	return kernelSocketCall(call, fd, p, n, flags)
}
