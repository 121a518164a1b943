//go:build unix

package measure

import (
	"time"

	"golang.org/x/sys/unix"
)

// CPU returns the CPU time, user and system, that this process has used.
func CPU() time.Duration { return usage(unix.RUSAGE_SELF) }

// ChildrenCPU returns the CPU time of its children that have ended.
func ChildrenCPU() time.Duration { return usage(unix.RUSAGE_CHILDREN) }

func usage(who int) time.Duration {
	var ru unix.Rusage
	if err := unix.Getrusage(who, &ru); err != nil {
		panic(err) // only wrong arguments fail
	}
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}

// Switches returns how often a thread of this process has given up its core to wait.
func Switches() int64 {
	var ru unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &ru); err != nil {
		panic(err)
	}
	return int64(ru.Nvcsw)
}

// Kernel returns the name and release of the operating system's kernel.
func Kernel() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "unknown kernel"
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
}
