package main

var (
	serveModels = test{pkg: "./serve", run: "Model", tags: "explore"}
	serveLoop   = test{pkg: "./serve", run: "Test"}

	serveUnreturned = test{pkg: "./serve", run: "TestWhatDoesNotReturn"}
)

var serveMutants = []mutant{
	{
		name: "serve/acceptors-are-not-told-that-the-server-drains",
		file: "serve/registry.go",
		old: `	wakers := make([]waker.Waker, 0, r.batch)
	for _, a := range r.acceptors {
		wakers = append(wakers, a.waker.Clone())
	}
`,
		new: `	wakers := make([]waker.Waker, 0, r.batch)
`,
		test:  serveModels,
		short: true,
	},
	{
		name: "serve/a-place-that-becomes-free-wakes-nobody",
		file: "serve/registry.go",
		old: `		if a.full {
			a.full = false`,
		new: `		if false {
			a.full = false`,
		test: serveModels,
	},
	{
		name: "serve/connections-are-woken-before-the-phase-is-there",
		file: "serve/registry.go",
		old: `	r.phase.Store(max(r.phase.Load(), phase))
	wakers :=`,
		new: `	defer func() { r.phase.Store(max(r.phase.Load(), phase)) }()
	wakers :=`,
		test: serveModels,
	},
	{
		name: "serve/over-while-an-acceptor-is-left",
		file: "serve/registry.go",
		old:  `r.open == 0 && len(r.acceptors) == 0 &&`,
		new:  `r.open == 0 &&`,
		test: serveModels,
	},
	{
		name: "serve/the-place-in-the-ring-is-lost-between-batches",
		file: "serve/registry.go",
		old: `		here.insert(next)
		if !next.mark {`,
		new: `		here.insert(next.before)
		if !next.mark {`,
		test: serveModels,
	},
	{
		name: "serve/a-task-that-hands-over-stays-in-the-ring",
		file: "serve/registry.go",
		old:  "	r.lock.Lock()\n	l.remove()\n	r.lock.Unlock()\n",
		new:  "",
		test: serveModels,
	},
	{
		name: "serve/a-connection-between-two-tasks-is-not-counted",
		file: "serve/registry.go",
		old:  "	l.remove()\n	r.lock.Unlock()\n",
		new:  "	l.remove()\n	r.open--\n	r.lock.Unlock()\n",
		test: serveModels,
	},
	{
		name: "serve/the-limit-is-passed",
		file: "serve/registry.go",
		old:  `	a.full = r.limit > 0 && r.open >= r.limit`,
		new:  `	a.full = r.limit > 0 && r.open > r.limit`,
		test: serveModels,
	},
	{
		name: "serve/a-cut-connection-keeps-its-future",
		file: "serve/machine.go",
		old: `	future.Drop(P(&t.machine))
`,
		new:  ``,
		test: serveLoop,
	},
	{
		name: "serve/the-task-of-a-connection-that-panicked-stays",
		file: "serve/machine.go",
		old:  "			p = future.Ready(future.Unit{})\n		}\n	}()",
		new:  "		}\n	}()",
		test: serveUnreturned,
	},
	{
		name: "serve/what-ends-its-goroutine-leaves-twice",
		file: "serve/machine.go",
		old:  "	if c.link.left {",
		new:  "	if false {",
		test: serveUnreturned,
	},
	{
		name: "serve/a-handshake-that-ends-its-goroutine-is-taken-for-a-panic",
		file: "serve/internal/unreturned/unreturned.go",
		old:  "	if recovered == nil {",
		new:  "	if false {",
		test: serveUnreturned,
	},
}
