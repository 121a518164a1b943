package main

var recycleModels = test{pkg: "./sched", run: "TestModelRecycle", tags: "explore"}

var recycleMutants = []mutant{
	{
		name: "sched/task-is-renewed-before-its-owner-has-it",
		file: "sched/worker.go",
		old: `	h.state.finish()
	if p == nil {
`,
		new: `	if p == nil {
		h.state.finish()
	} else {
		h.state.renew()
	}
	if p == nil {
`,
		test:  recycleModels,
		short: true,
	},
	{
		name: "sched/task-is-used-again-as-its-last-poll-left-it",
		file: "sched/recycle.go",
		old: `	h.state.renew()
	h.owner, h.home = 0, 0
`,
		new: `	h.owner, h.home = 0, 0
`,
		test: recycleModels,
	},
	{
		name: "sched/task-that-is-used-again-has-an-owner",
		file: "sched/recycle.go",
		old: `	h.owner, h.home = 0, 0
`,
		new: `	h.home = 0
`,
		test: recycleModels,
	},
}
