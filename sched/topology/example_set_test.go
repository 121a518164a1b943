package topology_test

import (
	"fmt"
	"log"

	"github.com/magpie-go/magpie/sched/topology"
)

func ExampleCPUSetOf() {
	s := topology.CPUSetOf(3, 1, 2, 8)
	fmt.Println(s, s.Intersect(topology.CPUSetOf(2, 8, 9)), s.Equal(topology.CPUSetOf(8, 3, 2, 1)))
	for cpu := range s.All() {
		fmt.Print(cpu, " ")
	}
	// Output:
	// 1-3,8 2,8 true
	// 1 2 3 8
}

// What two CPUs share, and so what it costs to move a task from one to the other.
func ExampleTopology_Distance() {
	top, err := topology.Detect(topology.Config{Root: twoSockets()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(top.Distance(0, 0), top.Distance(0, 4), top.Distance(0, 1), top.Distance(0, 2))
	fmt.Println(top.Cores(), "cores, nearest to CPU 0 first:", top.Tiers(0))
	// Output:
	// self smt l3 remote
	// 4 cores, nearest to CPU 0 first: [[4] [1 5] [2 3 6 7]]
}

// Only some of the CPUs, as if the process had been given no others.
func ExampleDetect() {
	top, err := topology.Detect(topology.Config{Root: twoSockets(), Allowed: topology.CPUSetOf(0, 1, 4, 5)})
	if err != nil {
		log.Fatal(err)
	}
	_, limited := top.Quota()
	fmt.Println(top.Allowed(), top.Cores(), limited)
	// Output: 0-1,4-5 2 false
}

// A process that is started from a worker would otherwise run on that worker's core alone.
func ExampleUnpinned() {
	var err error
	topology.Unpinned(func() { err = start() })
	fmt.Println(err)
	// Output: <nil>
}

// start stands for exec.Cmd's Start.
func start() error { return nil }
