package main

var (
	reportTests  = test{pkg: "./sched", run: "TestAPanic|TestShutdownReports|TestASlowOnPanic|TestPanicsAreLogged"}
	stallTests   = test{pkg: "./sched", run: "TestAPollThatBlocks|TestAMutexAcross|TestErrStuck|TestAWorkerThatLooks"}
	endingTests  = test{pkg: "./sched", run: "TestAbortDropsOnce|TestClose|TestTheContext|TestShutdownDrops"}
	runningTests = test{pkg: "./sched", run: "TestRun"}
)

// reportMutants are of what a runtime tells of panics, stalls and its own end.
var reportMutants = []mutant{
	{
		name: "sched/detached-panic-is-kept-for-a-reader",
		file: "sched/report.go",
		old: `	if h.detached() != nil {
		rt.reportPanic(p)
`,
		new: `	if h.detached() == nil {
		rt.reportPanic(p)
`,
		test: reportTests,
	},
	{
		name: "sched/read-panic-is-reported",
		file: "sched/report.go",
		old: `	if p, ok := err.(*PanicError); ok {
		rt.reports.take(p)
`,
		new: `	if _, ok := err.(*PanicError); ok {
`,
		test: reportTests,
	},
	{
		name: "sched/forgotten-panic-is-not-looked-for",
		file: "sched/report.go",
		old: `		if rt.reports.take(p) {
			rt.reportPanic(p)
		}
`,
		new:  ``,
		test: reportTests,
	},
	{
		name: "sched/shutdown-does-not-collect",
		file: "sched/report.go",
		old: `	runtime.GC()
	r.lock.Lock()
`,
		new: `	_ = runtime.GC
	r.lock.Lock()
`,
		test: reportTests,
	},
	{
		name: "sched/shutdown-reports-what-can-be-read",
		file: "sched/report.go",
		old: `		if h.Value() == nil {
`,
		new: `		if _ = h; true {
`,
		test: reportTests,
	},
	{
		name: "sched/reports-without-limit",
		file: "sched/report.go",
		old: `	if len(r.queue) >= maxReports {
`,
		new: `	if r.queue == nil && len(r.queue) >= maxReports {
`,
		test: reportTests,
	},
	{
		name: "sched/context-keeps-a-failed-task",
		file: "sched/recover.go",
		old: `	w.cx.Reset(waker.Waker{}) // it kept the task alive, whose end without a reader is to be found
`,
		new: `	_ = waker.Waker{}
`,
		test: reportTests,
	},
	{
		name: "sched/stall-is-reported-again-and-again",
		file: "sched/watchdog.go",
		old: `			m.told[s.Worker] = note
`,
		new:  ``,
		test: stallTests,
	},
	{
		name: "sched/busy-worker-stalls",
		file: "sched/worker.go",
		old: `	w.served.Store(int64(now))
}

func (w *worker) asleep() {
`,
		new: `	w.served.CompareAndSwap(0, int64(now))
}

func (w *worker) asleep() {
`,
		test: stallTests,
	},
	{
		name: "sched/stack-without-coroutines",
		file: "sched/watchdog.go",
		old: `		coroutine := made && makers[maker]
`,
		new: `		coroutine := made && makers[maker] && me == id
`,
		test: stallTests,
	},
	{
		name: "sched/shutdown-is-silent-about-drops",
		file: "sched/worker.go",
		old: `		w.counts.Dropped++
`,
		new:  ``,
		test: endingTests,
	},
	{
		name: "sched/context-ends-when-the-shutdown-begins",
		file: "sched/shutdown.go",
		old: `		rt.ending.waiting.Close(rt.report)
`,
		new: `		rt.ending.cancel()
		rt.ending.waiting.Close(rt.report)
`,
		test: endingTests,
	},
	{
		name: "sched/context-outlives-the-drops",
		file: "sched/shutdown.go",
		old: `			rt.ending.cancel() // first: what is dropped finds it over
`,
		new:  ``,
		test: endingTests,
	},
	{
		name: "sched/run-leaves-its-task-behind",
		file: "sched/spawn.go",
		old: `	h.Abort() // nothing, if it has ended
`,
		new:  ``,
		test: runningTests,
	},
	{
		name: "sched/run-returns-before-the-drop",
		file: "sched/spawn.go",
		old: `	if v, err = h.Wait(context.Background()); errors.Is(err, ErrAborted) {
`,
		new: `	if v, err = h.Wait(ctx); errors.Is(err, ErrAborted) {
`,
		test: runningTests,
	},
	{
		name: "sched/coarse-waits-are-not-told",
		file: "reactor/netpoll_epoll.go",
		old: `	p.coarse = e == unix.ENOSYS || e == unix.EPERM
`,
		new: `	_ = e
`,
		test: test{pkg: "./sched", run: "TestPreciseWaitForbidden"},
	},
}
