package main

const (
	tlsGuard  = "future/tlsio/guard.go"
	tlsOutput = "future/tlsio/output.go"
	tlsConn   = "future/tlsio/conn.go"
)

func tlsTests(name string) test { return test{pkg: "./future/tlsio", run: "Test" + name} }

func tlsModels(name string) test {
	return test{pkg: "./future/tlsio", run: "TestModelGuard" + name, tags: "explore"}
}

// TLS over streams of bytes.
var tlsMutants = []mutant{
	{
		name: "tls/a-key-with-a-passphrase-is-malformed",
		file: "future/tlsio/certificates.go",
		old:  `b.Type == "ENCRYPTED PRIVATE KEY" || `,
		new:  ``,
		test: tlsTests("BadCertificates"),
	},
	{
		name:  "tls-guard/waits-for-a-word-that-has-changed",
		file:  tlsGuard,
		old:   "\t\tif g.swap(now, now|readerWaits<<as) {\n\t\t\treturn false\n\t\t}",
		new:   "\t\tg.set(readerWaits << as)\n\t\treturn false",
		test:  tlsModels("ReaderAndWriter"),
		short: true,
	},
	{
		name: "tls-guard/announces-before-the-waker-is-left",
		file: tlsGuard,
		old: `		g.cells[as].Register(cx.Waker())
		if g.swap(now, now|readerWaits<<as) {
			return false
		}`,
		new: `		if g.swap(now, now|readerWaits<<as) {
			g.cells[as].Register(cx.Waker())
			return false
		}`,
		test: tlsModels("ReaderAndWriter"),
	},
	{
		name: "tls-guard/leaves-with-chores",
		file: tlsGuard,
		old:  "\t\tif !g.swap(now, now&^(held|anyWaits)) {\n\t\t\tcontinue\n\t\t}",
		new:  "\t\tg.w.Store(uint32(g.load() &^ (held | anyWaits)))",
		test: tlsModels("Chores"),
	},
	{
		name: "tls-guard/wakes-the-writer-only",
		file: tlsGuard,
		old:  "\t\tif now&readerWaits != 0 {",
		new:  "\t\tif now&readerWaits != 0 && now&writerWaits != 0 {",
		test: tlsModels("ReaderAndWriter"),
	},
	{
		name: "tls-guard/asks-and-stays",
		file: tlsGuard,
		old:  "\t\tif now&held == 0 {\n\t\t\tg.leave(h)\n\t\t}",
		new:  "\t\tif now&held != 0 {\n\t\t\tg.leave(h)\n\t\t}",
		test: tlsModels("Chores"),
	},
	{
		name: "tls/writer-that-does-not-wait-keeps-its-place",
		file: tlsOutput,
		old:  "\tif c.flushing[writing] {\n\t\tc.flushing[writing] = false\n",
		new:  "\tif c.flushing[writing] {\n",
		test: tlsTests("GivenUp|CutEcho"),
	},
	{
		name: "tls/deadline-is-final",
		file: tlsOutput,
		old:  "\tif !late(err) {\n\t\tc.writeErr = err",
		new:  "\tif true {\n\t\tc.writeErr = err",
		test: tlsTests("Deadlines"),
	},
	{
		name: "tls/error-of-a-read-is-not-final",
		file: tlsConn,
		old:  "\tif err != nil && !late(err) {\n\t\tc.readErr = err\n\t}",
		new:  "\tif err == errClosed {\n\t\tc.readErr = err\n\t}",
		test: tlsTests("CloseWrite|Truncation"),
	},
	{
		name: "tls/reader-sends-nothing",
		file: tlsConn,
		old:  "\tif c.out.left() > 0 || c.unflushed {\n\t\tc.flushAside(cx)\n\t}",
		new:  "",
		test: tlsTests("GivenUp"),
	},
	{
		name: "aio/the-end-itself-is-not-flushed",
		file: "future/aio/write.go",
		old:  "if err = closeWrite(o.w); err == nil {\n\t\t\t\tcontinue",
		new:  "if err = closeWrite(o.w); err != nil {\n\t\t\t\tcontinue",
		test: tlsTests("EndThatIsSaid"),
	},
	{
		name: "tls/a-writer-that-gives-up-keeps-the-readers-place",
		file: "future/tlsio/close.go",
		old:  "if s == writing && c.flushing[reading] {",
		new:  "if s > writing && c.flushing[reading] {",
		test: tlsTests("ReaderSends"),
	},
}
