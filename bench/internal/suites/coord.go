package suites

import (
	"slices"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

const tokioCoord = "rust/target/release/tokio_coord"

// coordJobs is a benchmark on magpie, on what Go has for it and, from the kit, on tokio.
func coordJobs(bench string, magpie, goroutines func(*measure.Run)) []Job {
	return append(versus(bench, magpie, goroutines),
		Job{Bench: bench, Peer: "tokio", Kit: []string{tokioCoord, bench}})
}

var coord = Suite{
	Name: "coord",
	Doc:  "the toolkit: locks, channels, notifications, sets of tasks, sleeps",
	Jobs: slices.Concat(
		coordJobs("mutex_free", onmagpie.MutexFree, ongo.MutexFree),
		coordJobs("mutex_contended", onmagpie.MutexContended, ongo.MutexContended),
		coordJobs("semaphore_free", onmagpie.SemaphoreFree, ongo.SemaphoreFree),
		coordJobs("semaphore_contended", onmagpie.SemaphoreContended, ongo.SemaphoreContended),
		coordJobs("mpsc_1to1", onmagpie.MPSC(1, measure.Room), ongo.Channel(1, measure.Room)),
		coordJobs("mpsc_1to1_cap1", onmagpie.MPSC(1, 1), ongo.Channel(1, 1)),
		coordJobs("mpsc_4to1", onmagpie.MPSC(4, measure.Room), ongo.Channel(4, measure.Room)),
		coordJobs("oneshot", onmagpie.Oneshot, ongo.Oneshot),
		coordJobs("broadcast_100", onmagpie.Broadcast, ongo.Broadcast),
		coordJobs("watch", onmagpie.Watch, ongo.PingPongChannels),
		coordJobs("notify", onmagpie.Notify, ongo.PingPongChannels),
		coordJobs("select_2", onmagpie.Select2, ongo.Select2),
		coordJobs("select_10", onmagpie.Select10, ongo.Select10),
		coordJobs("duplex", onmagpie.Duplex, ongo.Pipe),
		coordJobs("joinset_10000", onmagpie.JoinSet, ongo.Results),
		coordJobs("sleeps_100000", onmagpie.Sleeps, ongo.Sleeps),
	),
	Targets: coordTargets(),
}

func coordTargets() (targets []Target) {
	for _, bench := range []string{"mutex_free", "mutex_contended", "semaphore_free", "semaphore_contended",
		"mpsc_1to1", "mpsc_1to1_cap1", "mpsc_4to1", "oneshot", "broadcast_100", "watch", "notify", "select_2",
		"select_10", "duplex", "joinset_10000"} {
		targets = append(targets, ratio(bench, "time", "tokio", 1))
	}
	for _, bench := range []string{"mpsc_1to1", "mpsc_1to1_cap1", "mpsc_4to1", "oneshot", "select_2", "select_10", "duplex"} {
		targets = append(targets, ratio(bench, "time", Go, 1))
	}
	for _, bench := range []string{"mutex_free", "mutex_contended", "semaphore_free", "semaphore_contended",
		"mpsc_1to1", "mpsc_1to1_cap1", "mpsc_4to1", "broadcast_100", "watch", "notify", "select_2", "select_10", "duplex"} {
		// The tasks of an iteration and their channel, spread over its operations.
		targets = append(targets, atMost(bench, "allocs", .01))
	}
	// Its time is that of the longest sleep.
	return append(targets, ratio("sleeps_100000", "cpu", "tokio", 1), ratio("sleeps_100000", "cpu", Go, 1))
}
