package sys

import "golang.org/x/sys/windows"

// Thread returns the number that the system has given to the calling thread, unique in the
// process while the thread lives. It costs a call, and no entry of the kernel.
func Thread() uint64 { return uint64(windows.GetCurrentThreadId()) }
