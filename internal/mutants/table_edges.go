package main

// edgeMutants are of what happens at the edges: the largest numbers, the last of several, the first poll.
var edgeMutants = []mutant{
	{
		name: "codec/no-limit-and-a-carriage-return-is-too-long",
		file: "future/codec/split.go",
		old:  "case len(src)-tail > max:",
		new:  "case len(src) > max+tail:",
		test: codecTests("LinesTooLong"),
	},
	{
		name: "process/no-limit-overflows",
		file: "reactor/process/output.go",
		old:  "min(max(len(c.data), 512)-1, limit-len(c.data)) + 1",
		new:  "min(max(len(c.data), 512), limit+1-len(c.data))",
		test: test{pkg: "./reactor/process", run: "TestOutput"},
	},
	{
		name: "future/the-largest-queue-is-full",
		file: "future/blockingpool.go",
		old:  "int64(p.inside.Inc())-int64(p.limit()) <= int64(p.Queue)",
		new:  "int64(p.inside.Inc()) <= int64(p.limit())+int64(p.Queue)",
		test: test{pkg: "./future", run: "TestAPoolWithTheLargestQueue"},
	},
	{
		name: "coord/who-wants-no-permits-is-forgotten",
		file: "future/coord/semaphore.go",
		old:  "	if s.word.Load()&semWaits != 0 {\n		serve(",
		new:  "	if v := s.word.Load(); v&semWaits != 0 && v>>semShift != 0 {\n		serve(",
		test: test{pkg: "./future/coord", run: "TestSemaphoreOfNoPermits"},
	},
	{
		name: "coord/a-permit-for-nothing-waits",
		file: "future/coord/permit.go",
		old:  "!c.senders.Empty()) && want > 0:",
		new:  "!c.senders.Empty()):",
		test: test{pkg: "./future/coord", run: "TestReserveOfNothing"},
	},
	{
		name: "coord/a-closed-sender-keeps-its-thread",
		file: "future/coord/send.go",
		old:  "	if s.place.closed {\n		if !cx.Spend() {",
		new:  "	if s.place.closed {\n		if false {",
		test: test{pkg: "./future/coord", run: "TestClosedSendersSpend"},
	},
	{
		name: "stream/a-half-that-is-done-wakes-nobody",
		file: "future/stream/split.go",
		old:  "		case mine:\n			wake.Cell(&other.w, nil)\n",
		new:  "		case mine:\n",
		test: test{pkg: "./future/stream", run: "TestSplitHalf"},
	},
	{
		name: "stream/a-half-that-has-failed-wakes-nobody",
		file: "future/stream/split.go",
		old:  "		if err != nil {\n			wake.Cell(&other.w, nil)\n",
		new:  "		if err != nil {\n",
		test: test{pkg: "./future/stream", run: "TestSplitHalf"},
	},
	{
		name: "future/a-weak-wait-keeps-the-value",
		file: "future/shared.go",
		old:  "	s.out = Poll[T]{} // which",
		new:  "	s.cx = waker.Context{} // which",
		test: test{pkg: "./future", run: "TestSharedWeak"},
	},
	{
		name: "aio/what-a-dropped-writer-has-taken-is-lost",
		file: "future/aio/blocking.go",
		old:  "		b.call.Poll(&quiet)\n",
		new:  "		_ = quiet\n		b.call.Drop()\n",
		test: test{pkg: "./future/aio", run: "TestBlockingWriter"},
	},
	{
		name: "aio/a-dropped-writer-writes",
		file: "future/aio/blocking.go",
		old:  "	b.err = io.ErrClosedPipe\n",
		new:  "",
		test: test{pkg: "./future/aio", run: "TestBlockingWriter"},
	},
	{
		name: "aio/the-end-comes-before-the-limit",
		file: "future/aio/bufreader.go",
		old:  "	if b.err != nil && b.to-b.from < limit {",
		new:  "	if b.err != nil {",
		test: test{pkg: "./future/aio", run: "TestBufReaderLimit"},
	},
}
