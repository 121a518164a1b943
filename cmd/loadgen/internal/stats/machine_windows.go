package stats

import (
	"fmt"
	"time"

	"golang.org/x/sys/windows"
)

func kernel() string {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("Windows %d.%d.%d", v.MajorVersion, v.MinorVersion, v.BuildNumber)
}

// Used returns the CPU time that this process has used so far.
func Used() Usage {
	var created, exited, system, user windows.Filetime
	if err := windows.GetProcessTimes(windows.CurrentProcess(), &created, &exited, &system, &user); err != nil {
		return Usage{}
	}
	return Usage{fileTime(user), fileTime(system)}
}

// fileTime turns Windows' units of 100 ns into a duration.
func fileTime(f windows.Filetime) time.Duration {
	return time.Duration(uint64(f.HighDateTime)<<32|uint64(f.LowDateTime)) * 100
}

// preemptions returns 0, as Windows does not tell.
func preemptions() uint64 { return 0 }
