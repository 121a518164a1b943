package runner

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// giveWay has the calling goroutine run on a thread of its own, on the client's core, and only while nobody else wants that. It may be refused, which
// costs accuracy.
func giveWay() {
	runtime.LockOSThread() // until the goroutine ends, and the thread with it
	var core unix.CPUSet
	core.Set(0)
	_ = unix.SchedSetaffinity(0, &core)
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, 19) // of the thread
}
