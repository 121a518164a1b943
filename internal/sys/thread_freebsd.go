package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Thread returns the number that the system has given to the calling thread, unique in the
// process while the thread lives; 0 if the system does not tell. It costs a system call.
func Thread() uint64 {
	var id int64 // a long, of 32 bits on some machines: what it leaves is 0
	if _, _, e := unix.RawSyscall(unix.SYS_THR_SELF, uintptr(unsafe.Pointer(&id)), 0, 0); e != 0 {
		return 0
	}
	return uint64(id)
}
