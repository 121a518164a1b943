package main

var (
	forkModels   = test{pkg: "./internal/forkjoin", run: "TestModelFork", tags: "explore"}
	scopeModels  = test{pkg: "./internal/forkjoin", run: "TestModelScope", tags: "explore"}
	cancelModels = test{pkg: "./internal/forkjoin", run: "TestModelCancel", tags: "explore"}
	joinerModels = test{pkg: "./sched", run: "TestModelFork", tags: "explore"}
)

var forkjoinMutants = []mutant{
	{
		name: "forkjoin/steal-without-cas",
		file: "internal/forkjoin/stack.go",
		old: `		if w.ends.CompareAndSwap(uint64(e), uint64(pack(e.tail()+1, e.split()))) {
`,
		new: `		if w.ends.Store(uint64(pack(e.tail()+1, e.split()))); true {
`,
		test:  forkModels,
		short: true,
	},
	{
		name: "forkjoin/steal-reads-the-slot-first",
		file: "internal/forkjoin/stack.go",
		old: `		if w.ends.CompareAndSwap(uint64(e), uint64(pack(e.tail()+1, e.split()))) {
			s := &w.array.Load().slots[e.tail()]
			word.Read(unsafe.Pointer(s))
`,
		new: `		s := &w.array.Load().slots[e.tail()]
		word.Read(unsafe.Pointer(s))
		if w.ends.CompareAndSwap(uint64(e), uint64(pack(e.tail()+1, e.split()))) {
`,
		test: forkModels,
	},
	{
		name: "forkjoin/steal-loads-the-array-first",
		file: "internal/forkjoin/stack.go",
		old: `		if w.ends.CompareAndSwap(uint64(e), uint64(pack(e.tail()+1, e.split()))) {
			s := &w.array.Load().slots[e.tail()]
`,
		new: `		a := w.array.Load()
		if w.ends.CompareAndSwap(uint64(e), uint64(pack(e.tail()+1, e.split()))) {
			s := &a.slots[e.tail()]
`,
		test: forkModels,
	},
	{
		name: "forkjoin/thief-does-not-ask-for-more",
		file: "internal/forkjoin/stack.go",
		old: `			w.limit.Store(0)
			return t
`,
		new: `			return t
`,
		test: forkModels,
	},
	{
		name: "forkjoin/attention-is-taken-back-after-sharing",
		file: "internal/forkjoin/stack.go",
		old: `	w.private = e.tail() + eager
`,
		new: `	w.limit.Store(uint32(len(w.slots)))
	w.private = e.tail() + eager
`,
		test: forkModels,
	},
	{
		name: "forkjoin/reclaim-without-cas",
		file: "internal/forkjoin/stack.go",
		old: `			if w.ends.CompareAndSwap(uint64(e), uint64(pack(e.tail(), h))) {
`,
		new: `			if w.ends.Store(uint64(pack(e.tail(), h))); true {
`,
		test: forkModels,
	},
	{
		name: "forkjoin/reclaim-of-a-stolen-job",
		file: "internal/forkjoin/stack.go",
		old: `			if e.tail() > h {
`,
		new: `			if e.tail() > h+1 {
`,
		test: forkModels,
	},
	{
		name: "forkjoin/reclaim-leaves-the-split",
		file: "internal/forkjoin/stack.go",
		old:  `uint64(pack(e.tail(), h))`,
		new:  `uint64(pack(e.tail(), h+1))`,
		test: forkModels,
	},
	{
		name: "forkjoin/plain-pop-of-a-shared-job",
		file: "internal/forkjoin/frame.go",
		old:  `w.head == h+1 && h >= w.private`,
		new:  `w.head == h+1`,
		test: forkModels,
	},
	{
		name: "forkjoin/plain-fork-below-private",
		file: "internal/forkjoin/stack.go",
		old:  `return h >= w.private && h < w.limit.Load()`,
		new:  `return h < w.limit.Load()`,
		test: forkModels,
	},
	{
		name: "forkjoin/first-fork-is-private",
		file: "internal/forkjoin/host.go",
		old:  `return &Worker{host: h, private: eager}`,
		new:  `return &Worker{host: h}`,
		test: forkModels,
	},
	{
		name: "forkjoin/await-leaves-the-ends",
		file: "internal/forkjoin/stack.go",
		old: `	w.ends.Store(uint64(pack(h, h)))
`,
		new:  ``,
		test: forkModels,
	},
	{
		name: "forkjoin/await-leaves-the-latch-set",
		file: "internal/forkjoin/stack.go",
		old: `	l.state.Store(pending)
`,
		new:  ``,
		test: forkModels,
	},
	{
		name: "forkjoin/grow-shows-the-array-before-it-is-full",
		file: "internal/forkjoin/stack.go",
		old: `	a := &array{make([]slot, n)}
`,
		new: `	a := &array{make([]slot, n)}
	w.array.Store(a)
`,
		test: forkModels,
	},
	{
		name: "forkjoin/latch-looks-before-it-is-set",
		file: "internal/forkjoin/frame.go",
		old: `	if l.state.Swap(done) == asleep {
`,
		new: `	sleeps := l.state.Load() == asleep
	if l.state.Store(done); sleeps {
`,
		test: forkModels,
	},
	{
		name: "forkjoin/latch-sleep-without-cas",
		file: "internal/forkjoin/frame.go",
		old:  `return l.state.CompareAndSwap(pending, asleep) || !l.Done()`,
		new:  `l.state.Store(asleep); return true`,
		test: forkModels,
	},
	{
		name: "forkjoin/thief-leaves-children",
		file: "internal/forkjoin/stack.go",
		old: `	defer w.drain(base)
	defer func() {
`,
		new: `	_ = base
	defer func() {
`,
		test: scopeModels,
	},
	{
		name: "forkjoin/call-takes-a-child-for-its-own",
		file: "internal/forkjoin/stack.go",
		old: `	if job.isChild() {
`,
		new: `	if false {
`,
		test: scopeModels,
	},
	{
		name: "forkjoin/scope-leaves-children",
		file: "internal/forkjoin/scope.go",
		old: `		w.drain(base)
		drained = true
`,
		new: `		_ = base
		drained = true
`,
		test: scopeModels,
	},
	{
		name: "forkjoin/cancelled-child-is-forgotten",
		file: "internal/forkjoin/scope.go",
		old: `			g.fail(w.caught(recover()))
`,
		new: `			recover()
`,
		test: cancelModels,
	},
	{
		name: "forkjoin/shared-without-its-token",
		file: "internal/forkjoin/stack.go",
		old: `		w.slots[i].token = w.tokenOf(i)
`,
		new: `		w.slots[i].token = nil
`,
		test: cancelModels,
	},
	{
		name: "forkjoin/cancelled-is-looked-at-before-the-limit-is-back",
		file: "internal/forkjoin/stack.go",
		old: `	w.limit.Store(uint32(len(w.slots))) // first: see the protocol, and cancel.go
	w.checkCancelled()
`,
		new: `	w.checkCancelled()
	w.limit.Store(uint32(len(w.slots)))
`,
		test: cancelModels,
	},
	{
		name: "forkjoin/attention-is-lost-to-something-else",
		file: "internal/forkjoin/cancel.go",
		old: `	if w.token.isCancelled() != nil { // what was done meanwhile may have had the attention
`,
		new: `	if false {
`,
		test: cancelModels,
	},
	{
		name: "forkjoin/something-else-is-cancelled-too",
		file: "internal/forkjoin/cancel.go",
		old:  `return w.enter(nil)`,
		new:  `return w.enter(w.token)`,
		test: cancelModels,
	},
	{
		name: "forkjoin/cancelled-fork-panics-once",
		file: "internal/forkjoin/cancel.go",
		old: `		w.limit.Store(0)
		panic(t.value)
`,
		new: `		panic(t.value)
`,
		test: cancelModels,
	},
	{
		name: "sched/joiner-sleeps-without-the-latch",
		file: "sched/park.go",
		old: `	return w.fork.latch != nil && !w.fork.latch.Sleep()
`,
		new: `	return w.fork.latch != nil && w.fork.latch.Done()
`,
		test: joinerModels,
	},
	{
		name: "sched/last-look-does-not-see-jobs",
		file: "sched/park.go",
		old:  ` || !v.jobs.Empty() {`,
		new:  ` {`,
		test: joinerModels,
	},
	{
		name: "sched/shared-jobs-wake-nobody",
		file: "sched/fork.go",
		old:  `func (w *worker) Published() { w.rt.notify(w.id) }`,
		new:  `func (w *worker) Published() {}`,
		test: joinerModels,
	},
	{
		name: "sched/joiner-steals-no-tasks",
		file: "sched/fork.go",
		old:  ` && !w.stealOnce(true) && `,
		new:  ` && `,
		test: joinerModels,
	},
	{
		name: "sched/quiet-though-a-joiner-waits",
		file: "sched/metrics.go",
		old:  `return p.pending == 0 && !p.waiting`,
		new:  `return p.pending == 0`,
		test: joinerModels,
	},
	{
		name: "forkjoin/offer-withdrawn-though-taken",
		file: "internal/forkjoin/adapt.go",
		old: `	if w.join(h) {
`,
		new: `	if w.head = h; true {
`,
		test: test{pkg: "./internal/forkjoin", run: "TestModelOffer", tags: "explore"},
	},
	{
		name: "sched/aborted-first-poll-is-forgotten",
		file: "sched/worker.go",
		old:  `		if w.aborting { // since this poll began`,
		new:  `		if false {`,
		test: test{pkg: "./sched/par", run: "TestAbortDuringAFirstPoll"},
	},
	{
		name: "sched/goexit-during-a-panic-ends-the-worker",
		file: "sched/recover.go",
		old:  `		for !stopped && !w.fatal {`,
		new:  `		for false {`,
		test: test{pkg: "./sched/par", run: "TestPanicDuringGoexit"},
	},
	{
		name: "forkjoin/goexit-ends-a-drain",
		file: "internal/forkjoin/stack.go",
		old:  `		if exits && w.head > base {`,
		new:  `		if false {`,
		test: test{pkg: "./sched/par", run: "TestGoexit"},
	},
	{
		name: "future/async-function-leaves-the-thread-to-nobody",
		file: "future/await.go",
		old:  `		co.home.Switched(co.before)`,
		new:  `		co.home.Switched(co.routine.id)`,
		test: test{pkg: "./future", run: "TestAsyncTellsItsThread"},
	},
	{
		name: "sched/joiner-serves-nobody",
		file: "sched/fork.go",
		old:  `	for ; *left > 0; *left-- {`,
		new:  `	for ; *left < 0; *left-- {`,
		test: joinerModels,
	},
}
