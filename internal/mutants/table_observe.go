package main

var metricsTests = test{pkg: "./sched", run: "TestMetrics"}

var hookTests = test{pkg: "./sched", run: "Hook|Goexit"}

var timingTests = test{pkg: "./sched", run: "Time|Timing"}

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
		name: "observe/counts-of-before-the-sleep",
		file: "sched/metrics.go",
		old: `asleep := w.askedAt.Load() == 0
		c, pending := w.published.read()
`,
		new: `c, pending := w.published.read()
		asleep := w.askedAt.Load() == 0
`,
		test: test{pkg: "./sched", run: "TestModelMetricsOfASleeper", tags: "explore"},
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
	{
		name: "observe/no-hook-after-a-poll-that-panics",
		file: "sched/observe.go",
		old: `	defer w.polled(&p) // also if it panics
	p.done = h.self.poll(&w.cx.Context)
`,
		new: `	p.done = h.self.poll(&w.cx.Context)
	w.polled(&p)
`,
		test: hookTests,
	},
	{
		name: "observe/ready-task-is-lost-to-goexit-of-its-hook",
		file: "sched/observe.go",
		old:  `		if !returned && p.done {`,
		new:  `		if !returned && p.done && p.h == nil {`,
		test: hookTests,
	},
	{
		name: "observe/ended-task-is-lost-to-goexit-of-its-hook",
		file: "sched/hooks.go",
		old: `			w.told = h
			w.finish(h)
`,
		new:  ``,
		test: hookTests,
	},
	{
		name: "observe/task-that-was-never-queued-is-not-dropped",
		file: "sched/hooks.go",
		old: `			rt.forgo(w, h, ErrGoexit)
`,
		new:  ``,
		test: hookTests,
	},
	{
		name: "observe/panic-of-a-hook-is-not-told",
		file: "sched/hooks.go",
		old: `		rt.reportPanic(&PanicError{Task: "sched.Hooks." + name, Value: v, Stack: origin.Stack(v)})
`,
		new:  ``,
		test: hookTests,
	},
	{
		name: "observe/end-of-a-refused-task-is-not-told",
		file: "sched/spawn.go",
		old:  `if end := rt.config.Hooks.End; end != nil {`,
		new:  `if end := rt.config.Hooks.End; false {`,
		test: hookTests,
	},
	{
		name: "observe/each-loop-of-a-worker-is-a-start",
		file: "sched/hooks.go",
		old: `		w.started = true
`,
		new:  ``,
		test: hookTests,
	},
	{
		name: "observe/end-is-told-after-the-joiners",
		file: "sched/worker.go",
		old: `	if w.observer != nil && w.told != h {
		w.tellEnd(h)
	}
`,
		new: `	if w.observer != nil && w.told != h {
		defer w.tellEnd(h)
	}
`,
		test: hookTests,
	},
	{
		name: "observe/wait-of-a-task-that-was-woken-begins-before",
		file: "sched/queue.go",
		old: `		rt.noteQueued(h)
`,
		new:  ``,
		test: timingTests,
	},
	{
		name: "observe/wait-of-a-task-that-has-yielded-begins-before",
		file: "sched/worker.go",
		old: `		w.rt.noteQueued(h)
`,
		new:  ``,
		test: timingTests,
	},
	{
		name: "observe/first-wait-is-not-measured",
		file: "sched/hooks.go",
		old: `		rt.noteQueued(h)
`,
		new:  ``,
		test: timingTests,
	},
	{
		name: "observe/timed-task-loses-its-options",
		file: "sched/observe.go",
		old:  `{ return extrasOf(t.body) }`,
		new:  `{ return nil }`,
		test: timingTests,
	},
	{
		name: "observe/poll-that-panics-is-not-measured",
		file: "sched/observe.go",
		old: `	defer w.polled(&p) // also if it panics
	p.done = h.self.poll(&w.cx.Context)
`,
		new: `	p.done = h.self.poll(&w.cx.Context)
	w.polled(&p)
`,
		test: timingTests,
	},
	{
		name: "observe/bounds-alone-measure",
		file: "sched/observe.go",
		old:  `	if c.Timing.Polls {`,
		new:  `	if c.Timing.Bounds != nil {`,
		test: timingTests,
	},
	{
		name: "observe/rest-below-the-quantile-is-forgotten",
		file: "sched/histogram.go",
		old: `		rank -= min(c, rank)
`,
		new:  ``,
		test: test{pkg: "./sched", run: "TestHistogram"},
	},
	{
		name: "observe/unconstrained-future-has-a-budget",
		file: "waker/context.go",
		old:  `return Context{waker: cx.waker, ext: cx.ext, on: cx.on}`,
		new:  `return Context{waker: cx.waker, ext: cx.ext, budget: cx.budget, on: cx.on}`,
		test: test{pkg: "./future", run: "TestUnconstrained"},
	},
	{
		name: "observe/bound-by-its-options-and-polled-by-any-worker",
		file: "sched/options.go",
		old: `		place |= bound
`,
		new:  ``,
		test: test{pkg: "./sched", run: "TestTasksWithOptionsAreBound"},
	},
}
