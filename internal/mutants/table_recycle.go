package main

var (
	recycleModels = test{pkg: "./sched", run: "TestModelRecycle", tags: "explore"}
	goexitModels  = test{pkg: "./sched", run: "TestModelGoexit", tags: "explore"}
	leftoverTests = test{pkg: "./sched", run: "TestAFailedPoll|TestAnInterruptedPoll"}
)

var recycleMutants = []mutant{
	{
		name: "sched/task-is-renewed-before-its-owner-has-it",
		file: "sched/worker.go",
		old: `	h.state.finish()
	if !mine {
`,
		new: `	if p == nil {
		h.state.finish()
	} else {
		h.state.renew(0)
	}
	if !mine {
`,
		test: recycleModels,
	},
	{
		name: "sched/task-is-used-again-as-its-last-poll-left-it",
		file: "sched/recycle.go",
		old: `	h.state.renew(0)
	h.owner,`,
		new:  `	h.owner,`,
		test: recycleModels,
	},
	{
		name: "sched/task-that-is-used-again-has-an-owner",
		file: "sched/recycle.go",
		old: `	h.owner, h.home, h.rt = 0, 0, nil
`,
		new: `	h.home, h.rt = 0, nil
`,
		test: recycleModels,
	},
	{
		name: "sched/task-that-others-ended-is-not-used-again",
		file: "sched/worker.go",
		old: `		if p := h.detached(); p.keeps() {
			w.recycle(h, p)
`,
		new: `		if p := h.detached(); p.keeps() && false {
			w.recycle(h, p)
`,
		test: recycleModels,
	},
	{
		name: "sched/every-type-is-plain",
		file: "sched/plain.go",
		old:  `{ return !pointedTo(t, nil) }`,
		new:  `{ return t != nil }`,
		test: test{pkg: "./sched", run: "TestTimersOfFutures"},
	},
	{
		name: "sched/links-do-not-show",
		file: "sched/plain.go",
		old:  `return slices.Contains(outer, t.Elem())`,
		new:  `return slices.Contains(outer, t)`,
		test: test{pkg: "./sched", run: "TestWhichTypes"},
	},
	{
		name: "sched/ended-future-is-kept",
		file: "sched/recycle.go",
		old: `	d.clear()
	return true
`,
		new: `	return true
`,
		test: test{pkg: "./sched", run: "TestATaskThatHasEndedKeepsNothingAlive"},
	},
	{
		name: "sched/failed-future-is-kept",
		file: "sched/recycle.go",
		old: `	defer d.clear()
`,
		new:  ``,
		test: test{pkg: "./sched", run: "TestATaskThatHasEndedKeepsNothingAlive"},
	},
	{
		name: "sched/task-that-is-not-used-keeps-its-runtime",
		file: "sched/recycle.go",
		old: `	h.owner, h.home, h.rt = 0, 0, nil
`,
		new: `	h.owner, h.home = 0, 0
`,
		test: test{pkg: "./sched", run: "TestRecycledTaskHasNoRuntime"},
	},
	{
		name: "sched/task-is-used-again-by-no-runtime",
		file: "sched/recycle.go",
		old: `	h.rt = rt
	rt.start(w, h)
`,
		new: `	rt.start(w, h)
`,
		test: test{pkg: "./sched", run: "TestDetached|TestTimersOfFutures|TestACell|TestWhatOthers"},
	},
	{
		name: "sched/pool-without-a-limit",
		file: "sched/recycle.go",
		old:  `	fits := all <= allBytes && (len(p.list)+p.batch)*p.size <= poolBytes`,
		new:  `	fits := all >= 0`,
		test: test{pkg: "./sched", run: "TestWhatIsKeptToBeUsedAgainIsBounded"},
	},
	{
		name: "sched/end-gives-nothing-back",
		file: "sched/shutdown.go",
		old: `	rt.giveBack()
`,
		new:  ``,
		test: test{pkg: "./sched", run: "TestWhatIsKeptToBeUsedAgainIsBounded"},
	},
	{
		name: "sched/type-that-meets-another-has-no-pool",
		file: "sched/pools.go",
		old: `	if 2*len(allPools) <= len(t.slots) {
`,
		new: `	if p.plain = t.slots[t.first(typ)].Load() == nil; 2*len(allPools) <= len(t.slots) {
`,
		test: test{pkg: "./sched", run: "TestEveryTypeOfTaskIsUsedAgain"},
	},
	{
		name: "sched/fifo-keeps-what-was-taken",
		file: "sched/fifo.go",
		old: `	*slot = nil
`,
		new:  ``,
		test: test{pkg: "./sched", run: "TestFIFOForgetsWhatWasTaken"},
	},
	{
		name: "sched/task-keeps-its-links-out-of-the-list",
		file: "sched/owned.go",
		old: `	h.prev, h.next = nil, nil
`,
		new:  ``,
		test: test{pkg: "./sched", run: "TestOwnedListLosesNobody"},
	},
	{
		name: "sched/failed-poll-leaves-poll-again",
		file: "sched/recover.go",
		old: `	w.cx.TakeAgain()
`,
		new:  ``,
		test: leftoverTests,
	},
	{
		name: "sched/failed-poll-leaves-bind",
		file: "sched/worker.go",
		old: `	w.counts.Finished++
	w.bind = false
`,
		new: `	w.counts.Finished++
`,
		test: leftoverTests,
	},
	{
		name: "sched/failed-drop-leaves-dropping",
		file: "sched/recover.go",
		old: `		w.polling, w.dropping = nil, false
		w.finish(h)
`,
		new: `		w.polling = nil
		w.finish(h)
`,
		test: leftoverTests,
	},
	{
		name: "sched/goexit-ends-the-worker",
		file: "sched/recover.go",
		old: `			stopped = w.liveOn()
`,
		new: `			stopped = w.loopGuarded()
`,
		test: goexitModels,
	},
	{
		name: "sched/goexit-in-a-drop-loses-the-task",
		file: "sched/recover.go",
		old: `		w.polling, w.dropping = nil, false
		w.finish(h)
	}()
	if w.dropping { // it has been dropped as far as it goes
		h.self.setError(err)
		return
	}
	w.dropping = true
	w.dropFailed(h, err)
`,
		new: `	}()
	if w.dropping {
		h.self.setError(err)
	} else {
		w.dropping = true
		w.dropFailed(h, err)
	}
	w.polling, w.dropping = nil, false
	w.finish(h)
`,
		test: goexitModels,
	},
	{
		name: "sched/worker-that-lives-on-is-nobody",
		file: "sched/recover.go",
		old: `		w.rt.identities.add(g, w)
`,
		new: `		w.rt.identities.add(gid.None, w)
`,
		test: goexitModels,
	},
	{
		name: "sched/goroutine-that-was-ended-is-still-the-worker",
		file: "sched/recover.go",
		old: `			w.rt.identities.remove(g)
			w.g.Store(gid.None)
`,
		new: `			w.g.Store(gid.None)
`,
		test: test{pkg: "./sched", run: "TestGoexitLeavesNoIdentityBehind"},
	},
}
