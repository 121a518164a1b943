package suites

import (
	"fmt"

	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

// flat is how much the cost of one operation may grow from the smallest size that no
// longer fits a core's cache to the largest: what remains is the memory's own slowness.
const flat = 1.5

var growth = Suite{
	Name: "growth",
	Doc:  "cost per task with 1e3 to 1e7 alive, cost per yield and spawn with 1 to 64 workers",
	Jobs: growthJobs(),
	Targets: []Target{
		{Bench: "grow_tasks_1e6", Metric: "time", Base: "grow_tasks_1e5", Bound: flat},
		{Bench: "grow_tasks_1e7", Metric: "time", Base: "grow_tasks_1e5", Bound: flat},
		{Bench: "grow_yield_64w", Metric: "time", Base: "grow_yield_2w", Bound: flat},
		{Bench: "grow_spawn_64w", Metric: "time", Base: "grow_spawn_2w", Bound: flat},
	},
}

// mostGoroutines is how many goroutines are alive at most: 1e7 would take 27 GB.
const mostGoroutines = 1_000_000

func growthJobs() (jobs []Job) {
	for e, n := 3, 1000; e <= 7; e, n = e+1, n*10 {
		pair := versus(fmt.Sprintf("grow_tasks_1e%d", e), onmagpie.GrowTasks(n), ongo.GrowTasks(n))
		if n > mostGoroutines {
			pair = pair[:1]
		}
		jobs = append(jobs, alone(pair)...)
	}
	for w := 1; w <= 64; w *= 2 {
		jobs = append(jobs, alone(versus(fmt.Sprintf("grow_yield_%dw", w), onmagpie.GrowYield(w), ongo.GrowYield(w)))...)
		jobs = append(jobs, alone(versus(fmt.Sprintf("grow_spawn_%dw", w), onmagpie.GrowSpawn(w), ongo.GrowSpawn(w)))...)
	}
	return jobs
}
