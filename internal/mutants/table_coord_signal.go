package main

const (
	coordNotify  = "future/coord/notify.go"
	coordCancel  = "future/coord/cancel.go"
	coordContext = "future/coord/cancel_context.go"
	coordTracker = "future/coord/tracker.go"
	coordBarrier = "future/coord/barrier.go"
	coordOnce    = "future/coord/once.go"
	coordCond    = "future/coord/cond.go"
)

var (
	notifyModels  = test{pkg: "./future/coord", run: "TestModelNotify", tags: "explore"}
	notifyTests   = test{pkg: "./future/coord", run: "TestNotify"}
	tokenModels   = test{pkg: "./future/coord", run: "TestModelCancel", tags: "explore"}
	tokenTests    = test{pkg: "./future/coord", run: "Cancel"}
	trackerModels = test{pkg: "./future/coord", run: "TestModelTracker", tags: "explore"}
	trackerTests  = test{pkg: "./future/coord", run: "TestTracker"}
	barrierModels = test{pkg: "./future/coord", run: "TestModelBarrier", tags: "explore"}
	barrierTests  = test{pkg: "./future/coord", run: "TestBarrier"}
	onceModels    = test{pkg: "./future/coord", run: "TestModelOnce", tags: "explore"}
	onceTests     = test{pkg: "./future/coord", run: "TestOnce"}
	condModels    = test{pkg: "./future/coord", run: "TestModelCond", tags: "explore"}
	condTests     = test{pkg: "./future/coord", run: "TestCond"}
)

