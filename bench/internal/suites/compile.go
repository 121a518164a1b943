package suites

import "fmt"

// Compile is a package of many functions that the Go compiler compiles, after asyncgen if they are async.
type Compile struct {
	Functions int
	Async     bool
}

const compiledFunctions = 1000

func compileName() string { return fmt.Sprintf("asyncgen_%d", compiledFunctions) }

func compileJobs() []Job {
	return []Job{
		{Bench: compileName(), Peer: Compiled, Compile: &Compile{Functions: compiledFunctions, Async: true}},
		{Bench: compileName(), Peer: Plain, Compile: &Compile{Functions: compiledFunctions}},
	}
}

func compileTargets() []Target {
	return []Target{
		{Bench: compileName(), Metric: "generate", Peer: Compiled, Bound: 10},
		{Bench: compileName(), Metric: "compile", Peer: Compiled, Against: Plain, Bound: 3},
	}
}
