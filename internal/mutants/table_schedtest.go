package main

var (
	simModels = test{pkg: "./sched", run: "TestModelSimulation", tags: "explore"}
	simTests  = func(run string) test { return test{pkg: "./sched/schedtest", run: run} }
)

var schedtestMutants = []mutant{
	{
		name: "schedtest/holds-are-read-after-the-queues",
		file: "sched/simwait.go",
		old: `	held := s.held.Load() > 0
	if s.poll(0) > 0 || s.inSight() {
		return nil, false
	}
`,
		new: `	if s.poll(0) > 0 || s.inSight() {
		return nil, false
	}
	held := s.held.Load() > 0
`,
		test: simModels,
	},
	{
		name: "schedtest/no-last-look-before-sleeping",
		file: "sched/simwait.go",
		old: `	if !s.inSight() {
		var err error
`,
		new: `	if true {
		var err error
`,
		test: simModels,
	},
	{
		name: "schedtest/asleep-and-not-said-so",
		file: "sched/simwait.go",
		old: `	idle.sleep(0, false)
	n := 0
`,
		new: `	n := 0
`,
		test: simModels,
	},
	{
		name: "schedtest/the-end-of-a-hold-wakes-nobody",
		file: "sched/sim.go",
		old: `		n.Dec()
		s.reactor.Unpark()
`,
		new: `		n.Dec()
`,
		test: simModels,
	},
	{
		name: "schedtest/the-clock-jumps-over-descriptors",
		file: "sched/simwait.go",
		old:  `s.awaitsOutside() && !s.quiet(next-now)`,
		new:  `s.awaited.Load() > 0 && !s.quiet(next-now)`,
		test: simTests("TestSocketsHoldTheClockBack"),
	},
	{
		name: "schedtest/the-clock-jumps-over-channels",
		file: "sched/simwait.go",
		old:  `return s.awaited.Load() > 0 || s.reactor.Waiting()`,
		new:  `return s.reactor.Waiting()`,
		test: simTests("TestChannelsAreWaitedForAWhile"),
	},
	{
		name: "schedtest/the-clock-jumps-over-functions",
		file: "future/blocking.go",
		old: `		b.let = wake.Hold(cx, false)
`,
		new:  ``,
		test: simTests("TestBlockingHoldsTheClock"),
	},
	{
		name: "schedtest/a-call-dropped-in-line-holds-for-ever",
		file: "future/blocking.go",
		old: `				b.pool.giveUp()
				wake.Let(b.let)
`,
		new: `				b.pool.giveUp()
`,
		test: simTests("TestBlockingLetsTheClockGo"),
	},
	{
		name: "schedtest/the-clock-goes-by-itself-though-stopped",
		file: "sched/simwait.go",
		old:  `	case timers && !s.stopClock.Load():`,
		new:  `	case timers:`,
		test: simTests("TestAdvance"),
	},
	{
		name: "schedtest/whose-turn-it-is-is-chance",
		file: "sched/sim.go",
		old: `	first := s.random.IntN(n)
	for k := range n {
		if s.turn(`,
		new: `	first := rand.IntN(n)
	for k := range n {
		if s.turn(`,
		test: simTests("TestASeedIsAnOrder"),
	},
	{
		name: "schedtest/whom-to-steal-from-is-chance",
		file: "sched/sim.go",
		old:  `first, slot := s.random.IntN(n), s.random.IntN(2) == 0`,
		new:  `first, slot := rand.IntN(n), rand.IntN(2) == 0`,
		test: simTests("TestASeedIsAnOrder"),
	},
	{
		name: "schedtest/timers-of-one-tick-fire-together",
		file: "reactor/wheel.go",
		old:  `			if t.when.Load() <= now {`,
		new:  `			if t.tick <= tickAfter(now) {`,
		test: simTests("TestSleepsEndInOrder"),
	},
	{
		name: "schedtest/an-interruption-is-the-end-of-a-wait",
		file: "sched/simwait.go",
		old: `	if s.waited < d {
		return false
	}
`,
		new:  ``,
		test: simTests("TestSocketsHoldTheClockBack"),
	},
	{
		name: "schedtest/a-foreign-time-is-taken-as-it-is",
		file: "reactor/timer.go",
		old: `		t.when.CompareAndSwap(when, own) // else it has been set anew
`,
		new:  ``,
		test: simTests("TestFuturesChangeClocks"),
	},
	{
		name: "schedtest/a-simulation-that-was-woken-searches-for-ever",
		file: "sched/simwait.go",
		old:  "	if idle.awake(0, false) {\n		idle.found()\n	}\n",
		new:  "	idle.awake(0, false)\n",
		test: simTests("TestWokenFromOutside"),
	},
}
