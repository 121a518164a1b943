package stats

import (
	"runtime"
	"time"

	"github.com/klauspost/cpuid/v2"
)

// Machine is where a run took place.
type Machine struct {
	CPU    string `json:"cpu"`   // the model, as the processor names itself
	Cores  int    `json:"cores"` // that this process may use
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
	OS     string `json:"os"`
	Arch   string `json:"arch"`
}

// ThisMachine returns the machine that it runs on.
func ThisMachine() Machine {
	cpu := cpuid.CPU.BrandName
	if cpu == "" {
		cpu = "unnamed " + runtime.GOARCH + " processor"
	}
	return Machine{cpu, runtime.NumCPU(), kernel(), runtime.Version(), runtime.GOOS, runtime.GOARCH}
}

// Usage is CPU time.
type Usage struct{ User, System time.Duration }

// Since returns what was used after an earlier reading.
func (u Usage) Since(before Usage) Usage {
	return Usage{u.User - before.User, u.System - before.System}
}
