package main

var deadlineModels = test{pkg: "./reactor/netio", run: "TestModelDeadline", tags: "explore"}

var (
	acceptorModels = test{pkg: "./reactor/netio", run: "TestModelAcceptors", tags: "explore"}
	backoffModels  = test{pkg: "./reactor/netio", run: "TestModelBackoff", tags: "explore"}
	spendTests     = test{pkg: "./reactor/netio", run: "Spends"}
	unixTests      = test{pkg: "./reactor/netio", run: "TestUnix|TestSetUnlink"}
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
		test: deadlineModels,
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
		test: acceptorModels,
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
		test: test{pkg: "./reactor/netio", run: "TestCloseCallsAllAcceptors"},
	},
	{
		name: "netio/call-leaves-out-those-without-a-place",
		file: "reactor/netio/acceptors.go",
		old: `	defer wake.All(others[:n], owner.WakerPanicked)
`,
		new:  "	_ = others[:n]\n",
		test: acceptorModels,
	},
	{
		name: "netio/second-reader-is-not-refused",
		file: "reactor/netio/turns.go",
		old:  `w&1 != 0 && (t == nil || w != *t)`,
		new:  `w&1 != 0 && t == nil`,
		test: turnTests,
	},
	{
		name: "netio/dropped-operation-keeps-its-turn",
		file: "reactor/netio/ops.go",
		old: `	e.forget(d)
	e.turns.release(d, t)
`,
		new: `	e.forget(d)
`,
		test: turnTests,
	},
	{
		name: "netio/pause-ends-late",
		file: "reactor/netio/backoff.go",
		old: `	b.timer.Reset(pause)
`,
		new: `	b.timer.Reset(2 * pause)
`,
		test: backoffModels,
	},
	{
		name: "netio/pause-stays-long-after-a-success",
		file: "reactor/netio/backoff.go",
		old: `		b.pause.Store(0)
`,
		new: `		b.pause.Store(1)
		b.pause.Store(int64(firstPause))
`,
		test: backoffModels,
	},
	{
		name: "netio/pause-begins-anew",
		file: "reactor/netio/backoff.go",
		old: `	if !b.pausing.CompareAndSwap(false, true) {
`,
		new: `	if b.pausing.Store(true); false {
`,
		test: backoffModels,
	},
	{
		name: "netio/pause-without-a-limit",
		file: "reactor/netio/backoff.go",
		old:  `min(max(2*time.Duration(b.pause.Load()), firstPause), longestPause)`,
		new:  `max(2*time.Duration(b.pause.Load()), firstPause)`,
		test: backoffModels,
	},
	{
		name: "netio/refusal-does-not-spend",
		file: "reactor/netio/ops.go",
		old: `	if !cx.Spend() {
		return errPending
	}
	return err
`,
		new: `	return err
`,
		test: spendTests,
	},
	{
		name: "netio/close-removes-any-file",
		file: "reactor/netio/unixfile.go",
		old:  `err == nil && os.SameFile(now, u.info) {`,
		new:  `err == nil && now != nil {`,
		test: unixTests,
	},
	{
		name: "netio/close-removes-at-a-relative-path",
		file: "reactor/netio/unixfile.go",
		old:  `u.path, u.info = abs, info`,
		new:  `u.path, u.info = path, info`,
		test: unixTests,
	},
	{
		name: "netio/file-is-removed-although-it-is-to-stay",
		file: "reactor/netio/unixfile.go",
		old:  `u.path == "" || u.keep.Swap(true)`,
		new:  `u.path == ""`,
		test: unixTests,
	},
}
