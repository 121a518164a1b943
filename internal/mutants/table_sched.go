package main

var (
	stateModels    = test{pkg: "./sched", run: "TestModelState", tags: "explore"}
	idleModels     = test{pkg: "./sched", run: "TestModelIdle", tags: "explore"}
	queueModels    = test{pkg: "./sched", run: "TestModelLIFO|TestModelBound|TestModelHome|TestModelAsk", tags: "explore"}
	tableModels    = test{pkg: "./sched", run: "TestModelIdentities|TestModelMonitor", tags: "explore"}
	schedShare     = test{pkg: "./sched", run: "Searchers|Little|Appetite"}
	shutdownModels = test{pkg: "./sched", run: "TestModelShutdown|TestModelFinish", tags: "explore"}
)

var schedMutants = []mutant{
	{
		name: "sched/spawned-task-is-judged-by-those-before",
		file: "sched/spawn.go",
		old: `	w.expectAnything()
`,
		new:  ``,
		test: test{pkg: "./sched", run: "TestModelIdleSharesWhatIsSpawned", tags: "explore"},
	},
	{
		name: "sched/wake-without-cas",
		file: "sched/state.go",
		old: `		if s.bits.CompareAndSwap(old, old|scheduled) {
`,
		new: `		if s.bits.Store(old | scheduled); true {
`,
		test: stateModels,
	},
	{
		name: "sched/wake-queues-a-running-task",
		file: "sched/state.go",
		old: `			return old&running == 0
`,
		new: `			return true
`,
		test: stateModels,
	},
	{
		name: "sched/wake-after-the-end",
		file: "sched/state.go",
		old: `		if old&(scheduled|complete) != 0 {
`,
		new: `		if old&scheduled != 0 {
`,
		test: stateModels,
	},
	{
		name: "sched/abort-queues-a-queued-task",
		file: "sched/state.go",
		old: `			return old&(running|scheduled) == 0
`,
		new: `			return old&running == 0
`,
		test: stateModels,
	},
	{
		name: "sched/abort-does-not-cancel",
		file: "sched/state.go",
		old:  `old|cancelled|scheduled)`,
		new:  `old|scheduled)`,
		test: stateModels,
	},
	{
		name: "sched/start-stays-scheduled",
		file: "sched/state.go",
		old:  `s.bits.Add(running - scheduled)`,
		new:  `s.bits.Add(running)`,
		test: stateModels,
	},
	{
		name: "sched/suspend-loses-the-wake",
		file: "sched/state.go",
		old: `	now := s.bits.Add(^(running - 1))
`,
		new: `	now := s.bits.Load() &^ running
	s.bits.Store(0)
`,
		test: stateModels,
	},
	{
		name: "sched/bind-by-load-and-store",
		file: "sched/state.go",
		old: `	now := s.bits.Add(bound)
`,
		new: `	now := s.bits.Load() | bound
	s.bits.Store(now)
`,
		test: stateModels,
	},
	{
		name: "sched/park-without-a-last-look",
		file: "sched/park.go",
		old: `	seen := w.workInSight() || w.workAtPeers(searched)
`,
		new: `	seen := searched && !searched
`,
		test: idleModels,
	},
	{
		name: "sched/park-does-not-look-at-its-own-queues",
		file: "sched/park.go",
		old:  `w.workInSight() || `,
		new:  ``,
		test: idleModels,
	},
	{
		name: "sched/yield-stores-instead-of-cas",
		file: "sched/state.go",
		old: `		if s.bits.CompareAndSwap(old, old&^running|scheduled) {
			return
		}
`,
		new: `		if s.bits.Store(old&^running | scheduled); true {
			return
		}
`,
		test: test{pkg: "./sched", run: "TestModelPollAgain", tags: "explore"},
	},
	{
		name: "sched/yield-leaves-the-task-unscheduled",
		file: "sched/state.go",
		old:  `s.bits.CompareAndSwap(old, old&^running|scheduled)`,
		new:  `s.bits.CompareAndSwap(old, old&^running)`,
		test: test{pkg: "./sched", run: "TestModelPollAgain", tags: "explore"},
	},
	{
		name: "sched/park-does-not-look-at-peers",
		file: "sched/park.go",
		old:  ` || w.workAtPeers(searched)`,
		new:  ``,
		test: idleModels,
	},
	{
		name: "sched/last-searcher-wakes-nobody",
		file: "sched/steal.go",
		old:  `	if w.rt.idle.found() && `,
		new:  `	if w.rt.idle.found() && false && `,
		test: idleModels,
	},
	{
		name: "sched/last-searcher-does-not-look-at-peers",
		file: "sched/steal.go",
		old:  `(w.hasWork() || w.peersHaveWork()) {`,
		new:  `w.hasWork() {`,
		test: idleModels,
	},
	{
		name: "sched/last-searcher-looks-before-it-ceases-to-count",
		file: "sched/steal.go",
		old: `	if w.rt.idle.found() && w.rt.idle.sleeping() > 0 && (w.hasWork() || w.peersHaveWork()) {
`,
		new: `	more := w.hasWork() || w.peersHaveWork()
	if w.rt.idle.found() && w.rt.idle.sleeping() > 0 && more {
`,
		test: idleModels,
	},
	{
		name: "sched/searcher-takes-its-own-task-for-more",
		file: "sched/steal.go",
		old: `		if w.searchAround() {
			return true
`,
		new: `		if w.searchAround() {
			w.stopSearching()
			return true
`,
		test: idleModels,
	},
	{
		name: "sched/whatever-is-pushed-is-worth-sharing",
		file: "sched/share.go",
		old:  `if w.rt.idle.sleeping() > 0 && w.worthSharing() {`,
		new:  `if w.rt.idle.sleeping() > 0 {`,
		test: idleModels,
	},
	{
		name: "sched/searchers-take-what-they-see",
		file: "sched/steal.go",
		old:  `late, little := false, !v.worthStealing()`,
		new:  `late, little := false, false`,
		test: schedShare,
	},
	{
		name: "sched/little-is-never-stolen",
		file: "sched/steal.go",
		old:  `!(last && w.appetite.forLittle(now))`,
		new:  `true`,
		test: schedShare,
	},
	{
		name: "sched/little-is-stolen-again-at-once",
		file: "sched/steal.go",
		old: `			w.appetite.took(now)
`,
		new:  ``,
		test: schedShare,
	},
	{
		name: "sched/patience-does-not-grow",
		file: "sched/share.go",
		old:  `a.patience = min(2*a.patience, neglected)`,
		new:  `a.patience = wakeWorth`,
		test: schedShare,
	},
	{
		name: "sched/patience-stays",
		file: "sched/share.go",
		old:  `if now-a.last < 2*a.patience {`,
		new:  `if a.patience > 0 {`,
		test: schedShare,
	},
	{
		name: "sched/sleeper-judges-a-peers-queue-by-its-own-polls",
		file: "sched/park.go",
		old:  `v.hasWork() || `,
		new:  `v.tasks.stealable(3) || `,
		test: idleModels,
	},
	{
		name: "sched/share-looks-for-sleepers-before-the-push",
		file: "sched/worker.go",
		old: `	} else if w.queues.push(h) {
		w.share()
	}
`,
		new: `	} else {
		w.share()
		w.queues.push(h)
	}
`,
		test: idleModels,
	},
	{
		name: "sched/inject-notifies-before-the-push",
		file: "sched/queue.go",
		old: `	rt.peers[i].tasks.send(h)
	if rt.idle.wanted() {
		rt.notify(rt.beside(i))
	}
`,
		new: `	if rt.idle.wanted() {
		rt.notify(rt.beside(i))
	}
	rt.peers[i].tasks.send(h)
`,
		test: idleModels,
	},
	{
		name: "sched/sleep-goes-on-counting-as-searching",
		file: "sched/idle.go",
		old: `		delta -= oneSearching
`,
		new: `		delta -= 0
`,
		test: idleModels,
	},
	{
		name: "sched/choose-leaves-the-sleeper-in-the-bitmap",
		file: "sched/idle.go",
		old: `	d.asleep[i/64] &^= 1 << (i % 64)
	d.word.Add(^(oneSleeping - oneSearching - 1))
`,
		new: `	d.word.Add(^(oneSleeping - oneSearching - 1))
`,
		test: idleModels,
	},
	{
		name: "sched/last-look-does-not-resume-the-search",
		file: "sched/park.go",
		old:  `seen && searched)`,
		new:  `false)`,
		test: idleModels,
	},
	{
		name: "sched/bound-wake-does-not-unpark",
		file: "sched/queue.go",
		old: `		o.tasks.sendBound(h)
		o.reactor.Unpark()
`,
		new: `		o.tasks.sendBound(h)
`,
		test: queueModels,
	},
	{
		name: "sched/bound-task-goes-to-its-owner",
		file: "sched/queue.go",
		old:  `rt.peers[h.home-1]`,
		new:  `rt.peers[h.owner-1]`,
		test: queueModels,
	},
	{
		name: "sched/bound-task-is-requeued-here",
		file: "sched/worker.go",
		old: `		w.rt.queueApart(w, h, place)
`,
		new: `		w.queues.pushBound(h)
`,
		test: shutdownModels,
	},
	{
		name: "sched/peer-marks-a-sleeper-as-busy",
		file: "sched/steal.go",
		old: `	if !v.askedAt.CompareAndSwap(since, int64(now)) {
		return false`,
		new: `	if v.askedAt.Store(int64(now)); false {
		return false`,
		test: test{pkg: "./sched", run: "TestModelTurnForASleeper", tags: "explore"},
	},
	{
		name: "sched/thief-leaves-the-lifo-slot-full",
		file: "sched/queues.go",
		old: `		if h := v.takeLIFO(); h != nil {
`,
		new: `		if h := v.lifo.Load(); h != nil {
`,
		test:  queueModels,
		short: true,
	},
	{
		name: "sched/owner-takes-the-lifo-slot-without-swap",
		file: "sched/queues.go",
		old: `	return q.lifo.Swap(nil)
`,
		new: `	h := q.lifo.Load()
	q.lifo.Store(nil)
	return h
`,
		test: queueModels,
	},
	{
		name: "sched/push-overwrites-the-lifo-slot",
		file: "sched/queues.go",
		old: `	old := q.lifo.Swap(h)
`,
		new: `	old := q.lifo.Load()
	q.lifo.Store(h)
`,
		test: queueModels,
	},
	{
		name: "sched/identity-without-the-lock",
		file: "sched/identity.go",
		old: `	t.lock.Lock()
	defer t.lock.Unlock()
	for i := t.slot(g); ; i = t.after(i) {
		if old`,
		new: `	for i := t.slot(g); ; i = t.after(i) {
		if old`,
		test: tableModels,
	},
	{
		name: "sched/monitor-rests-without-a-second-look",
		file: "sched/monitor.go",
		old: `	return m.rt.idle.sleeping() == len(m.rt.peers) || !m.resting.CompareAndSwap(true, false)
`,
		new: `	return true
`,
		test: tableModels,
	},
	{
		name: "sched/shutdown-does-not-wait-for-spawners",
		file: "sched/shutdown.go",
		old:  `rt.begun.Load() != injected || `,
		new:  `injected < 0 || `,
		test: shutdownModels,
	},
	{
		name: "sched/spawner-reads-the-phase-first",
		file: "sched/spawn.go",
		old: `	rt.begun.Add(1)
	if rt.phase.Load() != open {
`,
		new: `	p := rt.phase.Load()
	rt.begun.Add(1)
	if p != open {
`,
		test: shutdownModels,
	},
	{
		name: "sched/refused-spawner-tells-nobody",
		file: "sched/spawn.go",
		old: `		rt.begun.Sub(1)
		rt.tellShutdown()
`,
		new: `		rt.begun.Sub(1)
`,
		test: shutdownModels,
	},
	{
		name: "sched/finish-elsewhere-does-not-unpark",
		file: "sched/worker.go",
		old: `		o.reactor.Unpark()
`,
		new:  ``,
		test: shutdownModels,
	},
	{
		name: "sched/quiet-does-not-look-at-inboxes",
		file: "sched/shutdown.go",
		old:  `!p.tasks.empty() || `,
		new:  `!p.tasks.thieves.Empty() || p.tasks.lifo.Load() != nil || `,
		test: shutdownModels,
	},
}
