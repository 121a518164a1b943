package main

var (
	wsTests    = test{pkg: "./serve/ws", run: "Test"}
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
		new:  `	if false {`,
		test: wsTests,
	},
	{
		name: "ws/a-text-may-end-in-a-character",
		file: "wire/ws/reader.go",
		old:  `!r.text.Whole() {`,
		new:  `false {`,
		test: framesTest,
	},
}
