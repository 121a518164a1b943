package suites

import (
	"fmt"
	"slices"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

// The peers of the suite async: one function in three forms, and as a call that cannot wait.
const (
	Compiled  = "compiled"
	Machine   = "machine"
	Coroutine = "coroutine"
	Plain     = "plain"
)

var async = Suite{
	Name: "async",
	Doc:  "async functions: compiled, as a machine written by hand, on a coroutine",
	Jobs: slices.Concat(
		inStyles("wait", onmagpie.AsyncWait, nil),
		inStyles("ready", onmagpie.AsyncReady, onmagpie.PlainReady),
		inStyles("call", onmagpie.AsyncCall, onmagpie.PlainCall),
		alone(inStyles("task", onmagpie.AsyncTask, nil)),
		asyncEchoJobs(),
		compileJobs(),
	),
	Targets: slices.Concat([]Target{
		{Bench: "wait", Metric: "time", Peer: Compiled, Against: Machine, Bound: 1.1},
		{Bench: "wait", Metric: "time", Peer: Compiled, Against: Coroutine, Bound: .25},
		{Bench: "ready", Metric: "time", Peer: Compiled, Against: Plain, Bound: 5, Over: true},
		{Bench: "call", Metric: "time", Peer: Compiled, Against: Plain, Bound: 3 * 10, Over: true},
		{Bench: "task", Metric: "bytes", Peer: Compiled, Against: Machine, Bound: 16, Over: true},
		{Bench: "wait", Metric: "allocs", Peer: Compiled, Bound: none},
		{Bench: "ready", Metric: "allocs", Peer: Compiled, Bound: none},
		{Bench: "call", Metric: "allocs", Peer: Compiled, Bound: none},
		{Bench: "idle", Metric: "bytes", Peer: Compiled, Bound: 400},
	}, asyncEchoTargets(), compileTargets()),
}

func inStyles(bench string, s onmagpie.Styles, plain func(*measure.Run)) []Job {
	jobs := []Job{
		{Bench: bench, Peer: Compiled, Run: s.Compiled},
		{Bench: bench, Peer: Machine, Run: s.Machine},
		{Bench: bench, Peer: Coroutine, Run: s.Coroutine},
	}
	if plain != nil {
		jobs = append(jobs, Job{Bench: bench, Peer: Plain, Run: plain})
	}
	return jobs
}

var asyncConns = []int{50, 1000, 8000}

func asyncEchoJobs() (jobs []Job) {
	styles := []struct{ peer, style string }{{Compiled, "compiled"}, {Machine, "state"}, {Coroutine, "async"}}
	for _, conns := range asyncConns {
		for _, s := range styles {
			jobs = append(jobs, Job{Bench: fmt.Sprintf("echo_%d", conns), Peer: s.peer,
				Echo: &Echo{Style: s.style, Pinned: true, Conns: conns}})
		}
	}
	for _, s := range styles {
		jobs = append(jobs, Job{Bench: "idle", Peer: s.peer,
			Echo: &Echo{Style: s.style, Pinned: true, Conns: 8000, Idle: true, Bytes: true}})
	}
	return jobs
}

func asyncEchoTargets() (targets []Target) {
	for _, conns := range asyncConns {
		targets = append(targets, Target{Bench: fmt.Sprintf("echo_%d", conns), Metric: "server_cpu",
			Peer: Compiled, Against: Machine, Bound: 1.05})
	}
	return targets
}
