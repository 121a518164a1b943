package suites

import (
	"slices"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

// awakeGap is a pause that is shorter than a worker spins before it sleeps.
const awakeGap = 2 * time.Microsecond

var wake = Suite{
	Name: "wake",
	Doc:  "waking a parked task from a thread outside the runtime",
	Jobs: slices.Concat(
		withTokio("remote_wake_spin", onmagpie.RemoteWake(true, measure.WakeGap), ongo.RemoteWake(true, measure.WakeGap)),
		withTokio("remote_wake_sleep", onmagpie.RemoteWake(false, measure.WakeGap), ongo.RemoteWake(false, measure.WakeGap)),
		// The worker has not gone to sleep yet.
		versus("remote_wake_awake", onmagpie.RemoteWake(true, awakeGap), ongo.RemoteWake(true, awakeGap)),
		[]Job{{Peer: "floor", Kit: []string{"build/floor"},
			Emits: []string{"null_syscall", "remote_wake_spin", "remote_wake_sleep"}}},
	),
	Targets: []Target{
		ratio("remote_wake_spin", "p50", "tokio", 1),
		ratio("remote_wake_spin", "p99", "tokio", 1),
		ratio("remote_wake_sleep", "p50", "tokio", 1),
		ratio("remote_wake_sleep", "p99", "tokio", 1),
		// tokio's workers do not spin long enough to be met awake: its parked figure is
		// the yardstick.
		{Bench: "remote_wake_awake", Metric: "p50", Base: "remote_wake_spin", Against: "tokio", Bound: .1},
	},
}
