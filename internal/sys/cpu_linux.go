package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// CPU returns the core that the calling thread runs on at this moment; -1 if the system
// does not tell.
func CPU() int {
	var cpu uint32
	if _, _, e := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0); e != 0 {
		return -1
	}
	return int(cpu)
}
