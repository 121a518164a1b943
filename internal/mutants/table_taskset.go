package main

const (
	joinMap   = "sched/joinmap.go"
	joinQueue = "sched/joinqueue.go"
	interval  = "reactor/clock/interval.go"
)

func taskSetTests(name string) test { return test{pkg: "./sched", run: "Test" + name} }

func intervalTests(name string) test { return test{pkg: "./sched/schedtest", run: "Test" + name} }

// Tasks that are waited for by key and in order, waits that end their task, and what an interval does about ticks that
// were missed.
var taskSetMutants = []mutant{
	{
		name: "joinmap/who-was-replaced-goes-on",
		file: joinMap,
		old:  "	if before := m.tasks[key]; before != nil {\n		before.handle().Abort()\n	}\n",
		new:  "",
		test: taskSetTests("JoinMapReplaces"),
	},
	{
		name: "joinmap/who-was-replaced-is-told-of",
		file: joinMap,
		old:  `	if m.tasks[e.key] != e {`,
		new:  `	if false {`,
		test: taskSetTests("JoinMapReplaces"),
	},
	{
		name: "joinmap/a-key-stays",
		file: joinMap,
		old:  `	delete(m.tasks, e.key)`,
		new:  `	_ = e.key`,
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
		name: "joinmap/try-looks-at-one-alone",
		file: joinMap,
		old:  "		if j, ok := m.take(v); ok {\n			return j, err, true\n		}\n",
		new:  "		j, ok = m.take(v)\n		return j, err, ok\n",
		test: taskSetTests("JoinMapReplaces"),
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
		old:  `		s.last, e.t = e.t.id(), nil`,
		new:  `		e.t = nil`,
		test: taskSetTests("OutcomesTellTheirTask"),
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
		old:  `		return now.Add(i.period)`,
		new:  `		return due.Add(i.period)`,
		test: intervalTests("MissedTicks"),
	},
	{
		name: "interval/skip-makes-up",
		file: interval,
		old:  `	return due.Add(late - late%i.period + i.period)`,
		new:  `	return due.Add(0*late + i.period)`,
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
