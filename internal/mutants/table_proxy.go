package main

var (
	proxyTCP  = test{pkg: "./serve/proxy", run: "Test[^H]"}
	proxyHTTP = test{pkg: "./serve/proxy", run: "TestHTTP"}
)

var proxyMutants = []mutant{
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
		old: `	for _, name := range hop {
		h.Del(name)
	}`,
		new:  ``,
		test: proxyHTTP,
	},
	{
		name: "proxy/fields-that-Connection-names-are-passed-on",
		file: "serve/proxy/http.go",
		old:  `} else if name != "" {`,
		new:  `} else if false {`,
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
	return future.Done`,
		new: `		p.up = nil
	}
	return future.Done`,
		test: proxyHTTP,
	},
}
