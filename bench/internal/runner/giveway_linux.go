package runner

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// giveWay has the calling goroutine run on a thread of its own, on the client's core, with the least share of that and in short turns. It may be
// refused, which costs accuracy; before Linux 6.12 turns are as long as others'.
func giveWay() {
	runtime.LockOSThread() // until the goroutine ends, and the thread with it
	var core unix.CPUSet
	core.Set(0)
	_ = unix.SchedSetaffinity(0, &core)
	_ = unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL, Nice: 19, Runtime: 100_000}, 0)
}
