package topology_test

import (
	"fmt"
	"log"
	"runtime"

	"github.com/magpie-go/magpie/sched/topology"
)

// Where to put the workers of a machine with two sockets of two cores each, two
// threads a core, and whom the first worker robs. Leave Root out to describe the
// machine the program runs on.
func Example() {
	top, err := topology.Detect(topology.Config{Root: twoSockets()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(top)

	plan := top.Plan(top.DefaultWorkers())
	fmt.Println("workers on CPUs", plan)
	for _, tier := range top.Victims(plan, 0) {
		fmt.Println("worker 0 steals from", tier, "which is", top.Distance(plan[0], plan[tier[0]]))
	}
	// Output:
	// CPUs 0-7: 4 cores, 2 L3 groups, 2 nodes, 2 packages
	// workers on CPUs [0 1 2 3 4 5 6 7]
	// worker 0 steals from [4] which is smt
	// worker 0 steals from [1 5] which is l3
	// worker 0 steals from [2 3 6 7] which is remote
}

func ExampleParseCPUSet() {
	s, err := topology.ParseCPUSet("8,0-3\n")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s, s.Count(), s.Contains(8))

	_, err = topology.ParseCPUSet("3-1")
	fmt.Println(err)
	// Output:
	// 0-3,8 5 true
	// topology: CPU list "3-1": the range 3-1 runs backwards
}

// A worker binds its thread for as long as it runs, and runs unbound where that is
// refused.
func ExamplePin() {
	top, err := topology.Discover()
	if err != nil {
		log.Fatal(err)
	}
	cpu := top.Plan(1)[0]

	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		restore, err := topology.Pin(cpu)
		if err != nil {
			log.Print("running unpinned: ", err)
		} else {
			defer func() {
				if err := restore(); err != nil {
					log.Print(err)
				}
			}()
		}
		// The worker's loop.
	}()
	<-done
}
