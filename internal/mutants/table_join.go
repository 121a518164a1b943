package main

const joinList = "sched/joinlist.go"

var (
	joinModels = test{pkg: "./sched", run: "TestModelJoin", tags: "explore"}
	joinTests  = test{pkg: "./sched", run: "Abandoned|WhatWaited|HandleOfACrowd|WaitingAllocates|PollingAHandleAgain"}
)

var joinMutants = []mutant{
	{
		name: "sched/join-of-a-list-closed-meanwhile",
		file: joinList,
		old: `	case h.Closed():
		h.Unlock()
		clone.Drop()
		return false
	case known != nil:`,
		new:  `	case known != nil:`,
		test: joinModels,
	},
	{
		name: "sched/join-makes-a-second-crowd",
		file: joinList,
		old: `	case known != nil:
		c = known
	default:`,
		new: `	case known != nil && known == c:
	default:`,
		test: joinModels,
	},
	{
		name: "sched/join-same-waker-twice",
		file: joinList,
		old: `	if !twice {
		c.put(clone)
	}`,
		new:  `	c.put(clone)`,
		test: joinModels,
	},
	{
		name: "sched/join-forgets-who-has-come",
		file: joinList,
		old:  `		closed, known := h.Closed(), c != nil && c.has(w)`,
		new:  `		closed, known := h.Closed(), false`,
		test: joinTests,
	},
	{
		name: "sched/crowd-takes-the-one-for-another",
		file: joinList,
		old:  `	if c.one.WillWake(w) {`,
		new:  `	if !c.one.IsNoop() {`,
		test: joinModels,
	},
	{
		name: "sched/crowd-is-not-woken-when-sent-away",
		file: joinList,
		old:  `		wake.One(one, c.report)`,
		new:  `		one.Drop()`,
		test: joinModels,
	},
	{
		name: "sched/others-are-not-woken-when-sent-away",
		file: joinList,
		old: `		defer wake.All(more, c.report)
		wake.One(one, c.report)`,
		new: `		_ = more
		wake.One(one, c.report)`,
		test: joinTests,
	},
	{
		name: "sched/crowd-never-thins",
		file: joinList,
		old:  `		if c.gone++; 2*int(c.gone) > c.size() {`,
		new:  `		if c.gone++; false {`,
		test: joinTests,
	},
	{
		name: "sched/crowd-ends-without-the-others",
		file: joinList,
		old: `	one, more := c.takeAll()
	defer wake.All(more, c.report)
	one.Wake()`,
		new: `	one, _ := c.takeAll()
	one.Wake()`,
		test: joinModels,
	},
	{
		name: "sched/finish-wakes-nobody",
		file: "sched/worker.go",
		old:  `		h.joiners.Close(w.rt.report)`,
		new:  `		_ = w.rt.report`,
		test: joinModels,
	},
	{
		name: "sched/closing-stays-in-line",
		file: "sched/shutdown.go",
		old:  `func (f *closingFuture) Drop() { f.rt.ending.waiting.Leave(&f.node) }`,
		new:  `func (f *closingFuture) Drop() {}`,
		test: joinTests,
	},
	{
		name: "sched/join-stays-in-line",
		file: "sched/join.go",
		old: `	if j.t != nil {
		j.t.joiners.Leave(&j.node)
	}`,
		new:  ``,
		test: joinTests,
	},
	{
		name: "sched/dropped-handle-stays-in-the-crowd",
		file: "sched/join.go",
		old: `	if !j.t.state.isComplete() {
		j.t.joiners.leave()
	}`,
		new:  ``,
		test: joinTests,
	},
	{
		name: "sched/wait-that-is-given-up-stays-in-line",
		file: "sched/join.go",
		old: `				j.t.joiners.Leave(&node)
`,
		new:  ``,
		test: joinTests,
	},
}

var wakerPanicTests = test{pkg: "./sched", run: "ForeignWakers|ForeignClones"}

var wakerPanicMutants = []mutant{
	{
		name: "sched/panic-of-a-waker-goes-on",
		file: "internal/wake/wake.go",
		old: `		if !returned {
			tell(report, recover())
		}
`,
		new: `		_ = returned
`,
		test: wakerPanicTests,
	},
	{
		name: "sched/panic-of-a-waker-is-not-counted",
		file: "sched/wakerpanic.go",
		old: `	rt.wakerPanics.Add(1)
`,
		new:  ``,
		test: wakerPanicTests,
	},
	{
		name: "reactor/timer-wakes-unguarded",
		file: "reactor/timer.go",
		old: `		wake.All(due[:k], r.report)
`,
		new: `		for _, w := range due[:k] {
			w.Wake()
		}
`,
		test: wakerPanicTests,
	},
	{
		name: "reactor/event-wakes-unguarded",
		file: "reactor/source.go",
		old:  `	wake.Cell(&dir.waker, s.report())`,
		new:  `	_ = wake.Cell; dir.waker.Wake()`,
		test: wakerPanicTests,
	},
}
