package sched

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/magpie-go/magpie/sched/topology"
)

// A cgroup that grants less CPU time than there are workers is told of.
func TestCrowding(t *testing.T) {
	machine := fstest.MapFS{
		"sys/devices/system/cpu/online": {Data: []byte("0-3\n")},
		"proc/self/cgroup":              {Data: []byte("0::/\n")},
		"proc/self/mountinfo":           {Data: []byte("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")},
		"sys/fs/cgroup/cpu.max":         {Data: []byte("150000 100000\n")},
	}
	topo, err := topology.Detect(topology.Config{Root: machine})
	if err != nil {
		t.Fatal(err)
	}
	quota := "the cgroup grants 1.5 cores' worth of CPU time to "
	for n, want := range map[int][]string{
		1: nil,
		2: {quota + "2 workers"},
		4: {quota + "4 workers"},
		6: {"6 workers share the 4 cores that the process may use", quota + "6 workers"},
	} {
		if got := crowding(topo, n); !slices.Equal(got, want) {
			t.Errorf("%d workers: %q, want %q", n, got, want)
		}
	}
}
