package onmagpie

import (
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
)

type unit = future.Unit

func pending() future.Poll[unit] { return future.Pending[unit]() }
func ready() future.Poll[unit]   { return future.Ready(unit{}) }

// newRuntime makes a runtime that ends with the process, like those of the peers.
func newRuntime(workers int) *sched.Runtime {
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		panic(err) // no descriptors left, say: there is nothing to measure
	}
	return rt
}

func twoWorkers() *sched.Runtime { return newRuntime(measure.Workers) }
