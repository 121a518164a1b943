package suites

import (
	"fmt"
	"time"

	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

var mixed = Suite{
	Name:    "mixed",
	Doc:     "light requests on sockets beside a task with polls of milliseconds",
	Jobs:    mixedJobs(),
	Targets: mixedTargets(),
}

// longPolls are how long a poll of the heavy task takes, in milliseconds.
var longPolls = []int{2, 5, 20}

func mixedName(ms int) string { return fmt.Sprintf("mixed_%dms", ms) }

func mixedJobs() (jobs []Job) {
	for _, ms := range longPolls {
		bench, long := mixedName(ms), time.Duration(ms)*time.Millisecond
		jobs = append(jobs,
			Job{Bench: bench, Peer: Magpie, Run: onmagpie.Mixed(long)},
			Job{Bench: bench, Peer: MagpieAsync, Run: onmagpie.MixedAsync(long)},
			Job{Bench: bench, Peer: Go, Run: ongo.Mixed(long)},
			Job{Bench: bench, Peer: "tokio", Kit: []string{"rust/target/release/tokio_mixed", fmt.Sprint(ms)}})
	}
	jobs = alone(jobs)
	for i := range jobs {
		jobs[i].Served = true
	}
	return jobs
}

func mixedTargets() (targets []Target) {
	for _, ms := range longPolls {
		bench := mixedName(ms)
		targets = append(targets,
			atMost(bench, "p99", 2000),
			ratio(bench, "p99", Go, .3),
			ratio(bench, "p99", "tokio", 1),
			ratio(bench, "p50", Go, 1))
	}
	return targets
}
