package main

var promptMutants = []mutant{
	{
		name: "sched/workers-are-woken-late-with-others",
		file: "sched/runtime.go",
		old:  "	tardy := sys.Prompt()\n",
		new:  "	tardy := func() {}\n	_ = sys.Thread\n",
		test: test{pkg: "./sched", run: "TestWorkersArePrompt"},
	},
	{
		name: "sys/a-thread-that-is-given-back-stays-prompt",
		file: "internal/sys/thread_linux.go",
		old:  "uintptr(before), 0, 0, 0) }",
		new:  "uintptr(0*before+1), 0, 0, 0) }",
		test: test{pkg: "./internal/sys", run: "TestPrompt"},
	},
}
