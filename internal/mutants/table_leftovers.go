package main

// leftoverMutants leave behind what a future, a poll or a panic should have taken along, or lose
// what it should have.
var leftoverMutants = []mutant{
	{
		name: "future/with-context-never-stops-watching",
		file: "future/withcontext.go",
		old: `	if c.stop != nil {
		c.stop()
	}
`,
		new:  ``,
		test: test{pkg: "./future", run: "TestWithContextLeavesNothing"},
	},
	{
		name: "future/localpool-forgets-a-handle-at-goexit",
		file: "future/localpool.go",
		old: `			body.end(ErrGoexit)
`,
		new:  ``,
		test: test{pkg: "./future", run: "TestLocalPoolTaskThatCallsGoexit"},
	},
	{
		name: "future/an-async-function-has-no-name",
		file: "future/async.go",
		old:  `runtime.FuncForPC(o.a.code)`,
		new:  `runtime.FuncForPC(0)`,
		test: test{pkg: "./sched", run: "TestAPanicNamesTheAsyncFunction"},
	},
	{
		name: "sched/a-failed-turn-goes-on",
		file: "sched/recover.go",
		old: `	w.delivering = false
	defer func() { // also`,
		new:  `	defer func() { // also`,
		test: test{pkg: "./sched", run: "TestAFailedTurnIsOver"},
	},
	{
		name: "forkjoin/a-panic-loses-its-origin-at-the-second-theft",
		file: "internal/forkjoin/cancel.go",
		old:  `if p := w.origin; p != nil && same`,
		new:  `if p := w.origin; false && same`,
		test: stolenPanics,
	},
	{
		name: "forkjoin/a-panic-loses-its-origin-at-the-joiner",
		file: "internal/forkjoin/cancel.go",
		old: `	w.origin = p
	panic(p.Value)`,
		new:  `	panic(p.Value)`,
		test: stolenPanics,
	},
}

var stolenPanics = test{pkg: "./sched", run: "TestPanicsOfStolenCallsHaveTheirStack"}
