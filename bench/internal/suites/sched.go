package suites

import (
	"slices"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

const tokioSched = "rust/target/release/tokio_sched"

// withTokio is a benchmark on magpie, on goroutines and, from the kit, on tokio.
func withTokio(bench string, magpie, goroutines func(*measure.Run)) []Job {
	return append(versus(bench, magpie, goroutines),
		Job{Bench: bench, Peer: "tokio", Kit: []string{tokioSched, bench}})
}

var sched = Suite{
	Name: "sched",
	Doc:  "the scheduler: spawn, yield, ping-pong, chains (tokio's four and one more)",
	Jobs: slices.Concat(
		withTokio("spawn_many", onmagpie.SpawnMany, ongo.SpawnMany),
		withTokio("spawn_many_local", onmagpie.SpawnManyLocal, ongo.SpawnManyLocal),
		withTokio("yield_many", onmagpie.YieldMany, ongo.YieldMany),
		withTokio("ping_pong", onmagpie.PingPong, ongo.PingPong),
		withTokio("chained_spawn", onmagpie.ChainedSpawn, ongo.ChainedSpawn),
	),
	Targets: []Target{
		ratio("spawn_many", "time", "tokio", .5),
		ratio("spawn_many_local", "time", "tokio", .3),
		ratio("yield_many", "time", "tokio", .6),
		ratio("ping_pong", "time", "tokio", .5),
		ratio("chained_spawn", "time", "tokio", .4),
		// A win that burns the second core is none.
		ratio("spawn_many", "cpu", "tokio", 1),
		ratio("spawn_many_local", "cpu", "tokio", 1),
		ratio("yield_many", "cpu", "tokio", 1),
		ratio("ping_pong", "cpu", "tokio", 1),
		ratio("chained_spawn", "cpu", "tokio", 1),
	},
}
