package main

var deadlineModels = test{pkg: "./reactor/netio", run: "TestModelDeadline", tags: "explore"}

var (
	acceptorModels = test{pkg: "./reactor/netio", run: "TestModelAcceptors", tags: "explore"}
	turnTests      = test{pkg: "./reactor/netio", run: "TestTwo"}
)

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
	{
		name: "netio/acceptor-that-leaves-keeps-its-call",
		file: "reactor/netio/acceptors.go",
		old: `	if q.away(a) == called {
		q.call()
	}
`,
		new: `	q.away(a)
`,
		test:  acceptorModels,
		short: true,
	},
	{
		name: "netio/acceptor-calls-nobody-after-it",
		file: "reactor/netio/acceptors.go",
		old: `		q.away(a)
	}
	q.call()
}
`,
		new: `		q.away(a)
	}
}
`,
		test: acceptorModels,
	},
	{
		name: "netio/acceptor-is-counted-late",
		file: "reactor/netio/acceptors.go",
		old: `	q.waiting.Dec()
}
`,
		new: `	q.waiting.Sub(2)
}
`,
		test: acceptorModels,
	},
	{
		name: "netio/close-calls-one-acceptor",
		file: "reactor/netio/acceptors.go",
		old: `	for q.waiting.Load() != 0 {
		q.call()
	}
`,
		new: `	q.call()
`,
		test: acceptorModels,
	},
	{
		name: "netio/call-leaves-out-those-without-a-place",
		file: "reactor/netio/acceptors.go",
		old: `	for _, w := range others[:n] {
		w.Wake()
	}
`,
		new:  ``,
		test: acceptorModels,
	},
	{
		name: "netio/second-reader-is-not-refused",
		file: "reactor/netio/turns.go",
		old:  `w&1 != 0 && (t == nil || turn(w) != *t)`,
		new:  `w&1 != 0 && t == nil`,
		test: turnTests,
	},
	{
		name: "netio/dropped-operation-keeps-its-turn",
		file: "reactor/netio/ops.go",
		old: `	c.forget(d)
	c.turns.release(d, t)
`,
		new: `	c.forget(d)
`,
		test: turnTests,
	},
}
