package main

var (
	http1Tests = test{pkg: "./wire/http1", run: "Test"}
)

var webMutants = []mutant{
	{
		name: "web/a-header-is-not-kept",
		file: "serve/web/exchange.go",
		old: `		x.req.msg.Bind(x.header)
`,
		new:  ``,
		test: test{pkg: "./serve/web", run: "TestKeptHeader"},
	},
	{
		name: "web/answers-are-collected-without-end",
		file: "serve/web/exchange.go",
		old:  `return len(x.out) < maxAnswers && len(x.tail) == 0`,
		new:  `return true`,
		test: test{pkg: "./serve/web", run: "TestThousandInAPacket|TestNeverReads"},
	},
	{
		name: "web/the-last-answer-of-a-drain-does-not-say-close",
		file: "serve/web/send.go",
		old:  `x.c.Draining() || `,
		new:  ``,
		test: test{pkg: "./serve/web", run: "TestDrain$"},
	},
	{
		name: "web/the-task-is-not-told-that-reading-is-its-own",
		file: "serve/web/standardbody.go",
		old: `		b.s.talk.task.Wake()
`,
		new:  ``,
		test: test{pkg: "./serve/web", run: "TestStandardContext"},
	},
	{
		name: "web/a-refusal-does-not-linger",
		file: "serve/web/connend.go",
		old:  `if !x.lingers && x.r == len(x.in) {`,
		new:  `if true {`,
		test: test{pkg: "./serve/web", run: "TestRefusals$"},
	},
	{
		name: "web/a-goroutine-writes-beside-TLS",
		file: "serve/web/standardfile.go",
		old:  ` || w.s.x.c.Secure() != nil {`,
		new:  ` {`,
		test: test{pkg: "./serve/web", run: "TestUnderTLS"},
	},
	{
		name: "web/a-client-is-told-to-go-on-in-the-middle-of-an-answer",
		file: "serve/web/body.go",
		old:  ` && !x.resp.streams {`,
		new:  ` {`,
		test: test{pkg: "./serve/web", run: "TestNoContinueInAnAnswer"},
	},
	{
		name: "web/an-http.Handler-waits-for-content-for-ever",
		file: "serve/web/standarddeadline.go",
		old:  `d > 0 && !l.own`,
		new:  `d < 0 && !l.own`,
		test: test{pkg: "./serve/web", run: "TestStandardBodyTimeout"},
	},
	{
		name: "web/the-time-out-of-content-stays-with-the-connection",
		file: "serve/web/standardbody.go",
		old:  `			b.s.reads.over()`,
		new:  ``,
		test: test{pkg: "./serve/web", run: "TestStandardBodyInTime"},
	},
	{
		name: "http1/a-bare-LF-ends-a-line-of-a-request",
		file: "wire/http1/head.go",
		old:  `if i == 0 || p[i-1] != '\r' {`,
		new:  `if i == 0 {`,
		test: http1Tests,
	},
	{
		name: "web/a-file-is-left-where-it-was-before-it-was-sent",
		file: "serve/web/standardfile.go",
		old:  `f.Seek(at+n, io.SeekStart)`,
		new:  `f.Seek(at, io.SeekStart)`,
		test: test{pkg: "./serve/web", run: "TestStandardFileInPieces"},
	},
	{
		name: "web/a-HEAD-is-told-of-a-length-that-nobody-has-said",
		file: "serve/web/send.go",
		old:  `if !bare && (!toHead || length > 0 || w.hasLength) {`,
		new:  `if !bare {`,
		test: test{pkg: "./serve/web", run: "TestStandardSaysNoMore"},
	},
	{
		name: "web/what-is-compressed-has-the-ETag-of-what-is-not",
		file: "serve/web/gzip.go",
		old: `	w.weaken()
`,
		new:  ``,
		test: test{pkg: "./serve/web", run: "TestGzip"},
	},
	{
		name: "web/a-client-of-HTTP-1.0-is-sent-an-answer-before-the-answer",
		file: "serve/web/standardwriter.go",
		old:  `	if x.req.HTTP10() {`,
		new:  `	if false {`,
		test: test{pkg: "./serve/web", run: "TestStandardFraming"},
	},
	{
		name: "client/a-connection-is-kept-whose-request-was-not-sent-to-its-end",
		file: "serve/client/do.go",
		old:  `	x.resp.last = !x.sent && !x.send.isWhole() `,
		new:  `	`,
		test: test{pkg: "./serve/client", run: "TestEarlyAnswerWithoutContent"},
	},
	{
		name: "client/a-time-out-is-repeated",
		file: "serve/client/do.go",
		old:  ` || errors.Is(err, clock.ErrTimeout)`,
		new:  ``,
		test: test{pkg: "./serve/client", run: "TestTimeoutIsNotRepeated"},
	},
}
