package measure

import (
	"time"

	"golang.org/x/sys/unix"
)

// sleepInKernel sleeps with its thread, not in Go's scheduler.
func sleepInKernel(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	unix.Nanosleep(&ts, nil) // one that a signal cuts short is made up for by the caller
}
