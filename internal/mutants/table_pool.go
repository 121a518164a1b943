package main

// What was found by faults that were made by machine, or by programs as users write them.
var poolMutants = []mutant{
	{
		name: "future/refused-call-starts-a-goroutine",
		file: "future/blockingpool.go",
		old:  "		t.call.cancel(ErrPoolFull)\n		return false\n",
		new:  "		t.call.cancel(ErrPoolFull)\n		return true\n",
		test: test{pkg: "./future", run: "TestARefusedCall"},
	},
	{
		name: "future/place-is-held-until-its-caller-was-told",
		file: "future/blocking.go",
		old:  "		b.pool.left()\n		b.complete(out)\n",
		new:  "		b.complete(out)\n		b.pool.left()\n",
		test: test{pkg: "./future", run: "TestAPoolHasRoom"},
	},
	{
		name: "future/ref-of-a-handle-is-no-wait-of-its-own",
		file: "future/ref.go",
		old:  "	if b, ok := f.(Borrowable[T]); ok {\n",
		new:  "	if b, ok := f.(Borrowable[T]); ok && false {\n",
		test: test{pkg: "./sched", run: "TestAbandonedWaitsKeepNothing/.*/Ref"},
	},
	{
		name: "par/patches-of-a-scan-change-places",
		file: "sched/par/scan.go",
		old:  "append(left.patches, right.patches...)",
		new:  "append(right.patches, left.patches...)",
		test: test{pkg: "./sched/par", run: "TestScanOfAnyShape"},
	},
	{
		name: "par/a-byte-has-fewer-values-than-256",
		file: "sched/par/sort_radix.go",
		old:  "clear(c[:l.by.buckets()])",
		new:  "clear(c[:l.by.last+1])",
		test: test{pkg: "./sched/par", run: "TestSortManyBytes"},
	},
	{
		name: "sched/half-of-the-workers-and-one-search",
		file: "sched/idle.go",
		old:  "2*(d.word.Load()&searchMask) >= d.workers",
		new:  "2*(d.word.Load()&searchMask) > d.workers",
		test: test{pkg: "./sched", run: "TestIdleKeepsAccount"},
	},
	{
		name: "sched/thief-asks-on-though-it-has-found-some",
		file: "sched/steal.go",
		old:  "			if try(w, tier[at]) {\n				return true\n			}\n",
		new:  "			try(w, tier[at])\n",
		test: test{pkg: "./sched", run: "TestThievesGoRound"},
	},
}
