package main

func codecTests(name string) test { return test{pkg: "./future/codec", run: "Test" + name} }

// Frames in streams of bytes.
var codecMutants = []mutant{
	{
		name:  "codec/rest-of-a-long-line-is-a-line",
		file:  "future/codec/split.go",
		old:   `			s.seen, s.discarding = 0, true`,
		new:   `			s.seen = 0`,
		test:  codecTests("LinesTooLong"),
		short: true,
	},
	{
		name: "codec/the-end-of-a-line-counts",
		file: "future/codec/split.go",
		old:  `		case len(src)-tail > max:`,
		new:  `		case len(src) > max:`,
		test: codecTests("LinesTooLong"),
	},
	{
		name: "codec/length-without-a-limit",
		file: "future/codec/length.go",
		old:  `	case d.Adjust > 0 && body < length, body > uint64(max):`,
		new:  `	case body > uint64(max) && max > DefaultMaxFrame:`,
		test: codecTests("LengthDelimited"),
	},
	{
		name: "codec/length-wraps",
		file: "future/codec/length.go",
		old:  `	case d.Adjust > 0 && body < length, body > uint64(max):`,
		new:  `	case body > uint64(max):`,
		test: codecTests("LengthDelimitedBadLengths"),
	},
	{
		name: "codec/limit-leaves-no-room-for-the-head",
		file: "future/codec/length.go",
		old:  `	max := min(limit("LengthDelimited", d.Max, DefaultMaxFrame), math.MaxInt-d.head())`,
		new:  `	max := limit("LengthDelimited", d.Max, DefaultMaxFrame)`,
		test: codecTests("LengthDelimitedBadLengths"),
	},
	{
		name: "codec/new-limit-for-a-message-under-way",
		file: "future/codec/length.go",
		old:  `	if d.total == 0 {`,
		new:  `	if true {`,
		test: codecTests("LengthDelimitedLimitChanges"),
	},
	{
		name: "codec/half-a-frame-passes-for-the-end",
		file: "future/codec/framedread.go",
		old:  `	if f.over = true; f.from < f.to {`,
		new:  `	if f.over = true; false {`,
		test: codecTests("FramedRead"),
	},
	{
		name: "codec/bad-frame-ends-the-stream",
		file: "future/codec/framedread.go",
		old:  `		f.over = n == 0`,
		new:  `		f.over = true`,
		test: codecTests("FramedRead"),
	},
	{
		name: "codec/buffer-beyond-its-limit",
		file: "future/codec/framedread.go",
		old:  `		grown := make([]byte, min(2*len(f.buf), f.limit))`,
		new:  `		grown := make([]byte, 2*len(f.buf)+f.limit)`,
		test: codecTests("FramedReadLimit"),
	},
	{
		name: "codec/new-decoder-waits-for-bytes",
		file: "future/codec/framedread.go",
		old:  `	f.dec, f.untried = dec, f.from < f.to || f.ended`,
		new:  `	f.dec, f.untried = dec, false`,
		test: codecTests("FramedReadSetDecoder"),
	},
	{
		name: "codec/no-high-water-mark",
		file: "future/codec/framedwrite.go",
		old:  `	if f.err == nil && f.Pending() >= f.mark {`,
		new:  `	if f.err == nil && f.Pending() >= f.mark && false {`,
		test: codecTests("FramedWriteBackPressure"),
	},
	{
		name: "codec/half-a-frame-is-sent",
		file: "future/codec/framedwrite.go",
		old:  `	if err == nil {` + "\n\t\tf.buf = buf",
		new:  `	if true {` + "\n\t\tf.buf = buf",
		test: codecTests("FramedWriteHalfAFrame"),
	},
	{
		name: "codec/bytes-are-skipped-when-they-move",
		file: "future/codec/framedwrite.go",
		old:  `		f.buf = append(f.buf[:0], f.buf[f.from:]...)` + "\n\t\tf.from = 0",
		new:  `		f.buf = append(f.buf[:0], f.buf[f.from:]...)`,
		test: codecTests("FramedWriteSlowly"),
	},
}
