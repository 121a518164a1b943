package main

var (
	awayTests     = test{pkg: "./sched", run: "KeptContext|ForkedFunction"}
	onWorkerTests = test{pkg: "./sched", run: "OnAWorker|AcrossRuntimes|TwoRuntimes|InTasks|Elsewhere|EndedCoroutines"}
	procsTests    = test{pkg: "./sched", run: "TestProcs|TestGOMAXPROCS"}
	maskTests     = test{pkg: "./sched/topology", run: "BoundThreads|MaskChanged"}
)

// Who runs where: contexts, coroutines, threads, GOMAXPROCS and masks.
var identityMutants = []mutant{
	{
		name: "sched/spawner-believes-its-context",
		file: "sched/spawn.go",
		old: `	return w.rt.here()
`,
		new: `	return w
`,
		test: awayTests,
	},
	{
		name: "sched/nested-polls-share-a-context",
		file: "sched/fork.go",
		old: `	w.fork.serving++
	w.cx, w.budget = &w.contexts[w.fork.serving], &w.budgets[w.fork.serving]
`,
		new: `	w.fork.serving++
`,
		test: test{pkg: "./sched", run: "PollAgainFromAForkedFunction"},
	},
	{
		name: "waker/poll-again-believes-its-context",
		file: "waker/context.go",
		old:  `	if cx.again != byWaker && cx.on == gid.Current() {`,
		new:  `	if cx.again != byWaker {`,
		test: test{pkg: "./waker", run: "PollAgainElsewhere"},
	},
	{
		name: "waker/budget-of-a-kept-context",
		file: "waker/context.go",
		old: `		return true // a context that was taken along: nobody would refill the budget
`,
		new: `		_ = true
`,
		test: awayTests,
	},
	{
		name: "sched/at-believes-everybody",
		file: "sched/identity.go",
		old: `	return g != gid.None && (g == w.g.Load() || g == w.coroutine.Load())
`,
		new: `	return true
`,
		test: awayTests,
	},
	{
		name: "sched/coroutines-that-nobody-told-of-are-strangers",
		file: "sched/identity.go",
		old: `	if w, ok := thread.Current().(*worker); ok && w.rt == rt {
`,
		new: `	if w, ok := thread.Current().(*worker); ok && w.rt != rt {
`,
		test: onWorkerTests,
	},
	{
		name: "thread/by-goroutine-only",
		file: "internal/thread/thread.go",
		old: `	if id := sys.Thread(); id != 0 {
		for`,
		new: `	if id := sys.Thread(); id == 0 {
		for`,
		test: onWorkerTests,
	},
	{
		name: "thread/all-leave-with-one",
		file: "internal/thread/thread.go",
		old: `{ return o.worker == w })
`,
		new: `{ return true })
`,
		test: test{pkg: "./internal/thread"},
	},
	{
		name: "sched/another-runtimes-part-blocks-the-worker",
		file: "sched/fork.go",
		old: `	if other, ok := thread.Current().(*worker); !ok {
`,
		new: `	if other, ok := thread.Current().(*worker); true || !ok {
		_ = other
`,
		test: onWorkerTests,
	},
	{
		name: "future/generator-does-not-bind-its-task",
		file: "future/place.go",
		old: `		p.home.BindHome()
`,
		new:  ``,
		test: onWorkerTests,
	},
	{
		name: "future/generator-is-resumed-anywhere",
		file: "future/place.go",
		old: `		if !p.home.Here() {
`,
		new: `		if false {
`,
		test: onWorkerTests,
	},
	{
		name: "future/goroutines-generator-on-a-worker",
		file: "future/place.go",
		old: `	if thread.Current() != nil {
`,
		new: `	if false {
`,
		test: onWorkerTests,
	},
	{
		name: "sched/procs-of-another-runtime-are-taken",
		file: "sched/procs.go",
		old: `	if to := max(p.before, p.wanted); to != p.ours {
`,
		new: `	if to := p.before; to != p.ours {
`,
		test: procsTests,
	},
	{
		name: "sched/procs-that-the-program-has-set-are-lost",
		file: "sched/procs.go",
		old: `	if p.ours == 0 || p.set(0) != p.ours {
`,
		new: `	if p.ours == 0 {
`,
		test: procsTests,
	},
	{
		name: "sched/procs-the-programs-new-figure-is-forgotten",
		file: "sched/procs.go",
		old: `		p.before, p.ours = have, 0
`,
		new: `		p.ours = 0
`,
		test: procsTests,
	},
	{
		name: "sched/a-closing-runtime-refuses-its-tasks",
		file: "sched/spawn.go",
		old: `	if rt.phase.Load() >= aborting {
		rt.refuse(w, h)
`,
		new: `	if rt.phase.Load() >= closing {
		rt.refuse(w, h)
`,
		test: test{pkg: "./sched", run: "TasksSpawnWhileClosing"},
	},
	{
		name: "topology/discover-sees-the-bound-thread",
		file: "sched/topology/affinity_linux.go",
		old: `		raw = b.before
`,
		new: `		_ = b.before
`,
		test: maskTests,
	},
	{
		name: "topology/somebody-elses-mask-is-set-back",
		file: "sched/topology/affinity_linux.go",
		old: `err == nil && !slices.Equal(mask, one) {
`,
		new: `err != nil && !slices.Equal(mask, one) {
`,
		test: maskTests,
	},
	{
		name: "topology/unpinned-stays-so",
		file: "sched/topology/affinity_linux.go",
		old: `				_ = setAffinity(0, b.one)
`,
		new: `				_ = b.one
`,
		test: maskTests,
	},
}
