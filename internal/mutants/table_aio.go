package main

const aioPipe = "future/aio/pipe.go"

func aioTests(name string) test { return test{pkg: "./future/aio", run: "Test" + name} }

func aioModels(name string) test {
	return test{pkg: "./future/aio", run: "TestModelPipe" + name, tags: "explore"}
}

// Streams of bytes, and pipes in memory.
var aioMutants = []mutant{
	{
		name:  "pipe/announces-a-wait-for-what-has-changed",
		file:  aioPipe,
		old:   `	return s.w.CompareAndSwap(uint64(seen), uint64(seen|sideAwaited))`,
		new:   `	s.w.Store(uint64(s.load() | sideAwaited))` + "\n\treturn true",
		test:  aioModels("GivenUpRead"),
		short: true,
	},
	{
		name: "pipe/waits-without-announcing",
		file: aioPipe,
		old:  `	return s.w.CompareAndSwap(uint64(seen), uint64(seen|sideAwaited))`,
		new:  `	return s.load() == seen`,
		test: aioModels("Bytes"),
	},
	{
		name: "pipe/wakes-nobody",
		file: aioPipe,
		old:  `		if now&sideAwaited != 0 {`,
		new:  `		if now&sideAwaited != 0 && by.closed() {`,
		test: aioModels("Bytes"),
	},
	{
		name: "pipe/bytes-after-the-count",
		file: aioPipe,
		old: `				p.copyOut(b[:n], r.count())
				p.read.change(state(n)*oneByte, &p.writable)`,
		new: `				p.read.change(state(n)*oneByte, &p.writable)
				p.copyOut(b[:n], r.count())`,
		test: aioModels("Bytes"),
	},
	{
		name: "pipe/registers-after-the-announcement",
		file: aioPipe,
		old: `		p.readable.Register(cx.Waker())
		registered = true
		if p.written.await(w) && !p.read.load().closed() {
			return future.Pending[int]()
		}`,
		new: `		if p.written.await(w) && !p.read.load().closed() {
			p.readable.Register(cx.Waker())
			return future.Pending[int]()
		}`,
		test: aioModels("Bytes"),
	},
	{
		name: "pipe/own-close-is-looked-at-before-the-wait-only",
		file: aioPipe,
		old:  `		if p.written.await(w) && !p.read.load().closed() {`,
		new:  `		if p.written.await(w) {`,
		test: aioModels("CloseWakesReader"),
	},
	{
		name: "pipe/own-close-wakes-no-reader",
		file: aioPipe,
		old:  `	wake.Cell(&p.readable, nil)` + "\n\treturn true\n}\n\n// copyOut",
		new:  `	return true` + "\n}\n\n// copyOut",
		test: aioModels("CloseWakesReader"),
	},
	{
		name: "pipe/own-close-wakes-no-writer",
		file: aioPipe,
		old:  `	wake.Cell(&p.writable, nil)` + "\n\treturn true",
		new:  `	return true`,
		test: aioModels("CloseWakesWriter"),
	},
	{
		name: "pipe/write-beside-a-close-succeeds",
		file: aioPipe,
		old: `	if !p.written.change(state(n)*oneByte, &p.readable) {
		return 0
	}`,
		new:  `	p.written.change(state(n)*oneByte, &p.readable)`,
		test: aioModels("WriteBesideClose"),
	},
	{
		name: "pipe/end-before-the-last-byte",
		file: aioPipe,
		old:  `			case n > 0:`,
		new:  `			case n > 0 && !w.closed():`,
		test: aioModels("Bytes"),
	},
	{
		name: "pipe/leaves-a-waker",
		file: aioPipe,
		old: `			if registered {
				wake.Forget(&p.readable)`,
		new: `			if registered && false {
				wake.Forget(&p.readable)`,
		test: aioModels("Bytes"),
	},
	{
		name: "pipe/ring-has-one-place-more",
		file: aioPipe,
		old:  `	n := int(min(uint64(p.size)-(w.count()-r.count()), uint64(len(b))))`,
		new:  `	n := int(min(uint64(p.size)+1-(w.count()-r.count()), uint64(len(b))))`,
		test: aioTests("PipeHoldsNoMoreThanItsSize"),
	},
	{
		name: "aio/copy-flushes-at-the-end-only",
		file: "future/aio/copy.go",
		old:  `				if err := o.flush(cx).Err(); err != nil {`,
		new:  `				if err := error(nil); err != nil {`,
		test: aioTests("CopyFlushesBeforeItWaits"),
	},
	{
		name: "aio/proxy-closes-nothing",
		file: "future/aio/copyboth.go",
		old:  `		w.closing = CloseWrite(dst)`,
		new:  `		w.closing = Flush(dst)`,
		test: aioTests("CopyBidirectional"),
	},
	{
		name: "aio/proxy-favours-one-direction",
		file: "future/aio/copyboth.go",
		old:  `		o.toAFirst = !o.toAFirst`,
		new:  `		o.toAFirst = false`,
		test: aioTests("CopyBidirectionalIsCooperative"),
	},
	{
		name: "aio/idle-copy-keeps-its-buffer",
		file: "future/aio/copy.go",
		old:  `				o.giveBack()` + "\n",
		new:  ``,
		test: aioTests("AnIdleCopyCostsNoBuffer"),
	},
	{
		name: "aio/read-all-stops-at-the-limit",
		file: "future/aio/readall.go",
		old:  `		if len(o.buf)-o.from > o.limit {`,
		new:  `		if len(o.buf)-o.from >= o.limit {`,
		test: aioTests("ReadAll"),
	},
	{
		name: "aio/limit-passes-for-the-end",
		file: "future/aio/wrap.go",
		old:  `	if t.limit {`,
		new:  `	if t.limit && false {`,
		test: aioTests("Limit"),
	},
	{
		name: "aio/line-is-consumed-before-it-is-whole",
		file: "future/aio/bufops.go",
		old:  `	if err != nil && err != io.EOF {`,
		new:  `	if b.Consume(len(p)); err != nil && err != io.EOF {`,
		test: aioTests("BufReaderReadLineFails"),
	},
	{
		name: "aio/write-is-cut-at-the-buffer",
		file: "future/aio/bufwriter.go",
		old:  `	if len(p) > len(b.buf)-b.to && b.from < b.to {`,
		new:  `	if b.to == len(b.buf) && b.from < b.to {`,
		test: aioTests("BufWriter"),
	},
	{
		name: "aio/empty-piece-passes-for-the-end",
		file: "future/aio/stream.go",
		old:  `	for len(r.piece) == 0 && !r.ended && len(p) > 0 {`,
		new:  `	if len(r.piece) == 0 && !r.ended && len(p) > 0 {`,
		test: aioTests("FromStream"),
	},
	{
		name: "aio/stream-is-polled-after-its-end",
		file: "future/aio/stream.go",
		old:  `r.piece, r.ended, spent = piece, err != nil, true`,
		new:  `r.piece, spent = piece, true` + "\n\t\tif err != nil {\n\t\t\tbreak\n\t\t}",
		test: aioTests("FromStream"),
	},
}
