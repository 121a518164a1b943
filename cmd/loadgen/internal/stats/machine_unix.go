//go:build unix

package stats

import (
	"time"

	"golang.org/x/sys/unix"
)

func kernel() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "unknown kernel"
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
}

// Used returns the CPU time that this process has used so far.
func Used() Usage {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return Usage{}
	}
	return Usage{time.Duration(r.Utime.Nano()), time.Duration(r.Stime.Nano())}
}

// preemptions returns how often this process has lost a core while it was not waiting.
func preemptions() uint64 {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return uint64(r.Nivcsw)
}
