package main

const webDeadline = "serve/web/standarddeadline.go"

var (
	webStays  = test{pkg: "./serve/web", run: "TestStandardDeadlineStays"}
	webHijack = test{pkg: "./serve/web", run: "TestStandardHijackAfter|TestStandardPanicsAfter|TestStandardContextEnds|TestStandardSwitching"}
)

var fasthttpFails = test{dir: "serve/fasthttphandler", pkg: ".", run: "TestStreamOfAHandlerThatFails"}

var fasthttpStreams = test{dir: "serve/fasthttphandler", pkg: ".", run: "TestStreamIsNotClosedOnAWorker"}

var webPanicsAfter = test{pkg: "./serve/web", run: "TestStandardPanicsAfter"}

var webFaults = test{pkg: "./serve/web", run: "TestWhoseFault"}

var webSwitches = test{pkg: "./serve/web", run: "TestSwitch"}

var webStandardMutants = []mutant{
	{
		name: "web/a-read-that-ends-takes-the-handlers-deadline-back",
		file: webDeadline,
		old:  "l.timed && !l.own",
		new:  "l.timed",
		test: webStays,
	},
	{
		name: "web/what-waits-has-our-deadline-in-place-of-the-handlers",
		file: webDeadline,
		old:  "d > 0 && !l.own",
		new:  "d > 0",
		test: webStays,
	},
	{
		name: "web/a-handlers-deadline-stays-with-the-connection",
		file: webDeadline,
		old:  "l.ended = true; l.own {",
		new:  "l.ended = true; false {",
		test: webStays,
	},
	{
		name: "web/what-is-written-behind-an-answer-is-one-of-its-own",
		file: webWriter,
		old:  "	w.ended = true // before",
		new:  "	// before",
		test: test{pkg: "./serve/web", run: "TestStandardWritesBehind"},
	},
	{
		name: "web/the-context-of-a-connection-that-was-taken-never-ends",
		file: "serve/web/standard.go",
		old:  "	s.writes.end()\n	s.cancel()\n",
		new:  "	s.writes.end()\n",
		test: webHijack,
	},
	{
		name: "web/nobody-hears-of-a-panic-after-the-task",
		file: "serve/web/standard.go",
		old:  "		tell(&o.s.x.c.Conn, o.err)",
		new:  "		_ = tell",
		test: webPanicsAfter,
	},
	{
		name: "web/an-OnError-that-panics-ends-the-process",
		file: "serve/web/standard.go",
		old:  "		if v := recover(); v != nil {\n			slog",
		new:  "		if v := any(nil); v != nil {\n			slog",
		test: webPanicsAfter,
	},
	{
		name: "web/an-end-of-the-goroutine-is-taken-for-a-panic",
		file: "serve/internal/unreturned/unreturned.go",
		old:  "	if recovered == nil {",
		new:  "	if false {",
		test: test{pkg: "./serve/web", run: "TestHandlersThatEnd"},
	},
	{
		name: "web/trailers-are-those-of-a-copy-of-the-request",
		file: "serve/web/standard.go",
		old:  "		s.body.req = req // whose",
		new:  "		s.body.req = &bare // whose",
		test: test{pkg: "./serve/web", run: "TestStandardTrailersUnannounced"},
	},
	{
		name: "web/a-header-that-was-decided-is-not-sent-before-a-hijack",
		file: "serve/web/standardhijack.go",
		old:  "	if w.wrote { // a 101",
		new:  "	if w.s.x.resp.streams { // a 101",
		test: webHijack,
	},
	{
		name: "web/status-101-has-content",
		file: "serve/web/send.go",
		old:  "return status == 101 || ",
		new:  "return ",
		test: webHijack,
	},
	{
		name: "web/a-101-that-ends-HTTP-says-that-the-connection-closes",
		file: "serve/web/send.go",
		old:  "x.closes = true; status != 101 {",
		new:  "x.closes = true; true {",
		test: webHijack,
	},
	{
		name: "web/a-read-of-content-that-was-given-up-is-waited-for",
		file: "serve/web/body.go",
		old:  "	x.wantsBody = false\n	x.c.ForgetRead()\n",
		new:  "	x.c.ForgetRead()\n",
		test: test{pkg: "./serve/web", run: "TestReadOfContentIsGivenUp"},
	},
	{
		name: "web/a-connection-switches-under-its-handler",
		file: "serve/web/conn.go",
		old:  "x.switched != nil && x.fut == nil {",
		new:  "x.switched != nil {",
		test: webSwitches,
	},
	{
		name: "web/a-switch-that-is-lost-is-told-to-nobody",
		file: "serve/web/exchange.go",
		old:  "	x.stays()\n",
		new:  "	x.switched = nil\n",
		test: webSwitches,
	},
	{
		name: "web/a-switch-after-a-failure-is-told-to-nobody",
		file: "serve/web/send.go",
		old:  "	x.stays()\n",
		new:  "	x.switched, x.lost = nil, nil\n",
		test: webSwitches,
	},
	{
		name: "web/a-switch-counts-as-lost-that-was-made",
		file: "serve/web/switch.go",
		old:  "	x.lost = nil\n",
		new:  "",
		test: test{pkg: "./serve/proxy", run: "TestHTTPUpgrade$"},
	},
	{
		name: "ws/a-future-that-has-panicked-is-dropped",
		file: "serve/ws/machine.go",
		old:  "	m.serve = nil // who panics",
		new:  "	// who panics",
		test: test{pkg: "./serve/ws", run: "TestHandlePanics"},
	},
	{
		name: "fasthttphandler/the-stream-of-a-handler-that-fails-stays-open",
		file: "serve/fasthttphandler/handler.go",
		old:  "		if !answers {\n			e.Drop()",
		new:  "		if !answers {\n			_ = e",
		test: fasthttpFails,
	},
	{
		name: "fasthttphandler/a-stream-is-closed-on-a-worker",
		file: "serve/fasthttphandler/handler.go",
		old:  "	go func() {",
		new:  "	func() {",
		test: fasthttpStreams,
	},
	{
		name: "fasthttphandler/a-header-that-cannot-be-sent-panics",
		file: "serve/fasthttphandler/response.go",
		old:  "err != nil { // for which",
		new:  "err != nil && false { // for which",
		test: fasthttpFails,
	},
	{
		name: "web/an-error-of-another-connection-is-the-clients-fault",
		file: "serve/web/send.go",
		old:  " && errors.Is(err, x.bad) && !x.resp.streams",
		new:  " && !x.resp.streams",
		test: webFaults,
	},
	{
		name: "web/content-that-breaks-the-rules-is-the-servers-fault",
		file: "serve/web/body.go",
		old:  "		x.bad = err\n",
		new:  "",
		test: webFaults,
	},
	{
		name: "web/content-that-nobody-has-read-is-the-other-protocols",
		file: "serve/web/conn.go",
		old:  "x.switched != nil && !x.req.msg.Done() {",
		new:  "false {",
		test: webSwitches,
	},
	{
		name: "web/a-switch-skips-any-amount-of-content",
		file: "serve/web/connend.go",
		old:  "		case over && x.switched != nil:",
		new:  "		case err != nil && x.switched != nil:",
		test: webSwitches,
	},
	{
		name: "web/who-waits-to-send-content-is-not-told-before-a-switch",
		file: "serve/web/switch.go",
		old:  "	x.goOn()\n",
		new:  "",
		test: webSwitches,
	},
}
