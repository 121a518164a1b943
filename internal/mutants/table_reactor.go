package main

var (
	unparkModels = test{pkg: "./reactor", run: "TestModelUnpark", tags: "explore"}
	slabModels   = test{pkg: "./reactor", run: "TestModelSlab", tags: "explore"}
	sourceModels = test{pkg: "./reactor", run: "TestModelSource", tags: "explore"}
	timerModels  = test{pkg: "./reactor", run: "TestModelTimer|TestModelBackground", tags: "explore"}
	bothWays     = test{pkg: "./reactor", run: "TestModelSourceTwoDirections", tags: "explore"}
)

var reactorMutants = []mutant{
	{
		name: "reactor/unpark-does-not-interrupt",
		file: "reactor/reactor.go",
		old: `	if r.parked.Swap(notified) == asleep {
`,
		new: `	if r.parked.Swap(notified) == awake {
`,
		test:  unparkModels,
		short: true,
	},
	{
		name: "reactor/wait-overwrites-a-notification",
		file: "reactor/reactor.go",
		old: `	if !r.parked.CompareAndSwap(awake, asleep) {
`,
		new: `	if r.parked.Store(asleep); false {
`,
		test: unparkModels,
	},
	{
		name: "reactor/turn-takes-the-owners-interruption",
		file: "reactor/reactor.go",
		old: `func (r *Reactor) Ask(ev *Events) (int, error) {
	r.check()
	n, err := r.poll.wait(ev, 0)
`,
		new: `func (r *Reactor) Ask(ev *Events) (int, error) {
	r.check()
	n, err := r.poll.wait(ev, 0)
	r.acknowledge(ev, n)
`,
		test: unparkModels,
	},
	{
		name: "reactor/close-does-not-wait-for-unparks",
		file: "reactor/reactor.go",
		old: `	for r.users.Load() != 0 {
`,
		new: `	for r.users.Load() < 0 {
`,
		test: unparkModels,
	},
	{
		name: "reactor/unpark-counts-itself-late",
		file: "reactor/reactor.go",
		old: `	r.users.Add(1)
	faults.Point()
	if r.parked.Swap(notified) == asleep {
`,
		new: `	old := r.parked.Swap(notified)
	r.users.Add(1)
	faults.Point()
	if old == asleep {
`,
		test: unparkModels,
	},
	{
		name: "reactor/would-block-without-cas",
		file: "reactor/source.go",
		old: `	s.dir[d].ready.CompareAndSwap(mark, mark|blocked)
}

// Drained`,
		new: `	s.dir[d].ready.Store(mark | blocked)
}

// Drained`,
		test: sourceModels,
	},
	{
		name: "reactor/event-is-not-counted",
		file: "reactor/source.go",
		old:  `(old+eventStep)&^blocked|flags`,
		new:  `old&^blocked|flags`,
		test: sourceModels,
	},
	{
		name: "reactor/event-wakes-before-it-shows",
		file: "reactor/source.go",
		old: `	for {
		old := dir.ready.Load()
		if dir.ready.CompareAndSwap(old, (old+eventStep)&^blocked|flags) {
			break
		}
	}
	faults.Point()
	wake.Cell(&dir.waker, s.report())
}
`,
		new: `	wake.Cell(&dir.waker, s.report())
	for {
		old := dir.ready.Load()
		if dir.ready.CompareAndSwap(old, (old+eventStep)&^blocked|flags) {
			break
		}
	}
	faults.Point()
}
`,
		test: sourceModels,
	},
	{
		name: "reactor/park-without-a-second-look",
		file: "reactor/source.go",
		old: `	if dir.ready.Load()&blocked != 0 && !s.Closed() {
`,
		new: `	if !s.Closed() {
`,
		test: sourceModels,
	},
	{
		name: "reactor/register-without-cas",
		file: "reactor/source.go",
		old: `	if !s.state.CompareAndSwap(st, registering) {
`,
		new: `	if s.state.Load() != st {
`,
		test: bothWays,
	},
	{
		name: "reactor/failed-registration-wakes-nobody",
		file: "reactor/source.go",
		old: `		s.Wake(Read)
		s.Wake(Write)
`,
		new:  ``,
		test: sourceModels,
	},
	{
		name: "reactor/drained-after-a-hangup",
		file: "reactor/source.go",
		old: `	if mark&hungUp == 0 {
`,
		new: `	if mark != 0 {
`,
		test: sourceModels,
	},
	{
		name: "reactor/enter-after-close",
		file: "reactor/source.go",
		old: `		if uses&closed != 0 {
			return false
`,
		new: `		if uses&closed != 0 && uses < 0 {
			return false
`,
		test: sourceModels,
	},
	{
		name: "reactor/leave-closes-under-other-calls",
		file: "reactor/source.go",
		old: `	if s.uses.Add(-oneCall) == closed {
`,
		new: `	if s.uses.Add(-oneCall)&closed != 0 {
`,
		test: sourceModels,
	},
	{
		name: "reactor/close-without-deregistering",
		file: "reactor/source.go",
		old: `	if s.state.Load() == registered {
`,
		new: `	if s.state.Load() == registering {
`,
		test: sourceModels,
	},
	{
		name: "reactor/close-wakes-nobody",
		file: "reactor/source.go",
		old: `	s.Wake(Read)
	s.Wake(Write)
	s.Leave()
`,
		new: `	s.Leave()
`,
		test: sourceModels,
	},
	{
		name: "reactor/slab-free-list-head-is-not-counted",
		file: "reactor/slab.go",
		old:  `(head>>32+1)<<32 | uint64(first)`,
		new:  `head>>32<<32 | uint64(first)`,
		test: slabModels,
	},
	{
		name: "reactor/generation-not-bumped",
		file: "reactor/slab.go",
		old: `	sl.generation.Add(1)
`,
		new: `	sl.generation.Add(0)
`,
		test: slabModels,
	},
	{
		name: "reactor/lookup-without-a-second-look",
		file: "reactor/slab.go",
		old: `	src := sl.source.Load()
	if sl.generation.Load() != g {
		return nil
	}
	return src
`,
		new: `	return sl.source.Load()
`,
		test: slabModels,
	},
	{
		name: "reactor/free-list-pop-without-cas",
		file: "reactor/slab.go",
		old: `		if s.free.CompareAndSwap(head, counted(head, next)) {
`,
		new: `		if s.free.Store(counted(head, next)); true {
`,
		test: slabModels,
	},
	{
		name: "reactor/timer-does-not-look-who-sleeps",
		file: "reactor/watch.go",
		old: `	case when < r.asleepUntil:
		return r
`,
		new:  ``,
		test: timerModels,
	},
	{
		name: "reactor/sleep-does-not-tell-its-deadline",
		file: "reactor/reactor.go",
		old: `	r.asleepUntil = deadline
`,
		new:  ``,
		test: test{pkg: "./reactor", run: "TestTimerSetBeforeTheOneSleptFor"},
	},
	{
		name: "reactor/timer-fires-for-an-old-deadline",
		file: "reactor/timer.go",
		old:  `		if tick <= uint64(now)>>tickBits {`,
		new:  `		if tick <= uint64(now)>>tickBits+1<<40 {`,
		test: timerModels,
	},
	{
		name: "reactor/timer-poll-without-a-second-look",
		file: "reactor/timer.go",
		old: `	if t.hasFired() {
		return t.ready(cx)
	}
	return future.Pending`,
		new:  `	return future.Pending`,
		test: timerModels,
	},
	{
		name: "reactor/stop-leaves-the-timer-in-the-wheel",
		file: "reactor/timer.go",
		old: `	r.disarm(t)
	last :=`,
		new:  `	last :=`,
		test: timerModels,
	},
	{
		name: "reactor/reset-does-not-unpark",
		file: "reactor/timer.go",
		old: `	sleeper := r.arm(t)
	r.lock.Unlock()
	if sleeper != nil {
`,
		new: `	sleeper := r.arm(t)
	r.lock.Unlock()
	if sleeper != nil && when < 0 {
`,
		test: timerModels,
	},
	{
		name: "reactor/background-ends-for-good",
		file: "reactor/background.go",
		old: `	b.running = !b.unused()
	return !b.running
`,
		new: `	return b.unused()
`,
		test: timerModels,
	},
}
