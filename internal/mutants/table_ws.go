package main

var (
	wsTests    = test{pkg: "./serve/ws", run: "Test"}
	wsModels   = test{pkg: "./serve/ws", run: "Model", tags: "explore"}
	framesTest = test{pkg: "./wire/ws", run: "Autobahn|Limits"}
)

var wsMutants = []mutant{
	{
		name: "ws/a-peer-that-does-not-answer-a-close-is-waited-for",
		file: "serve/ws/send.go",
		old:  `		m.within(m.rules.closeTime)`,
		new:  `		m.within(0)`,
		test: wsTests,
	},
	{
		name: "ws/a-peer-that-does-not-read-is-waited-for-when-it-is-closed",
		file: "serve/ws/machine.go",
		old:  `		m.within(m.rules.closeTime)`,
		new:  `		m.within(0)`,
		test: wsTests,
	},
	{
		name: "ws/a-close-of-another-thread-is-not-noticed-while-the-socket-is-full",
		file: "serve/ws/machine.go",
		old:  `			m.beginClosing() // somebody's Close`,
		new:  `			// it is noticed when it has gone`,
		test: wsTests,
	},
	{
		name: "ws/the-answer-to-a-close-frame-overtakes-what-is-queued",
		file: "serve/ws/read.go",
		old: `	m.close(m.code, "")
	m.ending = true
`,
		new: `	m.rest = m.appendFrame(m.rest, wire.Close, false, wire.AppendClosing(nil, m.code, ""))
	m.ending = true
`,
		test: wsTests,
	},
	{
		name: "ws/a-publisher-that-waits-is-not-woken",
		file: "serve/ws/conn.go",
		old:  `	if room && !c.waiting.Empty() {`,
		new:  `	if room && c.waiting.Closed() {`,
		test: wsTests,
	},
	{
		name: "ws/a-text-may-end-in-a-character",
		file: "wire/ws/reader.go",
		old:  `!r.text.Whole() {`,
		new:  `false {`,
		test: framesTest,
	},
	{
		name: "ws/some-is-cleared-before-the-queue-is-looked-at",
		file: "serve/ws/conn.go",
		old:  "	if len(c.queue) == 0 {\n		c.queue = nil\n		c.some.Store(c.cut)\n",
		new:  "	c.some.Store(c.cut)\n	if len(c.queue) == 0 {\n		c.queue = nil\n",
		test: wsModels,
	},
	{
		name: "ws/the-task-is-not-told-that-it-is-cut",
		file: "serve/ws/conn.go",
		old:  "		c.over, c.cut = true, true\n		c.lock.Unlock()\n		c.tell()",
		new:  "		c.over, c.cut = true, true\n		c.lock.Unlock()\n		c.wake()",
		test: wsModels,
	},
	{
		name: "ws/a-frame-is-queued-behind-the-close-frame",
		file: "serve/ws/conn.go",
		old:  "	c.over = true\n	c.add(frame)\n",
		new:  "	c.add(frame)\n",
		test: wsModels,
	},
	{
		name: "ws/who-waits-for-room-is-not-told-of-the-end",
		file: "serve/ws/conn.go",
		old:  "	c.waiting.Close(nil)\n",
		new:  "",
		test: wsModels,
	},
	{
		name: "ws/who-gives-up-waiting-for-room-stays-in-line",
		file: "serve/ws/sendwait.go",
		old:  "		c.waiting.Leave(&o.node)\n",
		new:  "",
		test: wsTests,
	},
	{
		name: "ws/a-publisher-does-not-look-once-more-when-it-is-in-line",
		file: "serve/ws/sendwait.go",
		old:  "			if was == waitlist.Waiting {\n",
		new:  "			if was >= waitlist.Out {\n",
		test: wsModels,
	},
	{
		name: "ws/a-receiver-does-not-look-once-more",
		file: "serve/ws/inbox.go",
		old:  "		if registered {\n",
		new:  "		if !registered {\n			c.inbox.receiver.Register(cx.Waker())\n",
		test: wsModels,
	},
	{
		name: "ws/a-task-that-was-refused-is-not-woken",
		file: "serve/ws/inbox.go",
		old:  "	if wake = b.refused && b.bytes <= maxInbox/2; wake {",
		new:  "	if wake = b.refused && b.bytes < 0; wake {",
		test: wsModels,
	},
	{
		name: "ws/the-task-does-not-learn-that-a-receiver-was-told",
		file: "serve/ws/inbox.go",
		old:  "		wake = b.err != nil && !b.told\n",
		new:  "",
		test: wsModels,
	},
	{
		name: "ws/a-client-does-not-mask",
		file: "serve/ws/send.go",
		old:  "	if !m.rules.client {\n",
		new:  "	if true {\n",
		test: wsTests,
	},
	{
		name: "ws/a-wrong-accept-key-is-taken",
		file: "wire/ws/opening.go",
		old:  "len(got) != 1 || got[0] != want {",
		new:  "len(got) != 1 {",
		test: wsTests,
	},
	{
		name: "ws/a-broadcast-that-waits-leaves-out-who-has-no-room",
		file: "serve/ws/broadcast.go",
		old:  "			if !taken {\n",
		new:  "			if false {\n",
		test: wsTests,
	},
	{
		name: "ws/all-that-came-together-is-answered-together",
		file: "serve/ws/read.go",
		old:  `m.given >= maxTurn || len(m.out) >= maxOut {`,
		new:  `m.given >= maxTurn {`,
		test: test{pkg: "./serve/ws", run: "LargeAnswers"},
	},
	{
		name: "ws/what-follows-a-last-block-is-left-out",
		file: "wire/ws/deflate.go",
		old:  `		if left -= n; d.isOver() {`,
		new:  `		if left -= n; true {`,
		test: test{pkg: "./wire/ws", run: "LastBlocks"},
	},
	{
		name: "ws/blocks-that-are-the-last-are-not-counted",
		file: "wire/ws/deflate.go",
		old:  `		if ends == 0 || d.f`,
		new:  `		if d.f`,
		test: test{pkg: "./wire/ws", run: "LastBlocks"},
	},
	{
		name: "ws/a-refusal-waits-for-its-content-for-ever",
		file: "serve/ws/dial.go",
		old:  `	r.timer.Reset(refusalTime)`,
		new:  `	r.timer.Reset(time.Hour)`,
		test: test{pkg: "./serve/ws", run: "Refusals"},
	},
}
