package main

var (
	priorityModels  = test{pkg: "./sched", run: "TestModelPriorit", tags: "explore"}
	taskScopeModels = test{pkg: "./sched", run: "TestModelScope", tags: "explore"}
	taskTests       = func(run string) test { return test{pkg: "./sched", run: run} }
)

var taskMutants = []mutant{
	{
		name: "sched/scope-enters-a-child-that-has-ended",
		file: "sched/scope.go",
		old: `	if c.ended {
		return false
	}
	c.task, c.next`,
		new:  `	c.task, c.next`,
		test: taskScopeModels,
	},
	{
		name: "sched/scope-that-failed-keeps-late-children",
		file: "sched/scope.go",
		old: `	s.children = c
	return s.failed
`,
		new: `	s.children = c
	return false
`,
		test: taskScopeModels,
	},
	{
		name: "sched/scope-fails-and-aborts-nobody",
		file: "sched/scope.go",
		old: `	if first {
		s.abortAll()
	}
`,
		new: `	_ = first
`,
		test: taskScopeModels,
	},
	{
		name: "sched/scope-is-not-woken-by-the-last-child",
		file: "sched/scope.go",
		old:  `	if last || err != nil {`,
		new:  `	if last && err != nil {`,
		test: taskScopeModels,
	},
	{
		name: "sched/scope-ends-before-its-children",
		file: "sched/scope.go",
		old:  `	s.over = s.live == 0`,
		new:  `	s.over = true`,
		test: taskTests("TestAScope"),
	},
	{
		name: "sched/scope-takes-a-panic-for-an-end",
		file: "sched/scope.go",
		old:  `		child.end(p)`,
		new:  `		child.end(nil)`,
		test: taskTests("TestAScope"),
	},
	{
		name: "sched/spawn-on-is-not-bound",
		file: "sched/state.go",
		old:  `		s.bits.Store(initial | place)`,
		new:  `		s.bits.Store(initial)`,
		test: taskTests("TestTasksStayWhereTheyWereSpawned"),
	},
	{
		name: "sched/spawn-on-goes-to-any-inbox",
		file: "sched/spawn.go",
		old: `	if place := h.state.place(); place != 0 {
		rt.queueApart(nil, h, place)
	} else {
		rt.inject(h)
	}
`,
		new: `	rt.inject(h)
`,
		test: taskTests("TestTasksStayWhereTheyWereSpawned"),
	},
	{
		name: "sched/lanes-are-strict",
		file: "sched/priority.go",
		old:  `	if l.turn++; l.turn > maxWait {`,
		new:  `	if l.turn = 1; false {`,
		test: test{pkg: "./sched/schedtest", run: "TestPrioritiesHold"},
	},
	{
		name: "sched/lanes-forget-normal-tasks",
		file: "sched/priority.go",
		old:  `	case l.turn%9 == 0:`,
		new:  `	case l.turn%9 == 9:`,
		test: test{pkg: "./sched/schedtest", run: "TestPrioritiesHold"},
	},
	{
		name: "sched/bound-tasks-lose-their-priority",
		file: "sched/queues.go",
		old:  `		if place := h.state.place(); place != bound {`,
		new:  `		if place := h.state.place(); false {`,
		test: test{pkg: "./sched/schedtest", run: "TestPrioritiesHold"},
	},
	{
		name: "sched/ranked-inbox-is-not-taken-in",
		file: "sched/queues.go",
		old: `	if q.rankedEver.Load() {
		n += q.takeInRanked(&q.sharedQueues)
	}
`,
		new:  ``,
		test: priorityModels,
	},
	{
		name: "sched/locals-end-before-the-drop",
		file: "sched/options.go",
		old: `	defer c.extras.end(err)
	c.boxed.abandon(err)
`,
		new: `	c.extras.end(err)
	c.boxed.abandon(err)
`,
		test: taskTests("TestTaskLocals"),
	},
	{
		name: "sched/locals-are-inherited-unasked",
		file: "sched/locals.go",
		old:  `	if o.Inherit {`,
		new:  `	if true {`,
		test: taskTests("TestTaskLocals"),
	},
	{
		name: "sched/context-outlives-its-task",
		file: "sched/options.go",
		old: `	if done {
		c.extras.end(nil)
	}
`,
		new:  ``,
		test: taskTests("TestContextsInAndOut"),
	},
	{
		name: "sched/block-in-place-blocks-the-worker",
		file: "sched/spawnon.go",
		old:  `	if w == nil || w.rt.sim != nil {`,
		new:  `	if w == nil || true {`,
		test: taskTests("TestBlockInPlaceHoldsUpNobody"),
	},
}
