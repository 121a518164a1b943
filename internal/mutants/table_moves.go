package main

// moveModels are of what waits in a reactor that is closed.
var moveModels = test{pkg: "./reactor", run: "TestModel.*ReactorEnds|TestModelSourceTwoDirections", tags: "explore"}

var moveMutants = []mutant{
	{
		name: "reactor/close-wakes-no-sources",
		file: "reactor/reactor.go",
		old: `		src.Wake(Read)
		src.Wake(Write)
`,
		new: `		_ = src
`,
		test: moveModels,
	},
	{
		name: "reactor/close-wakes-no-timers",
		file: "reactor/reactor.go",
		old: `	r.wakeTimers()
	return err
`,
		new: `	return err
`,
		test: moveModels,
	},
	{
		name: "reactor/source-stays-in-an-ended-reactor",
		file: "reactor/source.go",
		old:  `st == fresh || st == registered && s.reactor.Load().ended.Load()`,
		new:  `st == fresh`,
		test: moveModels,
	},
	{
		name: "reactor/source-is-taken-out-of-a-closed-epoll",
		file: "reactor/source.go",
		old: `	if r.enter() {
		r.poll.remove(s.FD())
		r.leave()
	}
`,
		new: `	r.poll.remove(s.FD())
`,
		test: moveModels,
	},
	{
		name: "reactor/timer-set-in-an-ended-reactor-wakes-nobody",
		file: "reactor/timer.go",
		old: `		r.lock.Unlock()
		wake.Cell(&t.waker, r.report)
		return
`,
		new: `		r.lock.Unlock()
		return
`,
		test: moveModels,
	},
	{
		name: "reactor/timer-stays-in-an-ended-reactor",
		file: "reactor/timer.go",
		old:  `if r != nil && !r.ended.Load() {`,
		new:  `if r != nil {`,
		test: moveModels,
	},
}
