package main

var handlerTests = test{pkg: "./sched", run: "OnPanic|TestCloseDoesNotTake"}

// handlerMutants are of what a program's Config.OnPanic may do.
var handlerMutants = []mutant{
	{
		name: "sched/goexit-of-a-report-ends-all-reports",
		file: "sched/report.go",
		old:  "wake.Go(r.drain)",
		new:  "_ = wake.Go; go r.drain()",
		test: handlerTests,
	},
	{
		name: "sched/shutdown-waits-for-the-report-that-calls-it",
		file: "sched/shutdown.go",
		old: `	rt.reports.leaveOut()
`,
		new:  ``,
		test: handlerTests,
	},
	{
		name: "sched/slow-report-is-a-stuck-poll",
		file: "sched/shutdown.go",
		old: `	if rt.phase.Load() == stopped { // no poll is left; only reports may be
`,
		new: `	if false {
`,
		test: handlerTests,
	},
}
