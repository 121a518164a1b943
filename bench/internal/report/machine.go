package report

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/klauspost/cpuid/v2"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// Machine is where a run took place.
type Machine struct {
	CPU        string `json:"cpu"`
	Cores      int    `json:"cores"` // that this process may use
	Caches     string `json:"caches"`
	Kernel     string `json:"kernel"`
	Go         string `json:"go"`
	GOMAXPROCS string `json:"gomaxprocs"`
}

// ThisMachine returns the machine that it runs on.
func ThisMachine() Machine {
	m := Machine{
		CPU:        cpuid.CPU.BrandName,
		Cores:      runtime.NumCPU(),
		Caches:     caches(),
		Kernel:     measure.Kernel(),
		Go:         runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH,
		GOMAXPROCS: fmt.Sprint(runtime.GOMAXPROCS(0)),
	}
	if m.CPU == "" {
		m.CPU = "unnamed " + runtime.GOARCH + " processor"
	}
	if v := os.Getenv("GOMAXPROCS"); v != "" {
		m.GOMAXPROCS = v + ", by the environment"
	}
	return m
}

// caches lists the caches that cpuid knows of.
func caches() string {
	c := cpuid.CPU.Cache
	var known []string
	for _, l := range []struct {
		name string
		size int
	}{{"L1d", c.L1D}, {"L1i", c.L1I}, {"L2", c.L2}, {"L3", c.L3}} {
		if l.size > 0 {
			known = append(known, fmt.Sprintf("%s %d KiB", l.name, l.size>>10))
		}
	}
	if known == nil {
		return "caches unknown"
	}
	return strings.Join(known, ", ")
}

func (m Machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s; %s; %s, GOMAXPROCS %s",
		m.CPU, m.Cores, m.Caches, m.Kernel, m.Go, m.GOMAXPROCS)
}
