package suites

import (
	"fmt"
	"slices"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

const (
	// smallFib is what goKit can do in a tolerable time, fib35 what targets are about.
	smallFib = "fib27"
	fib35    = "fib35"

	// speedup of two workers over one.
	speedup = 1.85
)

var fibs = []int{27, 32, 33, 34, 35}

var forkJoin = Suite{
	Name: "forkjoin",
	Doc:  "fork-join without a cutoff: the price of a fork",
	Jobs: forkJoinJobs(),
	Targets: []Target{
		{Bench: fib35, Metric: "per_fork", Peer: Magpie1, Against: "rayon-1t", Bound: 1},
		{Bench: fib35, Metric: "time", Peer: Magpie2, Against: "rayon-2t", Bound: 1},
		faster(fib35, Magpie2, Magpie1, speedup),
		{Bench: smallFib, Metric: "per_fork", Peer: "go-1p", Against: Magpie1, Bound: 40, AtLeast: true},
		{Bench: smallFib, Metric: "per_fork", Peer: "go-2p", Against: Magpie2, Bound: 40, AtLeast: true},
		{Bench: fib35, Metric: "allocs", Peer: Magpie1, Bound: none},
		{Bench: fib35, Metric: "allocs", Peer: Magpie2, Bound: none},
	},
}

func forkJoinJobs() (jobs []Job) {
	var big []string
	for _, n := range fibs {
		bench := fmt.Sprintf("fib%d", n)
		jobs = append(jobs, computed(bench, ongo.Fib(n), func(workers int) func(*measure.Run) {
			return onmagpie.Fib(n, workers)
		})...)
		if bench != smallFib {
			big = append(big, bench)
		}
	}
	for _, k := range nativeKit {
		k.Emits = big
		if k.Peer == "tbb-1t" || k.Peer == "tbb-2t" {
			k.As = []string{k.Peer + "-group", k.Peer + "-invoke"}
		}
		jobs = append(jobs, k)
	}
	for _, k := range goKit {
		k.Emits = []string{smallFib}
		jobs = append(jobs, k)
	}
	return append(jobs, computed("join_closures", nil, func(workers int) func(*measure.Run) {
		return onmagpie.JoinClosures(fibs[0], workers)
	})...)
}

// The kit's programs, each of which runs everything that both suites have.
var (
	nativeKit = slices.Concat(
		threads("rust/target/release/forkjoin", "rust-seq", "rayon-1t", "rayon-2t"),
		threads("build/tbb", "c++-seq", "tbb-1t", "tbb-2t"))
	goKit = threads("build/go/forkjoin", "", "go-1p", "go-2p")
)

// threads are the runs of a program with as many threads as the peer's place tells.
func threads(program string, peers ...string) (jobs []Job) {
	for n, peer := range peers {
		if peer != "" {
			jobs = append(jobs, Job{Peer: peer, Kit: []string{program, fmt.Sprint(n)}})
		}
	}
	return jobs
}

// computed is a benchmark on magpie with one and two workers, and in sequential Go.
func computed(bench string, sequential func(*measure.Run), magpie func(workers int) func(*measure.Run)) []Job {
	jobs := []Job{
		{Bench: bench, Peer: Magpie1, Run: magpie(1)},
		{Bench: bench, Peer: Magpie2, Run: magpie(2)},
	}
	if sequential != nil {
		jobs = append(jobs, Job{Bench: bench, Peer: GoSeq, Run: sequential})
	}
	return jobs
}

// faster is by how much a peer's time has to be shorter than another one's.
func faster(bench, peer, other string, times float64) Target {
	return Target{Bench: bench, Metric: "time", Peer: other, Against: peer, Bound: times, AtLeast: true}
}
