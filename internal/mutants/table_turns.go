package main

var yieldLowTest = test{pkg: "./sched", run: "TestYieldLow"}

// turnMutants break what lets others go first: a poll that asks for another one that can wait, and the servers' turns.
var turnMutants = []mutant{
	{
		name: "turns/what-can-wait-does-not",
		file: "sched/worker.go",
		old:  `w.cx.CanWait()`,
		new:  `false`,
		test: yieldLowTest,
	},
	{
		name: "turns/a-task-of-high-priority-does-not-wait",
		file: "sched/worker.go",
		old:  `place&^high | low`,
		new:  `place | low`,
		test: yieldLowTest,
	},
	{
		name: "turns/one-that-is-bound-is-queued-for-all",
		file: "sched/worker.go",
		old:  `place&^high | low`,
		new:  `low`,
		test: test{pkg: "./sched", run: "TestModelYieldLowBound", tags: "explore"},
	},
	{
		name: "turns/one-that-can-wait-holds-back-one-that-cannot",
		file: "waker/context.go",
		old:  `max(cx.again, what)`,
		new:  `what`,
		test: test{pkg: "./waker", run: "PollAgain"},
	},
	{
		name: "turns/a-connection-answers-without-end",
		file: "serve/web/conn.go",
		old:  `c.turn < maxTurn && `,
		new:  ``,
		test: test{pkg: "./serve/web", run: "TakeTurns"},
	},
	{
		name: "turns/a-connection-goes-on-before-others",
		file: "serve/web/conn.go",
		old:  `			cx.PollAgainLow()`,
		new:  `			cx.PollAgain()`,
		test: test{pkg: "./serve/web", run: "TakeTurns"},
	},
	{
		name: "turns/commands-are-answered-without-end",
		file: "serve/kv/conn.go",
		old: `		cx.PollAgainLow()
		return false, nil
`,
		new: `		c.given, c.reads = 0, 0
		return true, nil
`,
		test: test{pkg: "./serve/kv", run: "TakeTurns"},
	},
	{
		name: "turns/messages-are-handed-over-without-end",
		file: "serve/ws/machine.go",
		old:  `	case m.given >= maxTurn && !m.ending && !m.asked:`,
		new:  `	case false:`,
		test: test{pkg: "./serve/ws", run: "TakeTurns"},
	},
	{
		name: "turns/a-peer-between-turns-is-silent",
		file: "serve/ws/read.go",
		old: `	m.heard()
	m.out`,
		new:  `	m.out`,
		test: test{pkg: "./serve/ws", run: "BetweenTurns"},
	},
	{
		name: "turns/empty-lines-are-read-without-end",
		file: "serve/kv/conn.go",
		old:  ` || c.reads >= maxReads`,
		new:  ``,
		test: test{pkg: "./serve/kv", run: "EmptyLines"},
	},
}
