package suites

import "github.com/magpie-go/magpie/bench/internal/onmagpie"

const crossbeam = "crossbeam-deque"

var deques = Suite{
	Name: "deque",
	Doc:  "the work-stealing deque: owner alone, thief alone, both at once",
	Jobs: []Job{
		{Bench: "deque_push_pop", Peer: Magpie, Run: onmagpie.DequePushPop},
		{Bench: "deque_push_pop_batch", Peer: Magpie, Run: onmagpie.DequePushPopBatch},
		{Bench: "deque_steal_quiet", Peer: Magpie, Run: onmagpie.DequeStealQuiet},
		{Bench: "deque_contended", Peer: Magpie, Run: onmagpie.DequeContended},
		{Peer: crossbeam, Kit: []string{"rust/target/release/deque"},
			Emits: []string{"deque_push_pop", "deque_push_pop_batch", "deque_steal_quiet", "deque_contended"}},
	},
	Targets: []Target{
		ratio("deque_push_pop", "time", crossbeam, 1.5),
		ratio("deque_push_pop_batch", "time", crossbeam, 1.5),
		ratio("deque_steal_quiet", "time", crossbeam, 1),
		{Bench: "deque_contended", Metric: "owner_push_pop", Against: crossbeam, Bound: 1, AtLeast: true},
		{Bench: "deque_contended", Metric: "stolen", Against: crossbeam, Bound: 1, AtLeast: true},
	},
}
