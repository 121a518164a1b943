package sys

import "golang.org/x/sys/unix"

// Thread returns the number that the system has given to the calling thread, unique in the
// process while the thread lives; 0 if the system does not tell. It costs a system call, some
// 100 ns.
func Thread() uint64 {
	id, _, _ := unix.RawSyscall(unix.SYS_GETTID, 0, 0, 0)
	return uint64(id)
}