// coordSignalMutants are those of what tasks wait for without holding it.
var coordSignalMutants = []mutant{
	{
		name: "coord/notify-hands-nothing-on",
		file: coordNotify,
		old:  `	if o.turn == turnOne || o.turn == turnLast {`,
		new:  `	if false {`,
		test: notifyTests,
	},
	{
		name: "coord/notify-all-is-handed-on",
		file: coordNotify,
		old:  `	if o.turn == turnOne || o.turn == turnLast {`,
		new:  `	if o.turn != turnNone {`,
		test: notifyTests,
	},
	{
		name: "coord/notify-all-does-not-count-when-nobody-waits",
		file: coordNotify,
		old:  `			if n.word.CompareAndSwap(v, v+notifyCall) {`,
		new:  `			if n.word.CompareAndSwap(v, v) {`,
		test: notifyTests,
	},
	{
		name: "coord/notify-all-tells-those-who-came-after",
		file: coordNotify,
		old:  `	if o.calls == calls(n.word.Load()) {`,
		new:  `	if false {`,
		test: notifyTests,
	},
	{
		name: "coord/notify-all-takes-the-permit",
		file: coordNotify,
		old:  `		case calls(v) != o.calls:`,
		new:  `		case calls(v) != o.calls && v&notifyPermit == 0:`,
		test: notifyTests,
	},
	{
		name: "coord/notify-joins-a-line-that-nobody-serves",
		file: coordNotify,
		old:  `		if v&notifyWaits != 0 || o.n.word.CompareAndSwap(v, v|notifyWaits) {`,
		new:  `		if true {`,
		test: notifyModels,
	},
	{
		name: "coord/notify-does-not-look-again-in-line",
		file: coordNotify,
		old:  "		if o.take() {\n			h.Unlock()",
		new:  "		if false {\n			h.Unlock()",
		test: notifyModels,
	},
	{
		name: "coord/notify-flag-dropped-with-somebody-in-line",
		file: coordNotify,
		old: `	notifiedOf(node).turn = how
	w := h.Take(node)`,
		new: `	notifiedOf(node).turn = how
	n.word.Store(v &^ notifyWaits)
	w := h.Take(node)`,
		test: notifyTests,
	},
	{
		name: "coord/notify-permit-lost-when-all-have-left",
		file: coordNotify,
		old:  `			v |= notifyPermit`,
		new:  `			v |= 0`,
		test: notifyModels,
	},
	{
		name: "coord/notify-takes-one-permit-twice",
		file: coordNotify,
		old:  `		case o.n.word.CompareAndSwap(v, v&^notifyPermit):`,
		new:  `		case true:`,
		test: notifyTests,
	},
	{
		name: "coord/cancel-leaves-the-children-in-line",
		file: coordCancel,
		old:  `		p.line.Leave(&t.node)`,
		new:  `		_ = p`,
		test: tokenTests,
	},
	{
		name: "coord/cancel-twice",
		file: coordCancel,
		old:  `	if t.cancelled.Load() || t.cancelled.Swap(true) {`,
		new:  `	if t.cancelled.Load() || t.cancelled.Swap(true) && false {`,
		test: tokenModels,
	},
	{
		name: "coord/cancel-wakes-nobody",
		file: coordCancel,
		old:  `	t.line.Close(nil)`,
		new:  ``,
		test: tokenTests,
	},
	{
		name: "coord/cancelled-token-has-living-children",
		file: coordCancel,
		old:  "		c.Cancel()\n	}\n	return c",
		new:  "	}\n	return c",
		test: tokenTests,
	},
	{
		name: "coord/cancelled-op-stays-in-line",
		file: coordCancel,
		old:  `		t.line.Leave(&o.node)`,
		new:  `		_ = t`,
		test: tokenTests,
	},
	{
		name: "coord/run-until-cancelled-keeps-waiting-for-the-token",
		file: coordCancel,
		old:  "	if p.IsReady() {\n		o.cancelled.Drop()",
		new:  "	if p.IsReady() {\n		_ = p",
		test: tokenTests,
	},
	{
		name: "coord/run-until-cancelled-polls-before-it-looks",
		file: coordCancel,
		old:  "	if o.cancelled.Poll(cx).IsReady() {\n		o.op.Drop()\n		return future.Failed[T](ErrCancelled)\n	}\n	p := o.op.Poll(cx)",
		new:  "	p := o.op.Poll(cx)\n	if p.IsPending() && o.cancelled.Poll(cx).IsReady() {\n		o.op.Drop()\n		return future.Failed[T](ErrCancelled)\n	}",
		test: tokenTests,
	},
	{
		name: "coord/cancel-guard-disarmed-in-vain",
		file: coordContext,
		old:  `	return g.t.Swap(nil)`,
		new:  `	return g.t.Load()`,
		test: tokenTests,
	},
	{
		name: "coord/tracker-last-task-tells-nobody",
		file: coordTracker,
		old:  `	if t.word.Sub(trackTask) == trackClosed {`,
		new:  `	if t.word.Sub(trackTask) == 0 {`,
		test: trackerTests,
	},
	{
		name: "coord/tracker-close-tells-nobody",
		file: coordTracker,
		old:  "			if v == 0 {",
		new:  "			if false {",
		test: trackerTests,
	},
	{
		name: "coord/tracker-looks-before-it-listens",
		file: coordTracker,
		old:  "	told := t.over.Notified() // before the look\n	return TrackerOp{t: t, told: told, over: t.word.Load() == trackClosed}",
		new:  "	over := t.word.Load() == trackClosed\n	return TrackerOp{t: t, told: t.over.Notified(), over: over}",
		test: trackerModels,
	},
	{
		name: "coord/tracker-does-not-look",
		file: coordTracker,
		old:  `over: t.word.Load() == trackClosed}`,
		new:  `over: false}`,
		test: trackerTests,
	},
	{
		name: "coord/tracker-token-done-twice",
		file: coordTracker,
		old:  "	k.t = nil\n	t.done()",
		new:  "	t.done()",
		test: trackerTests,
	},
	{
		name: "coord/tracked-op-that-is-dropped-lives-on",
		file: coordTracker,
		old:  `		defer o.token.Done() // what op gives up belongs to the task`,
		new:  ``,
		test: trackerTests,
	},
	{
		name: "coord/barrier-counts-who-has-left",
		file: coordBarrier,
		old:  `		b.arrived--`,
		new:  ``,
		test: barrierTests,
	},
	{
		name: "coord/barrier-who-leaves-late-is-not-counted",
		file: coordBarrier,
		old:  `	if o.node.State() != waitlist.Waiting {`,
		new:  `	if o.node.State() != waitlist.Waiting && o.round == b.round {`,
		test: barrierModels,
	},
	{
		name: "coord/barrier-lets-the-next-round-through",
		file: coordBarrier,
		old:  `	return barrierOf(first).round != b.round`,
		new:  `	return true`,
		test: barrierTests,
	},
	{
		name: "coord/barrier-round-without-a-number",
		file: coordBarrier,
		old:  `	b.round++`,
		new:  ``,
		test: barrierTests,
	},
	{
		name: "coord/barrier-keeps-the-count",
		file: coordBarrier,
		old:  `	b.arrived = 0`,
		new:  ``,
		test: barrierTests,
	},
	{
		name: "coord/barrier-one-too-few",
		file: coordBarrier,
		old:  `	if b.arrived+1 < b.size {`,
		new:  `	if b.arrived+2 < b.size {`,
		test: barrierTests,
	},
	{
		name: "coord/barrier-all-lead",
		file: coordBarrier,
		old:  "		o.b = nil\n		return future.Ready(false)",
		new:  "		o.b = nil\n		return future.Ready(true)",
		test: barrierTests,
	},
	{
		name: "coord/once-maker-that-fails-passes-nothing-on",
		file: coordOnce,
		old:  "	} else {\n		c.pass()\n	}",
		new:  "	}",
		test: onceTests,
	},
	{
		name: "coord/once-maker-that-is-dropped-passes-nothing-on",
		file: coordOnce,
		old:  `	if c.turns.Leave(&o.node) || o.maker {`,
		new:  `	if c.turns.Leave(&o.node) {`,
		test: onceTests,
	},
	{
		name: "coord/once-told-and-dropped-passes-nothing-on",
		file: coordOnce,
		old:  `	if c.turns.Leave(&o.node) || o.maker {`,
		new:  `	if c.turns.Leave(&o.node); o.maker {`,
		test: onceTests,
	},
	{
		name: "coord/once-empty-while-it-changes-hands",
		file: coordOnce,
		old:  "	w := h.Take(first)\n	h.Unlock()\n	wake.One(w, nil)",
		new:  "	c.state.Store(onceEmpty)\n	w := h.Take(first)\n	h.Unlock()\n	wake.One(w, nil)",
		test: onceTests,
	},
	{
		name: "coord/once-made-before-the-value-is-written",
		file: coordOnce,
		old:  "	word.Write(unsafe.Pointer(&c.value))\n	c.value = v\n	c.state.Store(onceMade)",
		new:  "	c.state.Store(onceMade)\n	word.Write(unsafe.Pointer(&c.value))\n	c.value = v",
		test: onceModels,
	},
	{
		name: "coord/once-wakes-none-of-those-who-only-wait",
		file: coordOnce,
		old:  `	defer c.made.Close(nil) // also if a waker ends this goroutine`,
		new:  ``,
		test: onceTests,
	},
	{
		name: "coord/once-a-goexit-keeps-those-who-only-wait-waiting",
		file: coordOnce,
		old:  "	defer c.made.Close(nil) // also if a waker ends this goroutine\n	c.turns.Close(nil)",
		new:  "	c.turns.Close(nil)\n	c.made.Close(nil)",
		test: onceTests,
	},
	{
		name: "coord/once-does-not-look-again-in-line",
		file: coordOnce,
		old:  "		case onceMade:\n			h.Unlock()\n			clone.Drop()\n			return waitlist.Closed\n		}\n		if c.state.CompareAndSwap",
		new:  "		default:\n			h.Push(&o.node, clone)\n			h.Unlock()\n			return waitlist.Waiting\n		}\n		if c.state.CompareAndSwap",
		test: onceModels,
	},
	{
		name: "coord/cond-unlocks-before-it-is-in-line",
		file: coordCond,
		old:  "		told := o.told.Poll(cx)\n		g := o.g\n		o.lock, o.g, o.state = g.m.Lock(), Guard{}, condWaiting\n		g.Unlock()",
		new:  "		g := o.g\n		o.lock, o.g, o.state = g.m.Lock(), Guard{}, condWaiting\n		g.Unlock()\n		told := o.told.Poll(cx)",
		test: condModels,
	},
	{
		name: "coord/cond-keeps-a-signal",
		file: coordCond,
		old:  `	c.n.notify(turnOne, false)`,
		new:  `	c.n.notify(turnOne, true)`,
		test: condTests,
	},
	{
		name: "coord/cond-signal-lost-while-it-locks",
		file: coordCond,
		old:  `		if o.told.turn == turnOne {`,
		new:  `		if false {`,
		test: condTests,
	},
	{
		name: "coord/cond-signal-lost-with-who-was-told",
		file: coordCond,
		old:  "	case condWaiting:\n		o.told.drop(false)",
		new:  "	case condWaiting:\n		o.told.turn = turnNone\n		o.told.n.line.Leave(&o.told.node)",
		test: condTests,
	},
	{
		name: "coord/cond-dropped-with-the-mutex",
		file: coordCond,
		old:  `		o.lock.Drop()`,
		new:  ``,
		test: condTests,
	},
	{
		name: "coord/cond-dropped-before-its-poll-with-the-mutex",
		file: coordCond,
		old:  "		o.told.drop(false)\n		o.g.Unlock()",
		new:  "		o.told.drop(false)",
		test: condTests,
	},
}
