package main

var (
	ownershipTests  = test{pkg: "./future", run: "TestValuesThat|TestDiscard|TestADrop|TestAwaitDrops"}
	ownershipModels = test{pkg: "./future", run: "TestModel.*Owns", tags: "explore"}
	budgetTests     = test{pkg: "./future", run: "TestEveryLeafSpends|TestReadyLeaves|TestPartsOfATask"}
	originTests     = test{pkg: "./future", run: "Origin"}
	tailTests       = test{pkg: "./future", run: "Tail|Link|TestLoop|TestRef"}
)

// ownershipMutants are of who ends what, and of what is spent.
var ownershipMutants = []mutant{
	{
		name: "future/siblings-of-a-failed-drop-are-kept",
		file: "future/own.go",
		old:  "		if next < n { // the last one called did not return\n",
		new:  "		if false {\n",
		test: ownershipTests,
	},
	{
		name: "future/winner-kept-when-the-loser-fails",
		file: "future/own.go",
		old:  "			Discard(winner)\n",
		new:  "",
		test: ownershipTests,
	},
	{
		name: "future/join-drops-one-after-the-other",
		file: "future/join.go",
		old:  "	defer j.b.Drop()\n	j.a.Drop()\n",
		new:  "	j.a.Drop()\n	j.b.Drop()\n",
		test: ownershipTests,
	},
	{
		name: "future/join-forgets-its-values",
		file: "future/join.go",
		old:  "	defer out.discardParts()\n",
		new:  "	_ = out\n",
		test: ownershipTests,
	},
	{
		name: "future/joinall-forgets-its-values",
		file: "future/joinall.go",
		old:  "	defer Discard(values)\n",
		new:  "	_ = values\n",
		test: ownershipTests,
	},
	{
		name: "future/await-keeps-a-child-that-panics",
		file: "future/await.go",
		old:  "			dropFailed(w.f)\n",
		new:  "",
		test: ownershipTests,
	},
	{
		name: "future/await-keeps-a-child-that-panics-at-once",
		file: "future/await.go",
		old:  "		if !returned {\n			dropFailed(f)\n",
		new:  "		if !returned {\n",
		test: ownershipTests,
	},
	{
		name: "future/fromchan-loses-what-comes-after-its-drop",
		file: "future/fromchan.go",
		old:  "		Discard(out.value)\n",
		new:  "",
		test: ownershipModels,
	},
	{
		name: "future/fromchan-takes-no-notice-of-a-drop",
		file: "future/fromchan.go",
		old:  "	if c.state.CompareAndSwap(chanWaiting, chanReceived) {\n",
		new:  "	if c.state.Store(chanReceived); true {\n",
		test: ownershipModels,
	},
	{
		name: "future/handle-loses-what-it-is-dropped-with",
		file: "future/localhandle.go",
		old:  "		defer Discard(v)\n",
		new:  "		_ = v\n",
		test: ownershipModels,
	},
	{
		name: "future/blocking-loses-what-it-is-dropped-with",
		file: "future/blocking.go",
		old:  "				defer Discard(v)\n",
		new:  "				_ = v\n",
		test: ownershipModels,
	},
	{
		name: "future/value-spends-nothing",
		file: "future/ready.go",
		old:  "	if !cx.Spend() {\n		return Pending[T]()\n	}\n",
		new:  "",
		test: budgetTests,
	},
	{
		name: "future/a-dropped-call-keeps-its-place",
		file: "future/blockingpool.go",
		old:  "	p.left()\n	if gone := p.gone.Inc();",
		new:  "	if gone := p.gone.Inc();",
		test: test{pkg: "./future", run: "TestDroppedCall"},
	},
	{
		name: "future/dropped-calls-stay-in-line",
		file: "future/blockingpool.go",
		old:  "		p.sweep()\n		p.mu.Unlock()\n",
		new:  "		p.mu.Unlock()\n",
		test: test{pkg: "./future", run: "TestDroppedCall"},
	},
	{
		name: "future/a-dropped-call-is-counted-for-ever",
		file: "future/blockingpool.go",
		old:  "	if !t.call.run() {\n		p.gone.Dec()\n	}\n",
		new:  "	t.call.run()\n",
		test: test{pkg: "./future", run: "TestModelBlockingPoolGiveUp", tags: "explore"},
	},
	{
		name: "future/async-spends-nothing",
		file: "future/async.go",
		old:  "		if !cx.Spend() { // a body that awaits nothing is a leaf\n			return Pending[T]()\n		}\n",
		new:  "",
		test: budgetTests,
	},
	{
		name: "future/fromchan-spends-nothing",
		file: "future/fromchan.go",
		old:  "	if s != chanReceived || !cx.Spend() {\n",
		new:  "	if s != chanReceived {\n",
		test: budgetTests,
	},
	{
		name: "future/a-join-of-none-spends-nothing",
		file: "future/joinall.go",
		old:  "	if j.live > 0 || len(j.values) == 0 && !cx.Spend() {\n",
		new:  "	if j.live > 0 {\n",
		test: budgetTests,
	},
	{
		name: "future/localpool-has-no-budget",
		file: "future/localpool.go",
		old:  "nil, &p.budget)\n",
		new:  "nil, nil)\n",
		test: budgetTests,
	},
	{
		name: "future/the-first-child-takes-every-budget",
		file: "future/wakeset.go",
		old:  "			if s.first == 0 && cx.Exhausted() {\n",
		new:  "			if false {\n",
		test: budgetTests,
	},
	{
		name: "future/the-first-of-two-takes-every-budget",
		file: "future/select.go",
		old:  "			s.bFirst = !bFirst\n",
		new:  "",
		test: budgetTests,
	},
	{
		name: "future/tail-calls-nest",
		file: "future/then.go",
		old:  "		l, ok := (*at).(link[T])\n		if !ok {\n",
		new:  "		l, ok := (*at).(link[T])\n		if true {\n			_, _ = l, ok\n",
		test: tailTests,
	},
	{
		name: "future/loop-spends-nothing",
		file: "future/loop.go",
		old:  "			if !cx.Spend() {\n",
		new:  "			if false {\n",
		test: budgetTests,
	},
	{
		name: "future/a-coroutine-loses-the-origin-of-its-panic",
		file: "future/coroutine.go",
		old:  "			origin.Note(v, origin.Stack(v), 0)\n",
		new:  "			origin.Note(v, nil, 0)\n",
		test: originTests,
	},
	{
		name: "future/await-loses-the-origin-of-its-childs-panic",
		file: "future/await.go",
		old:  "		origin.Rethrow(caught, stack)\n",
		new:  "		_ = stack\n		panic(caught)\n",
		test: originTests,
	},
	{
		name: "sched/a-computation-loses-the-origin-of-its-panic",
		file: "sched/fork.go",
		old:  "		origin.Rethrow(p.Value, p.Stack)\n",
		new:  "		origin.Rethrow(p.Value, nil)\n",
		test: test{pkg: "./sched", run: "TestPanicsOf"},
	},
	{
		name: "reactor/a-drop-stops-an-interval",
		file: "reactor/clock/interval.go",
		old:  "		i.resting = true\n",
		new:  "",
		test: test{pkg: "./reactor/clock", run: "TestAnInterval"},
	},
}
