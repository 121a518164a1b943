package main

const delayQueue = "reactor/clock/delayqueue.go"

func delayTests(name string) test { return test{pkg: "./reactor/clock", run: "TestDelayQueue" + name} }

// The queue of values that come when their time has.
var delayMutants = []mutant{
	{
		name: "delay/insert-leaves-the-timer",
		file: delayQueue,
		old:  `	q.sift(s.pos)` + "\n\tq.rearm()",
		new:  `	q.sift(s.pos)`,
		test: delayTests("ResetWhileItWaits"),
	},
	{
		name: "delay/emptied-queue-leaves-the-timer",
		file: delayQueue,
		old: `	if len(q.heap) > 0 {
		first = q.slots`,
		new: `	if len(q.heap) == 0 {
		return
	} else {
		first = q.slots`,
		test: delayTests("EmptiedWhileItWaits"),
	},
	{
		name: "delay/comes-early",
		file: delayQueue,
		old:  `q.slots[q.heap[0]].at <= now {`,
		new:  `q.slots[q.heap[0]].at <= now+int64(time.Second) {`,
		test: delayTests(""),
	},
	{
		name: "delay/reset-keeps-its-place-among-equals",
		file: delayQueue,
		old: `	q.set++
	s.at, s.order = at, q.set`,
		new: `	if q.set++; s.key == 0 {
		s.order = q.set
	}
	s.at = at`,
		test: delayTests("BesideAList"),
	},
	{
		name: "delay/key-of-a-value-that-has-gone",
		file: "reactor/clock/delayheap.go",
		old:  `	v, s.value, s.key = s.value, none, 0`,
		new:  `	v, s.value = s.value, none`,
		test: delayTests("Keys"),
	},
	{
		name: "delay/taken-from-the-middle-and-not-sifted",
		file: "reactor/clock/delayheap.go",
		old:  `		q.place(moved, pos)` + "\n\t\tq.sift(pos)",
		new:  `		q.place(moved, pos)`,
		test: delayTests("BesideAList"),
	},
	{
		name: "delay/given-up-wait-stays-in-the-wheel",
		file: delayQueue,
		old:  `	q.waiting, q.armed = false, 0` + "\n\tq.timer.Drop()",
		new:  `	q.waiting, q.armed = false, 0`,
		test: delayTests("GivenUp"),
	},
	{
		name: "delay/expires-without-a-budget",
		file: delayQueue,
		old:  `			if !spent && !cx.Spend() {`,
		new:  `			if !spent && !cx.Spend() && false {`,
		test: delayTests("IsCooperative"),
	},
}
