package main

const (
	futureShared  = "future/shared.go"
	futureSeveral = "future/several.go"
	futureOrdered = "future/ordered.go"
	streamSet     = "future/stream/set.go"
	streamSplit   = "future/stream/split.go"
	streamChan    = "future/stream/chan.go"
	clockStreams  = "reactor/clock/streams.go"
	clockRetry    = "reactor/clock/retry.go"
	coordStreams  = "future/coord/streams.go"
)

var sharedModels = test{pkg: "./future", run: "TestModelShared", tags: "explore"}

func futureTests(name string) test { return test{pkg: "./future", run: "Test" + name} }
func streamTests(name string) test { return test{pkg: "./future/stream", run: "Test" + name} }
func clockTests(name string) test  { return test{pkg: "./reactor/clock", run: "Test" + name} }

// streamMutants are those of streams, and of what waits for several futures.
var streamMutants = []mutant{
	{
		name: "shared/wake-up-during-a-poll-is-lost",
		file: futureShared,
		old:  `	if !s.state.CompareAndSwap(sharedPolling, sharedIdle) { // it is woken`,
		new:  `	if s.state.Swap(sharedIdle) == sharedOver {`,
		test: sharedModels,
	},
	{
		name: "shared/end-wakes-nobody",
		file: futureShared,
		old:  `	s.line.Close(nil)`,
		new:  `	_ = &s.line`,
		test: sharedModels,
	},
	{
		name: "shared/line-is-woken-before-it-may-poll",
		file: futureShared,
		old: `		s.state.Store(sharedIdle)
		s.line.NotifyAll(nil)`,
		new: `		s.line.NotifyAll(nil)
		s.state.Store(sharedIdle)`,
		test: sharedModels,
	},
	{
		name: "shared/outcome-is-written-after-the-end",
		file: futureShared,
		old: `	word.Write(unsafe.Pointer(&s.out))
	s.out = p
	s.state.Store(sharedOver)`,
		new: `	s.state.Store(sharedOver)
	word.Write(unsafe.Pointer(&s.out))
	s.out = p`,
		test: sharedModels,
	},
	{
		name: "shared/two-poll-at-once",
		file: futureShared,
		old:  `	if s.state.CompareAndSwap(sharedIdle, sharedPolling) {`,
		new:  `	if s.state.Load() == sharedIdle && s.state.Swap(sharedPolling) != sharedOver {`,
		test: sharedModels,
	},
	{
		name: "shared/wakes-one-alone",
		file: futureShared,
		old: `		case sharedIdle:
			s.line.NotifyAll(nil)`,
		new: `		case sharedIdle:
			s.line.NotifyOne(nil)`,
		test: futureTests("SharedDoesNotDependOnOneWait"),
	},
	{
		name: "shared/told-once-and-never-again",
		file: futureShared,
		old: `	if s.line.Wait(&o.node, cx.Waker()) == waitlist.Notified {
		s.line.Wait(&o.node, cx.Waker())
	}`,
		new:  `	s.line.Wait(&o.node, cx.Waker())`,
		test: futureTests("SharedDoesNotDependOnOneWait"),
	},
	{
		name: "shared/last-drop-keeps-the-future",
		file: futureShared,
		old: `		s.f = nil
		Drop(f)
		return`,
		new: `		s.f = nil
		return`,
		test: sharedModels,
	},
	{
		name: "shared/discards-what-was-handed-out",
		file: futureShared,
		old:  `	if !s.taken.Load() {`,
		new:  `	if s.out.ready {`,
		test: sharedModels,
	},
	{
		name: "future/next-keeps-its-place",
		file: "future/stream.go",
		old: `		o.s = nil
		StopWaiting(s)`,
		new: `		o.s = nil
		_ = s`,
		test: futureTests("Next"),
	},
	{
		name: "future/several-begin-with-the-first",
		file: futureSeveral,
		old:  `			s.first = uint8((i + 1) % len(parts))`,
		new:  `			s.first = 0`,
		test: futureTests("OneOfSeveral"),
	},
	{
		name: "future/select-of-several-drops-none",
		file: futureSeveral,
		old:  `		s.dropBeside(won, parts)`,
		new:  `		_ = parts`,
		test: futureTests("Select3"),
	},
	{
		name: "future/select-loses-its-winner-to-a-panic",
		file: futureSeveral,
		old: `		if !dropped {
			parts[won].end()
		}`,
		new:  `		_ = dropped`,
		test: futureTests("Select3"),
	},
	{
		name: "future/select-keeps-none",
		file: "future/selectany.go",
		old:  `	if s.keep {`,
		new:  `	if s.keep && s.index < 0 {`,
		test: futureTests("SelectHandsTheLosersBack"),
	},
	{
		name: "future/ordered-waits-for-what-panicked",
		file: futureOrdered,
		old:  `	t.lost = true`,
		new:  `	t.lost = false`,
		test: futureTests("OrderedGoesOn"),
	},
	{
		name: "future/ordered-drops-without-discarding",
		file: futureOrdered,
		old: `		out := o.take()
		Discard(out.value)`,
		new:  `		o.take()`,
		test: futureTests("OrderedDrop"),
	},
	{
		name: "stream/merge-asks-the-first-again",
		file: "future/stream/combine.go",
		old: `		m.next++
		if p.IsReady() {`,
		new: `		if p.IsPending() {
			m.next++
		}
		if p.IsReady() {`,
		test: streamTests("Merge"),
	},
	{
		name: "stream/filter-keeps-what-it-leaves-out",
		file: "future/stream/map.go",
		old: `			return p
		}
		future.Discard(v)`,
		new: `			return p
		}
		_ = v`,
		test: streamTests("StagesDiscard"),
	},
	{
		name: "stream/taken-out-and-not-told",
		file: streamSet,
		old:  `		w.WakeByRef()`,
		new:  `		_ = w`,
		test: streamTests("KeyedRemove"),
	},
	{
		name: "stream/set-wakes-its-own-task",
		file: streamSet,
		old: `		ms.set.StopWaiting() // the push would wake the task that asks
`,
		new:  ``,
		test: streamTests("SetIsFair"),
	},
	{
		name: "stream/half-is-not-told-of-its-own",
		file: streamSplit,
		old: `			other.v, other.full = v, true
			wake.Cell(&other.w, nil)`,
		new:  `			other.v, other.full = v, true`,
		test: streamTests("Split$"),
	},
	{
		name: "stream/half-that-waited-is-not-told",
		file: streamSplit,
		old: `		wake.Cell(&other.w, nil) // it may have waited for this
`,
		new:  ``,
		test: streamTests("Split$"),
	},
	{
		name: "stream/received-twice",
		file: streamChan,
		old:  `	if was == chanReceived {`,
		new:  `	if was == chanWaiting {`,
		test: streamTests("FromChanDiscards"),
	},
	{
		name: "stream/emitted-without-end",
		file: "future/stream/source.go",
		old: `func (s *slice[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if !cx.Spend() {
		return future.Pending[T]()
	}`,
		new:  `func (s *slice[T]) PollNext(cx *waker.Context) future.Poll[T] {`,
		test: streamTests("SourcesSpend"),
	},
	{
		name: "clock/late-item-is-told-again",
		file: clockStreams,
		old:  `	i.told = true`,
		new:  `	i.told = false`,
		test: test{pkg: "./sched/schedtest", run: "TestStreamsTakeTheirTime"},
	},
	{
		name: "clock/throttle-lets-all-through",
		file: clockStreams,
		old:  `	if p.IsReady() && p.Err() != future.ErrEnd {`,
		new:  `	if p.IsReady() && p.Err() == future.ErrEnd {`,
		test: clockTests("Throttle"),
	},
	{
		name: "clock/retry-keeps-what-it-passes-over",
		file: clockRetry,
		old:  `		future.Discard(v)`,
		new:  `		_ = v`,
		test: clockTests("RetryEnds"),
	},
	{
		name: "clock/retry-tries-once-more",
		file: clockRetry,
		old:  `	if r.n == r.b.Tries ||`,
		new:  `	if r.n-1 == r.b.Tries ||`,
		test: clockTests("RetryGivesUpAfterItsTries"),
	},
	{
		name: "coord/stream-keeps-its-turn",
		file: coordStreams,
		old:  `func (r *SharedReceiver[T]) StopWaiting() { r.core(); r.next.Drop() }`,
		new:  `func (r *SharedReceiver[T]) StopWaiting() { r.core() }`,
		test: coordTests("SharedReceiverHandsItsTurnOn"),
	},
	{
		name: "coord/dropped-receiver-stays-in-line",
		file: "future/coord/mpmc.go",
		old: `	r.next.Drop()
	if c.receiverCount`,
		new:  `	if c.receiverCount`,
		test: coordTests("SharedReceiverHandsItsTurnOn"),
	},
}
