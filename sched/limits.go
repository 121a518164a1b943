package sched

import (
	"fmt"

	"github.com/magpie-go/magpie/sched/topology"
)

// crowding says what n workers will not get from the cores and the CPU time that the
// process is granted.
func crowding(topo *topology.Topology, n int) (limits []string) {
	if cores := topo.Allowed().Count(); n > cores {
		limits = append(limits, fmt.Sprintf("%d workers share the %d cores that the process may use", n, cores))
	}
	if quota, limited := topo.Quota(); limited && quota < float64(n) {
		limits = append(limits, fmt.Sprintf("the cgroup grants %.4g cores' worth of CPU time to %d workers", quota, n))
	}
	return limits
}
