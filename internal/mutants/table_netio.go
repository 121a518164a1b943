package main

var deadlineModels = test{pkg: "./reactor/netio", run: "TestModelDeadline", tags: "explore"}

var netioMutants = []mutant{
	{
		name: "netio/deadline-pushed-back-while-due-is-lost",
		file: "reactor/netio/deadline.go",
		old: `		if !fired {
			return false
		}
`,
		new: `		if !fired || true {
			return false
		}
`,
		test:  deadlineModels,
		short: true,
	},
	{
		name: "netio/deadline-polled-once-only-when-it-is-over",
		file: "reactor/netio/deadline.go",
		old: `		over := l.passed(d)
		l.lock.Unlock()
		if over {
			return true
		}
`,
		new: `		l.lock.Unlock()
		return false
`,
		test: deadlineModels,
	},
}
