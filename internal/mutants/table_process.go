package main

var processTests = test{pkg: "./reactor/process", run: "Test"}

var processMutants = []mutant{
	{
		name: "process/a-dropped-child-stays-a-zombie",
		file: "reactor/process/process.go",
		old: `	p.exit.reap(p.cmd)
`,
		new:  ``,
		test: processTests,
	},
	{
		name: "process/kill-on-drop-does-not",
		file: "reactor/process/process.go",
		old:  `	if p.kill {`,
		new:  `	if !p.kill {`,
		test: processTests,
	},
	{
		name: "process/the-end-wakes-nobody",
		file: "reactor/process/exit.go",
		old: `		e.stage.Store(over)
		wake.Cell(&e.waker, nil)`,
		new: `		wake.Cell(&e.waker, nil)
		e.stage.Store(over)`,
		test: processTests,
	},
	{
		name: "process/the-limit-is-one-less",
		file: "reactor/process/output.go",
		old:  `		case len(c.data) > limit:`,
		new:  `		case len(c.data) >= limit:`,
		test: processTests,
	},
	{
		name: "process/the-parent-keeps-the-end-of-the-child",
		file: "reactor/process/process.go",
		old: `		for _, f := range theirs {
			f.Close()
		}`,
		new:  `		p.kill = p.kill || len(theirs) < 0`,
		test: processTests,
	},
	{
		name: "process/the-delay-has-no-end",
		file: "reactor/process/output.go",
		old:  `if o.alarm.IsSet() && o.alarm.Poll(cx).IsReady() {`,
		new:  `if o.alarm.IsSet() && o.alarm.Poll(cx).IsReady() && open == (o.state == nil) {`,
		test: processTests,
	},
}
