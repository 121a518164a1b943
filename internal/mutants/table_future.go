package main

var (
	wakeSetModels    = test{pkg: "./future", run: "TestModelWakeSet", tags: "explore"}
	localQueueModels = test{pkg: "./future", run: "TestModelLocalQueue", tags: "explore"}
	blockingModels   = test{pkg: "./future", run: "TestModelBlocking", tags: "explore"}
)

var futureMutants = []mutant{
	{
		name: "future/blocking-pool-leaves-without-a-second-look",
		file: "future/blockingpool.go",
		old: `	if p.leave(); p.queued.Load() == 0 || !p.join() {
`,
		new: `	if p.leave(); true {
`,
		test: blockingModels,
	},
	{
		name: "future/blocking-state-not-read-again",
		file: "future/blocking.go",
		old: `		b.waker.Register(cx.Waker())
		s = b.state.Load()
`,
		new: `		b.waker.Register(cx.Waker())
`,
		test: blockingModels,
	},
	{
		name: "future/blocking-submit-counts-late",
		file: "future/blockingpool.go",
		old: `	p.queued.Inc()
	p.inbox.Push(t)
	if p.closed.Load() {
		p.cancelQueued()
		return false
	}
	if !p.join() {
`,
		new: `	p.inbox.Push(t)
	if p.closed.Load() {
		p.cancelQueued()
		return false
	}
	start = p.join()
	p.queued.Inc()
	if !start {
`,
		test: blockingModels,
	},
	{
		name: "future/blocking-join-without-cas",
		file: "future/blockingpool.go",
		old: `		if p.running.CompareAndSwap(n, n+1) {
`,
		new: `		if p.running.Store(n + 1); true {
`,
		test: blockingModels,
	},
	{
		name: "future/blocking-complete-overrules-drop",
		file: "future/blocking.go",
		old: `	if b.state.CompareAndSwap(callBegun, callComplete) {
`,
		new: `	if b.state.Store(callComplete); true {
`,
		test: blockingModels,
	},
	{
		name: "future/wake-set-registers-last",
		file: "future/wakeset.go",
		old: `	s.parent.Register(cx.Waker())
	first :=`,
		new: `	defer s.parent.Register(cx.Waker())
	first :=`,
		test: wakeSetModels,
	},
	{
		name: "future/wake-set-wakes-before-the-bit",
		file: "future/wakeset.go",
		old: `		if word.CompareAndSwap(old, old|bit) {
			s.set.parent.Wake()
`,
		new: `		s.set.parent.Wake()
		if word.CompareAndSwap(old, old|bit) {
`,
		test:  wakeSetModels,
		short: true,
	},
	{
		name: "future/wake-set-takes-bits-without-swap",
		file: "future/wakeset.go",
		old:  `		for left := bits.RotateLeft32(s.bits[w].Swap(0), -(`,
		new: `		taken := s.bits[w].Load()
		s.bits[w].Store(0)
		for left := bits.RotateLeft32(taken, -(`,
		test: wakeSetModels,
	},
	{
		name: "future/local-queue-push-without-cas",
		file: "deque/inbox.go",
		old: `		if b.head.CompareAndSwap(head, (*T)(p)) {
`,
		new: `		if b.head.Store((*T)(p)); true {
`,
		test: localQueueModels,
	},
	{
		name: "future/local-task-queued-twice",
		file: "future/localqueue.go",
		old:  `	return t.queued.CompareAndSwap(false, true) && t`,
		new:  `	return !t.queued.Swap(true) == !t.queued.Load() && t`,
		test: localQueueModels,
	},
	{
		name: "future/local-pop-keeps-the-bit",
		file: "future/localpool.go",
		old: `		t.queued.Store(false)
`,
		new:  ``,
		test: localQueueModels,
	},
	{
		name: "future/local-pool-takes-without-swap",
		file: "deque/inbox.go",
		old: `	node := b.head.Swap(nil)
`,
		new: `	node := b.head.Load()
	b.head.Store(nil)
`,
		test: localQueueModels,
	},
}
