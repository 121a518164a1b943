package topology_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/sched/topology"
)

// The zero set is empty; a Topology that nobody has made says so.
func TestZeroValues(t *testing.T) {
	var s topology.CPUSet
	if s.Count() != 0 || s.Contains(0) || s.String() != "" || !s.Equal(topology.CPUSetOf()) || s.Intersect(topology.CPUSetOf(1)).Count() != 0 {
		t.Error("a zero CPUSet is not empty")
	}
	for range s.All() {
		t.Error("there is a CPU in a zero CPUSet")
	}
	for kind, top := range map[string]*topology.Topology{"nil": nil, "zero": new(topology.Topology)} {
		for name, f := range map[string]func(){
			"Allowed":        func() { top.Allowed() },
			"CPU":            func() { top.CPU(0) },
			"CPUs":           func() { top.CPUs() },
			"Cores":          func() { top.Cores() },
			"DefaultWorkers": func() { top.DefaultWorkers() },
			"Distance":       func() { top.Distance(0, 1) },
			"Flat":           func() { top.Flat() },
			"Hardware":       func() { top.Hardware() },
			"Plan":           func() { top.Plan(1) },
			"Quota":          func() { top.Quota() },
			"String":         func() { _ = top.String() },
			"Tiers":          func() { top.Tiers(0) },
			"Victims":        func() { top.Victims([]int{0, 1}, 0) },
		} {
			t.Run(kind+" "+name, func(t *testing.T) {
				const want = "topology: a nil or zero Topology: Detect and Discover make them"
				defer func() {
					if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
						t.Errorf("%s; want %q", got, want)
					}
				}()
				f()
			})
		}
	}
}
