package main

var metricsTests = test{pkg: "./sched", run: "TestMetrics"}

var observeMutants = []mutant{
	{
		name: "observe/inbox-is-never-emptied",
		file: "sched/queues.go",
		old: `	from.sent.Add(-int32(n))
`,
		new:  ``,
		test: metricsTests,
	},
	{
		name: "observe/inbox-of-the-lanes-is-not-counted",
		file: "sched/priority.go",
		old: `	q.sent.Add(1)
`,
		new:  ``,
		test: metricsTests,
	},
	{
		name: "observe/busy-while-asleep",
		file: "sched/metrics.go",
		old:  `now - w.slept`,
		new:  `now`,
		test: metricsTests,
	},
	{
		name: "observe/every-sleep-is-for-nothing",
		file: "sched/park.go",
		old:  `if w.done() == w.sleptWith {`,
		new:  `if w.sleptWith != math.MaxUint64 {`,
		test: metricsTests,
	},
	{
		name: "observe/no-sleep-is-for-nothing",
		file: "sched/park.go",
		old: `		w.sleptWith = w.done()
`,
		new:  ``,
		test: metricsTests,
	},
	{
		name: "observe/each-operation-beyond-the-budget-counts",
		file: "waker/context.go",
		old: `		b.left = -1
`,
		new:  ``,
		test: metricsTests,
	},
}
