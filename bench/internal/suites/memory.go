package suites

import (
	"slices"

	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

// none is how few allocations per operation count as none: what the runtime itself
// allocates now and then is spread over 100,000 operations.
const none = .01

var memory = Suite{
	Name: "memory",
	Doc:  "a million parked tasks, and allocations per operation",
	Jobs: slices.Concat(
		alone(withTokio("parked_shared", onmagpie.ParkedShared, ongo.ParkedShared)),
		alone(withTokio("parked_own", onmagpie.ParkedOwn, ongo.ParkedOwn)),
		alone([]Job{{Bench: "parked_word", Peer: Magpie, Run: onmagpie.ParkedWord}}),
		[]Job{
			{Bench: "steady_yield", Peer: Magpie, Run: onmagpie.AllocsYield},
			{Bench: "steady_wake_park", Peer: Magpie, Run: onmagpie.AllocsWakePark},
			{Bench: "steady_timer_reset", Peer: Magpie, Run: onmagpie.AllocsTimerReset},
			{Bench: "steady_spawn", Peer: Magpie, Run: onmagpie.AllocsSpawn},
			{Bench: "steady_spawn_detached", Peer: Magpie, Run: onmagpie.AllocsSpawnDetached},
		},
	),
	Targets: []Target{
		atMost("parked_word", "rss", 120),
		ratio("parked_shared", "rss", "tokio", 1),
		ratio("parked_own", "rss", "tokio", 1),
		atMost("steady_yield", "allocs", none),
		atMost("steady_wake_park", "allocs", none),
		atMost("steady_timer_reset", "allocs", none),
		atMost("steady_spawn", "allocs", 1+none),
		atMost("steady_spawn_detached", "allocs", none),
	},
}
