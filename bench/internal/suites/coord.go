package suites

import (
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

const tokioCoord = "rust/target/release/tokio_coord"

// coordBench is a benchmark on magpie, on what Go has for it and, from the kit, on tokio.
type coordBench struct {
	name               string
	magpie, goroutines func(*measure.Run)
	metric             string // that is bounded by tokio's
	likeGo             bool   // and by Go's
	allocates          bool
}

var coordBenches = []coordBench{
	{"mutex_free", onmagpie.MutexFree, ongo.MutexFree, "time", false, false},
	{"mutex_contended", onmagpie.MutexContended, ongo.MutexContended, "time", false, false},
	{"semaphore_free", onmagpie.SemaphoreFree, ongo.SemaphoreFree, "time", false, false},
	{"semaphore_contended", onmagpie.SemaphoreContended, ongo.SemaphoreContended, "time", false, false},
	{"mpsc_1to1", onmagpie.MPSC(1, measure.Room), ongo.Channel(1, measure.Room), "time", true, false},
	{"mpsc_1to1_cap1", onmagpie.MPSC(1, 1), ongo.Channel(1, 1), "time", true, false},
	{"mpsc_4to1", onmagpie.MPSC(4, measure.Room), ongo.Channel(4, measure.Room), "time", true, false},
	{"oneshot", onmagpie.Oneshot, ongo.Oneshot, "time", true, true},
	{"broadcast_100", onmagpie.Broadcast, ongo.Broadcast, "time", false, false},
	{"watch", onmagpie.Watch, ongo.PingPongChannels, "time", false, false},
	{"notify", onmagpie.Notify, ongo.PingPongChannels, "time", false, false},
	{"select_2", onmagpie.Select2, ongo.Select2, "time", true, false},
	{"select_10", onmagpie.Select10, ongo.Select10, "time", true, false},
	{"duplex", onmagpie.Duplex, ongo.Pipe, "time", true, false},
	{"joinset_10000", onmagpie.JoinSet, ongo.Results, "time", false, true},
	// Its time is that of the longest sleep.
	{"sleeps_100000", onmagpie.Sleeps, ongo.Sleeps, "cpu", true, true},
}

var coord = coordSuite()

func coordSuite() Suite {
	s := Suite{Name: "coord", Doc: "the toolkit: locks, channels, notifications, sets of tasks, sleeps"}
	for _, b := range coordBenches {
		s.Jobs = append(s.Jobs, versus(b.name, b.magpie, b.goroutines)...)
		s.Jobs = append(s.Jobs, Job{Bench: b.name, Peer: "tokio", Kit: []string{tokioCoord, b.name}})
		s.Targets = append(s.Targets, ratio(b.name, b.metric, "tokio", 1))
		if b.likeGo {
			s.Targets = append(s.Targets, ratio(b.name, b.metric, Go, 1))
		}
		if !b.allocates {
			// The tasks of an iteration and their channel, spread over its operations.
			s.Targets = append(s.Targets, atMost(b.name, "allocs", .01))
		}
	}
	return s
}
