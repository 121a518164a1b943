package main

const unordered = "future/unordered.go"

var (
	unorderedModels = test{pkg: "./future", run: "TestModelUnordered", tags: "explore"}
	unorderedTests  = test{pkg: "./future", run: "TestUnordered"}
)

var unorderedMutants = []mutant{
	{
		name: "future/unordered-leaves-no-waker",
		file: unordered,
		old:  "	u.parent.Register(cx.Waker())\n	for taken",
		new:  "	for taken",
		test: unorderedModels,
	},
	{
		name: "future/unordered-clears-the-bit-after-the-poll",
		file: unordered,
		old: `		woken.queued.Store(false)
		// Sound: members are made by Push, as the first field of a memberOf[T].
		m := (*memberOf[T])(unsafe.Pointer(woken))
		if m.f == nil { // woken after its end
			continue
		}
		if p := u.poll(m, cx); p.ready {
`,
		new: `		// Sound: members are made by Push, as the first field of a memberOf[T].
		m := (*memberOf[T])(unsafe.Pointer(woken))
		if m.f == nil { // woken after its end
			continue
		}
		p := u.poll(m, cx)
		woken.queued.Store(false)
		if p.ready {
`,
		test: unorderedModels,
	},
	{
		name: "future/unordered-takes-as-long-as-there-is-something",
		file: unordered,
		old:  "			u.batch, taken = u.inbox.TakeAll(), true\n			continue\n",
		new:  "			u.batch = u.inbox.TakeAll()\n			taken = u.batch.Len() == 0\n			continue\n",
		test: unorderedTests,
	},
	{
		name: "future/unordered-keeps-what-has-ended",
		file: unordered,
		old:  "	m.f, m.before, m.after = nil, nil, nil\n",
		new:  "	m.before, m.after = nil, nil\n",
		test: unorderedTests,
	},
	{
		name: "future/unordered-keeps-what-has-panicked",
		file: unordered,
		old:  "			f := m.f\n			u.forget(m)\n			Drop(f)\n		}\n	}()\n	u.cx",
		new:  "			Drop(m.f)\n		}\n	}()\n	u.cx",
		test: unorderedTests,
	},
	{
		name: "future/unordered-goes-on-without-budget",
		file: unordered,
		old:  "		if cx.Exhausted() { // those",
		new:  "		if false { // those",
		test: unorderedTests,
	},
	{
		name: "future/unordered-is-not-polled-again-without-budget",
		file: unordered,
		old:  "			cx.PollAgain()\n			return Pending[T]()\n",
		new:  "			return Pending[T]()\n",
		test: unorderedTests,
	},
	{
		name: "future/unordered-does-not-tell-of-the-first",
		file: unordered,
		old:  "m.queued.CompareAndSwap(false, true) && m.inbox.Push(m)",
		new:  "m.queued.CompareAndSwap(false, true) && !m.inbox.Push(m)",
		test: unorderedModels,
	},
}
