package main

const (
	joinMap   = "sched/joinmap.go"
	joinWaits = "sched/joinwaits.go"
	joinQueue = "sched/joinqueue.go"
	interval  = "reactor/clock/interval.go"
)

func taskSetTests(name string) test { return test{pkg: "./sched", run: "Test" + name} }

func intervalTests(name string) test { return test{pkg: "./sched/schedtest", run: "Test" + name} }

var joinSetModels = test{pkg: "./sched", run: "TestModelJoinSet", tags: "explore"}

// Tasks that are waited for by key and in order, waits that end their task, and what an interval does about ticks that
// were missed.
var taskSetMutants = []mutant{
	{
		name: "joinmap/who-was-replaced-goes-on",
		file: joinMap,
		old:  "		before.task.abort()\n",
		new:  "",
		test: taskSetTests("JoinMapReplaces"),
	},
	{
		name: "joinmap/who-was-replaced-is-told-of",
		file: joinMap,
		old:  "		m.set.giveUp(&before.wait)\n",
		new:  "",
		test: taskSetTests("JoinMapReplaces"),
	},
	{
		name: "joinmap/a-key-stays",
		file: joinMap,
		old:  "	delete(m.tasks, key)\n",
		new:  "",
		test: taskSetTests("JoinMapKeys"),
	},
	{
		name: "joinmap/drop-lets-tasks-run-on",
		file: joinMap,
		old:  "	m.AbortAll()\n	m.Detach()",
		new:  "	m.Detach()",
		test: taskSetTests("JoinMapDrop"),
	},
	{
		name: "joinset/shutdown-takes-a-tasks-end-for-its-own",
		file: "sched/joined.go",
		old: `		if o.of.PollNext(cx).IsPending() {
			return future.Pending[future.Unit]()
		}
		if empty {`,
		new: `		p := o.of.PollNext(cx)
		if p.IsPending() {
			return future.Pending[future.Unit]()
		}
		if empty || p.Err() == future.ErrEnd {`,
		test: taskSetTests("ShutdownOfTasks"),
	},
	{
		name: "joinset/given-up-wait-lets-its-task-run-on",
		file: "sched/joined.go",
		old:  `		o.Detach().Abort()`,
		new:  `		o.Detach()`,
		test: taskSetTests("AbortOnDrop"),
	},
	{
		name: "joinset/detached-wait-still-aborts",
		file: "sched/joined.go",
		old:  "	o.join.Drop()\n	o.join.t = nil\n",
		new:  "	o.join.Drop()\n",
		test: taskSetTests("AbortOnDrop"),
	},
	{
		name: "joinset/id-of-the-task-before",
		file: "sched/joinset.go",
		old:  "	s.last = task.id()\n",
		new:  "",
		test: taskSetTests("OutcomesTellTheirTask"),
	},
	{
		name: "joinset/leaves-no-waker",
		file: joinWaits,
		old:  "		s.parent.Register(cx.Waker())\n",
		new:  "",
		test: joinSetModels,
	},
	{
		name: "joinset/leaves-its-waker-too-late",
		file: joinWaits,
		old:  "		s.parent.Register(cx.Waker())\n		if !s.fetch() {",
		new:  "		some := s.fetch()\n		s.parent.Register(cx.Waker())\n		if !some {",
		test: joinSetModels,
	},
	{
		name: "joinset/wakes-for-all-but-the-first",
		file: joinWaits,
		old:  `	if w.set.inbox.Push(w) {`,
		new:  `	if !w.set.inbox.Push(w) {`,
		test: joinSetModels,
	},
	{
		name: "joinset/who-has-ended-is-not-told-of",
		file: joinWaits,
		old:  `VTable: &waitVTable})) == waitlist.Closed {`,
		new:  `VTable: &waitVTable})) == waitlist.Notified {`,
		test: joinSetModels,
	},
	{
		name: "joinset/who-was-given-up-is-told-of",
		file: joinWaits,
		old:  `	for s.head == nil || s.head.task == nil {`,
		new:  `	for s.head == nil {`,
		test: joinSetModels,
	},
	{
		name: "joinset/given-up-wait-stays-in-line",
		file: joinWaits,
		old:  "	w.task.joiners.Leave(&w.node)\n",
		new:  "",
		test: taskSetTests("DetachedSet"),
	},
	{
		name: "joinset/joining-costs-no-budget",
		file: joinWaits,
		old:  "	if !cx.Spend() {\n		return nil, nil\n	}\n	return s.take()",
		new:  "	return s.take()",
		test: taskSetTests("JoinSetSpendsTheBudget"),
	},
	{
		name: "joinset/who-is-given-up-last-stays",
		file: joinWaits,
		old:  "		s.last = w.before\n",
		new:  "",
		test: taskSetTests("EmptiedSetDrop"),
	},
	{
		name: "joinqueue/try-takes-the-waker-away",
		file: joinQueue,
		old: `	if !h.Done() {
		return j, nil, false`,
		new: `	if !h.Done() {
		q.StopWaiting()
		return j, nil, false`,
		test: taskSetTests("JoinQueueWakesOnce"),
	},
	{
		name: "joinqueue/newest-first",
		file: joinQueue,
		old:  `		q.oldest.t = q.tasks[q.first].t`,
		new:  `		q.oldest.t = q.tasks[len(q.tasks)-1].t`,
		test: taskSetTests("JoinQueueKeepsTheOrder"),
	},
	{
		name: "joinqueue/waits-for-who-was-joined",
		file: joinQueue,
		old:  "	q.oldest.Drop()\n	q.oldest.t = nil",
		new:  "	q.oldest.Drop()",
		test: taskSetTests("JoinQueueTryNext|TestJoinQueueKeepsTheOrder"),
	},
	{
		name: "joinqueue/making-room-loses-the-oldest",
		file: joinQueue,
		old:  `		n := copy(q.tasks, q.tasks[q.first:])`,
		new:  `		n := copy(q.tasks, q.tasks[q.first+1:])`,
		test: taskSetTests("JoinQueueAlternating"),
	},
	{
		name: "joinqueue/drop-lets-tasks-run-on",
		file: joinQueue,
		old:  "	q.AbortAll()\n	q.Detach()",
		new:  "	q.Detach()",
		test: taskSetTests("JoinQueueDrop"),
	},
	{
		name: "interval/missed-ticks-come-later",
		file: interval,
		old:  `	i.next, i.behind = at, !at.After(now)`,
		new:  `	i.next, i.behind = at, false`,
		test: intervalTests("MissedTicks"),
	},
	{
		name: "interval/delay-does-not-begin-anew",
		file: interval,
		old:  "	case DelayMissed:\n		return now.Add(i.period)",
		new:  "	case DelayMissed:\n		return due.Add(i.period)",
		test: intervalTests("MissedTicks"),
	},
	{
		name: "interval/skip-makes-up",
		file: interval,
		old:  `	return due.Add(passed + i.period)`,
		new:  `	return due.Add(i.period)`,
		test: intervalTests("MissedTicks"),
	},
	{
		name: "interval/reset-goes-by-the-old-period",
		file: interval,
		old:  `	i.ResetAt(reactor.Now().Add(i.period))`,
		new:  `	i.ResetAt(i.next)`,
		test: intervalTests("IntervalsAreReset"),
	},
	{
		name: "interval/stays-stopped",
		file: interval,
		old:  "	i.stopped = false\n",
		new:  "	if i.stopped {\n		return\n	}\n",
		test: intervalTests("IntervalsAreReset"),
	},
	{
		name: "interval/what-is-behind-costs-nothing",
		file: interval,
		old:  `		if !cx.Spend() {`,
		new:  `		if false {`,
		test: test{pkg: "./reactor/clock", run: "TestIntervalThatIsBehind"},
	},
}
