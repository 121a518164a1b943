package suites

import (
	"slices"

	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

var side = Suite{
	Name: "side",
	Doc:  "side effects: goroutines beside busy workers, collections, idling",
	Jobs: alone(slices.Concat(
		versus("sleep_1ms_busy", onmagpie.SleepLate, ongo.SleepLate),
		versus("gc_1M_parked", onmagpie.GCPause, ongo.GCPause),
		versus("idle_10k_parked", onmagpie.Idle, ongo.Idle),
	)),
	Targets: []Target{
		atMost("sleep_1ms_busy", "late_p50", 500),
		ratio("gc_1M_parked", "pause_max", Go, 1),
		ratio("gc_1M_parked", "task_stop_max", Go, 1),
		atMost("idle_10k_parked", "cpu", .1),
		atMost("idle_10k_parked", "wakeups", 100),
	},
}
