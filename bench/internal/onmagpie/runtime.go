package onmagpie

import (
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
)

type unit = future.Unit

func pending() future.Poll[unit] { return future.Pending[unit]() }
func ready() future.Poll[unit]   { return future.Ready(unit{}) }

// newRuntime makes a runtime that ends with the run.
func newRuntime(r *measure.Run, workers int) *sched.Runtime {
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		panic(err) // no descriptors left, say: there is nothing to measure
	}
	r.Cleanup(func() {
		if err := rt.Close(); err != nil { // tasks that are parked for good are dropped
			panic(err)
		}
	})
	return rt
}

func twoWorkers(r *measure.Run) *sched.Runtime { return newRuntime(r, measure.Workers) }
