package main

var metricsTests = test{pkg: "./sched", run: "TestMetrics"}

var hookTests = test{pkg: "./sched", run: "Hook|Goexit"}

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
	{
		name: "observe/no-hook-after-a-poll-that-panics",
		file: "sched/hooks.go",
		old: `		defer w.polled(h, &done)
	}
	return h.self.poll(&w.cx.Context)
`,
		new: `		done = h.self.poll(&w.cx.Context)
		w.polled(h, &done)
		return done
	}
	return h.self.poll(&w.cx.Context)
`,
		test: hookTests,
	},
	{
		name: "observe/ready-task-is-lost-to-goexit-of-its-hook",
		file: "sched/hooks.go",
		old:  `		if !returned && *done {`,
		new:  `		if !returned && *done && h == nil {`,
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
}
