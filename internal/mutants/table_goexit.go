package main

var (
	goexitWakerTests  = test{pkg: "./sched", run: "TestAWakerThatCallsGoexit|TestAShutdownOutlivesWakers"}
	goexitSharedTests = test{pkg: "./reactor", run: "TestAWakerThatCallsGoexit"}
)

// goexitMutants are of wakers that call runtime.Goexit.
var goexitMutants = []mutant{
	{
		name: "reactor/goexit-of-a-waker-ends-the-shared-reactor",
		file: "reactor/background.go",
		old: `			b.launch()
		}
	}()
`,
		new: `		}
	}()
`,
		test: goexitSharedTests,
	},
	{
		name: "reactor/goexit-of-a-waker-loses-timers",
		file: "reactor/timer.go",
		old: `		wake.All(due[:k], r.report)
`,
		new: `		for _, w := range due[:k] {
			wake.One(w, r.report)
		}
`,
		test: goexitSharedTests,
	},
	{
		name: "sched/goexit-of-a-waker-loses-the-crowd",
		file: "sched/joinlist.go",
		old: `	defer wake.All(more, c.report)
	one.Wake()
`,
		new: `	one.Wake()
	wake.All(more, c.report)
`,
		test: goexitWakerTests,
	},
	{
		name: "waitlist/goexit-of-a-waker-loses-the-next-batch",
		file: "internal/waitlist/list.go",
		old: `		if !told { // a waker has called runtime.Goexit
			l.Close(report)
`,
		new: `		if _ = told; false {
			l.Close(report)
`,
		test: goexitWakerTests,
	},
	{
		name: "waitlist/goexit-of-a-waker-loses-who-is-told-after-it",
		file: "internal/waitlist/list.go",
		old: `		if !told { // a waker has called runtime.Goexit
			l.notifyUpTo(`,
		new: `		if _ = told; false {
			l.notifyUpTo(`,
		test: test{pkg: "./future/coord", run: "TestNewsOutlivesWakers"},
	},
	{
		name: "sched/goexit-of-a-waker-keeps-the-shutdown-from-beginning",
		file: "sched/shutdown.go",
		old: `		defer func() { go rt.end() }() // also if a waker calls runtime.Goexit
		rt.ending.waiting.Close(rt.report)
`,
		new: `		rt.ending.waiting.Close(rt.report)
		go rt.end()
`,
		test: goexitWakerTests,
	},
}
