package main

func sinkTests(name string) test { return test{pkg: "./future/sink", run: "Test" + name} }

func datagramTests(name string) test { return test{pkg: "./reactor/datagram", run: "Test" + name} }

// Sinks, and frames in datagrams.
var sinkMutants = []mutant{
	{
		name:  "sink/a-send-given-up-keeps-its-room",
		file:  "future/sink/sink.go",
		old:   "	*o = SendOp[T]{fed: o.fed}\n	StopSending(s)",
		new:   "	*o = SendOp[T]{fed: o.fed}\n	_ = s",
		test:  sinkTests("SendGivenUp"),
		short: true,
	},
	{
		name: "sink/a-send-that-failed-keeps-room",
		file: "future/sink/sink.go",
		old:  "			defer StopSending(o.s) // it may hold room for the value",
		new:  "			_ = o.s",
		test: sinkTests("SendThatFailed"),
	},
	{
		name: "sink/an-idle-stream-holds-back-what-came",
		file: "future/sink/forward.go",
		old:  "	if !o.unflushed {",
		new:  "	if true {",
		test: sinkTests("SendAllFlushes"),
	},
	{
		name: "sink/a-forward-leaks-the-value-under-way",
		file: "future/sink/forward.go",
		old:  "	if old.state == feeding {",
		new:  "	if false {",
		test: sinkTests("ForwardGivenUp"),
	},
	{
		name: "sink/a-flush-does-not-wait-for-the-future",
		file: "future/sink/with.go",
		old:  "	if p := w.settle(cx); p.IsPending() || p.Err() != nil {\n		return p\n	}\n	return w.s.PollFlush(cx)",
		new:  "	if p := w.settle(cx); p.Err() != nil {\n		return p\n	}\n	return w.s.PollFlush(cx)",
		test: sinkTests("WithFlush"),
	},
	{
		name: "sink/room-that-was-given-back-is-used",
		file: "future/sink/with.go",
		old:  "	w.ready = false\n	w.above.StopSending()",
		new:  "	w.above.StopSending()",
		test: sinkTests("WithFailsAndIsDropped|StagesStopSending"),
	},
	{
		name: "sink/a-buffer-turns-the-order",
		file: "future/sink/buffer.go",
		old:  "	b.ring[(b.next+b.n)%len(b.ring)] = v",
		new:  "	b.ring[b.n] = v",
		test: sinkTests("Buffer"),
	},
	{
		name: "sink/a-buffer-takes-without-a-budget",
		file: "future/sink/buffer.go",
		old:  "	case b.n == before && !cx.Spend():",
		new:  "	case b.n == before && cx == nil:",
		test: sinkTests("StagesKeepTheBudget"),
	},
	{
		name: "sink/a-fanout-asks-again-what-has-room",
		file: "future/sink/fanout.go",
		old:  "		if *was {",
		new:  "		if false {",
		test: sinkTests("Fanout"),
	},
	{
		name: "sink/one-that-refuses-keeps-it-from-the-rest",
		file: "future/sink/fanout.go",
		old:  "		if e := b.s.Put(v); err == nil {\n			err = e\n		}",
		new:  "		if e := b.s.Put(v); e != nil {\n			return e\n		}",
		test: sinkTests("FanoutFails"),
	},
	{
		name: "sink/a-state-is-left-when-closed",
		file: "future/sink/ends.go",
		old:  "		u.err = future.ErrClosed\n		future.Discard(u.take())",
		new:  "		u.err = future.ErrClosed",
		test: sinkTests("UnfoldEnds"),
	},
	{
		name: "coord/a-sink-keeps-room-that-nobody-wants",
		file: "future/coord/sink.go",
		old:  "		k.take().Drop()",
		new:  "		k.take()",
		test: coordTests("SenderSinkGivesBack"),
	},
	{
		name: "coord/a-sink-reserves-twice",
		file: "future/coord/sink.go",
		old:  "	if k.has {\n		return future.Ready(future.Unit{})\n	}",
		new:  "",
		test: coordTests("SenderSinkReadyAgain"),
	},
	{
		name: "codec/what-says-the-end-stays-here",
		file: "future/codec/framedwrite.go",
		old:  "		f.told = true //",
		new:  "		f.told = true; return a //",
		test: codecTests("FramedWriteIsASink"),
	},
	{
		name: "codec/half-a-message-reaches-into-the-next-datagram",
		file: "future/codec/length.go",
		old:  "			d.total = 0\n",
		new:  "",
		test: datagramTests("FramedReadDatagramsByThemselves"),
	},
	{
		name: "aio/what-is-sent-changes-with-the-buffer",
		file: "future/aio/sink.go",
		old:  "		if w.copies {",
		new:  "		if false {",
		test: aioTests("ToSink"),
	},
	{
		name: "datagram/half-a-frame-is-nothing",
		file: "reactor/datagram/read.go",
		old:  "	if left && err == codec.ErrMore {",
		new:  "	if false {",
		test: datagramTests("FramedReadDatagramsByThemselves"),
	},
	{
		name: "datagram/a-cut-one-passes-for-whole",
		file: "reactor/datagram/read.go",
		old:  "	if f.cut && f.end == f.to {",
		new:  "	if false {",
		test: datagramTests("FramedReadLimit"),
	},
	{
		name: "datagram/one-without-bytes-is-not-sent",
		file: "reactor/datagram/write.go",
		old:  "	if !f.full {",
		new:  "	if !f.full || len(f.buf) == 0 {",
		test: datagramTests("FramedWrite$"),
	},
}
