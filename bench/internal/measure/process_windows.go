package measure

import (
	"fmt"
	"time"

	"golang.org/x/sys/windows"
)

// CPU returns the CPU time, user and system, that this process has used.
func CPU() time.Duration {
	var created, exited, system, user windows.Filetime
	if err := windows.GetProcessTimes(windows.CurrentProcess(), &created, &exited, &system, &user); err != nil {
		panic(err) // only wrong arguments fail
	}
	ticks := func(f windows.Filetime) int64 { return int64(f.HighDateTime)<<32 | int64(f.LowDateTime) }
	return 100 * time.Duration(ticks(system)+ticks(user))
}

// ChildrenCPU returns 0: Windows does not add up what children have used.
func ChildrenCPU() time.Duration { return 0 }

// Switches returns 0: Windows does not count them for a process.
func Switches() int64 { return 0 }

// Kernel returns the name and release of the operating system's kernel.
func Kernel() string {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("Windows %d.%d.%d", v.MajorVersion, v.MinorVersion, v.BuildNumber)
}
