package main

var (
	proxyTCP   = test{pkg: "./serve/proxy", run: "Test[^H]"}
	clientPass = test{pkg: "./serve/client", run: "TestPass"}
	clientEnds = test{pkg: "./serve/client", run: "TestContentIsClosed|TestEarlyAnswerForgets|TestRoundTripUpgrades"}

	proxyHTTP = test{pkg: "./serve/proxy", run: "TestHTTP"}
)

var proxyMutants = []mutant{
	{
		name: "proxy/a-server-is-left-out-for-want-of-descriptors",
		file: "serve/proxy/pool.go",
		old:  `!lacking(err) && `,
		new:  ``,
		test: proxyTCP,
	},
	{
		name: "proxy/an-address-that-is-none-is-a-server-that-is-down",
		file: "serve/proxy/pool.go",
		old:  `n, err = net.LookupPort(network, port); err == nil && n == 0`,
		new:  `n = len(port); n == 0`,
		test: proxyTCP,
	},
	{
		name: "proxy/a-server-that-is-left-out-is-chosen-as-any",
		file: "serve/proxy/pool.go",
		old: `		r++
`,
		new:  ``,
		test: proxyTCP,
	},
	{
		name: "proxy/one-that-is-to-be-avoided-is-chosen",
		file: "serve/proxy/pool.go",
		old:  `r += 2`,
		new:  `r += 0`,
		test: proxyTCP,
	},
	{
		name: "proxy/a-connection-that-has-ended-is-counted",
		file: "serve/proxy/connect.go",
		old: `	l.Upstream.Release()
	return`,
		new:  `	return`,
		test: proxyTCP,
	},
	{
		name: "proxy/what-breaks-off-ends-in-order",
		file: "serve/proxy/tcp.go",
		old: `		_ = t.Net().SetLinger(0)
		_ = t.Net().Close()`,
		new:  `		_ = t.Net().Close()`,
		test: proxyTCP,
	},
	{
		name: "proxy/fields-of-one-connection-are-passed-on",
		file: "serve/proxy/http.go",
		old:  `		case isOne(name, hop) || isOne(name, ours) ||`,
		new:  `		case isOne(name, ours) ||`,
		test: proxyHTTP,
	},
	{
		name: "proxy/fields-that-Connection-names-are-passed-on",
		file: "serve/proxy/http.go",
		old:  `			names = append(names, string(token))`,
		new:  `			// none`,
		test: proxyHTTP,
	},
	{
		name: "proxy/a-trailer-may-say-how-a-message-is-understood",
		file: "serve/proxy/passing.go",
		old:  `		if !mayTrail(name) {`,
		new:  `		if false {`,
		test: proxyHTTP,
	},
	{
		name: "proxy/a-server-that-is-late-has-broken-off",
		file: "serve/proxy/http.go",
		old:  `	case errors.Is(err, clock.ErrTimeout):`,
		new:  `	case false && errors.Is(err, clock.ErrTimeout):`,
		test: proxyHTTP,
	},
	{
		name: "proxy/what-the-client-sent-before-the-tunnel-is-lost",
		file: "serve/proxy/upgraded.go",
		old:  `aio.WriteAll(stream, rest)`,
		new:  `aio.WriteAll(stream, rest[:0])`,
		test: proxyHTTP,
	},
	{
		name: "proxy/a-silent-tunnel-holds-the-drain-up",
		file: "serve/proxy/upgraded.go",
		old:  `x.conn.Draining()`,
		new:  `false`,
		test: proxyHTTP,
	},
	{
		name: "proxy/a-request-that-is-over-is-counted-for-its-server",
		file: "serve/proxy/passing.go",
		old: `		p.up.Release()
		p.up = nil
	}
	if p.buf`,
		new: `		p.up = nil
	}
	if p.buf`,
		test: proxyHTTP,
	},
	{
		name: "proxy/an-upgrade-that-nobody-asked-for-is-followed",
		file: "serve/proxy/passing.go",
		old:  `asked == "" || !strings.EqualFold(`,
		new:  `false && !strings.EqualFold(`,
		test: proxyHTTP,
	},
	{
		name: "proxy/an-upgrade-in-the-middle-of-a-request-is-followed",
		file: "serve/proxy/passing.go",
		old:  ` || !p.r.Message().Done()`,
		new:  ``,
		test: proxyHTTP,
	},
	{
		name: "proxy/an-upgrade-that-is-lost-keeps-its-connection",
		file: "serve/proxy/passing.go",
		old:  `			_ = stream.Close()`,
		new:  ``,
		test: proxyHTTP,
	},
	{
		name: "proxy/who-panics-keeps-its-place-at-the-server",
		file: "serve/proxy/passing.go",
		old: `			p.Drop()
`,
		new:  ``,
		test: proxyHTTP,
	},
	{
		name: "proxy/a-tunnel-that-ends-keeps-its-place-at-the-server",
		file: "serve/proxy/upgraded.go",
		old: `	u.op.Drop()
	u.end()
`,
		new: `	u.op.Drop()
`,
		test: proxyHTTP,
	},
	{
		name: "client/content-of-an-operation-that-was-dropped-at-once-stays-open",
		file: "serve/client/do.go",
		old: `	if x.state == starting {
		x.refuse()`,
		new: `	if x.state == starting {
		// nothing`,
		test: clientEnds,
	},
	{
		name: "client/content-is-waited-for-after-the-answer",
		file: "serve/client/send.go",
		old:  `			b.ForgetRead()`,
		new:  `			_ = b`,
		test: clientEnds,
	},
	{
		name: "client/what-was-read-before-an-upgrade-is-lost",
		file: "serve/client/roundtrip.go",
		old:  `stream: stream, read: read}`,
		new:  `stream: stream, read: read[:0]}`,
		test: clientEnds,
	},
	{
		name: "proxy/content-of-no-type-is-said-to-be-text",
		file: "serve/proxy/passing.go",
		old:  `	w.SetContentType(typ)`,
		new: `	if typ != "" {
		w.SetContentType(typ)
	}`,
		test: proxyHTTP,
	},
	{
		name: "proxy/a-link-that-nobody-gets-as-OnHealth-panics-stays",
		file: "serve/proxy/connect.go",
		old:  `		if !told {`,
		new:  `		if !told && false {`,
		test: proxyTCP,
	},
	{
		name: "proxy/a-response-that-nobody-gets-as-OnHealth-panics-stays",
		file: "serve/proxy/passing.go",
		old:  "		p.resp = resp\n		p.up.answered()\n",
		new:  "		p.up.answered()\n		p.resp = resp\n",
		test: proxyTCP,
	},
	{
		name: "client/fields-of-an-interim-response-are-the-last-ones",
		file: "serve/client/pass.go",
		old:  `r.scan, r.fields = 0, r.fields[:0]`,
		new:  `r.scan = 0`,
		test: clientPass,
	},
	{
		name: "client/content-that-was-read-is-sent-again",
		file: "serve/client/do.go",
		old:  `		if x.msg.Body != nil {`,
		new:  `		if false {`,
		test: clientPass,
	},
	{
		name: "client/what-a-pool-kept-of-a-header-is-another-ones",
		file: "serve/client/input.go",
		old:  `in.room[:0], in.fields[:0]`,
		new:  `in.room[:0], in.fields`,
		test: clientPass,
	},
	{
		name: "proxy/who-was-asked-before-is-forgotten",
		file: "serve/proxy/http.go",
		old:  `			forwarded = append(append(forwarded, value...), ", "...)`,
		new:  `			_ = value`,
		test: proxyHTTP,
	},
	{
		name: "proxy/a-target-that-names-a-host-is-passed-on-with-that",
		file: "serve/proxy/http.go",
		old:  `		target = []byte(u.RequestURI())`,
		new:  `		_ = u`,
		test: proxyHTTP,
	},
	{
		name: "proxy/a-type-that-Connection-names-is-passed-on",
		file: "serve/proxy/passing.go",
		old:  `"Content-Length") || isOne(name, names):`,
		new:  `"Content-Length") || isOne(name, names) && !http1.EqualFold(name, "Content-Type"):`,
		test: proxyHTTP,
	},
	{
		name: "proxy/the-header-of-a-stream-waits-for-the-stream",
		file: "serve/proxy/passing.go",
		old:  `p.held == 0 && (p.begun || p.resp.ContentLength >= 0) {`,
		new:  `p.held == 0 {`,
		test: test{pkg: "./serve/proxy", run: "SilentStream"},
	},
	{
		name: "client/the-time-that-content-takes-is-the-servers",
		file: "serve/client/do.go",
		old:  `	in := x.msg != nil && !x.sent && x.send.moved`,
		new:  `	in := false`,
		test: clientPass,
	},
	{
		name: "client/a-server-that-takes-nothing-is-never-late",
		file: "serve/client/do.go",
		old:  `	x.send.moved = false`,
		new:  ``,
		test: clientPass,
	},
	{
		name: "client/what-was-said-unasked-under-TLS-is-taken-for-an-answer",
		file: "serve/client/conn.go",
		old:  `		return k.tls.PollRead(cx, k.unasked[:]).IsPending()`,
		new:  `		return true`,
		test: test{pkg: "./serve/client", run: "KeptConnections"},
	},
	{
		name: "client/a-secret-whose-name-is-in-small-letters-is-shown",
		file: "serve/client/do.go",
		old:  `slices.Contains(names, http.CanonicalHeaderKey(name))`,
		new:  `slices.Contains(names, name)`,
		test: test{pkg: "./serve/client", run: "NamesOfFields"},
	},
	{
		name: "client/content-that-is-longer-is-cut",
		file: "serve/client/send.go",
		old:  `s.closer, s.exact = req.Body, true`,
		new:  `s.closer, s.exact = req.Body, false`,
		test: test{pkg: "./serve/client", run: "Longer"},
	},
}
