package main

var dialTests = test{pkg: "./reactor/netio", run: "Dial"}

var dialMutants = []mutant{
	{
		name: "netio/dial-families-take-no-turns",
		file: "reactor/netio/dialqueue.go",
		old:  `	q.turn, q.begun = v6+v4-f, true`,
		new:  `	q.turn, q.begun = f, true`,
		test: dialTests,
	},
	{
		name: "netio/dial-does-not-wait-for-IPv6",
		file: "reactor/netio/dialqueue.go",
		old:  `				q.delay = reactor.NewAlarm(d)`,
		new:  `				q.begun = q.begun && d > 0`,
		test: dialTests,
	},
	{
		name: "netio/dial-waits-for-IPv6-that-has-failed",
		file: "reactor/netio/dialqueue.go",
		old:  `q.delay.IsSet() && (q.lookups[v6] == nil || q.delay.Poll(cx).IsReady())`,
		new:  `q.delay.IsSet() && q.delay.Poll(cx).IsReady()`,
		test: dialTests,
	},
	{
		name: "netio/dial-of-an-address-that-hangs-goes-on-alone",
		file: "reactor/netio/dial.go",
		old:  `	if delay < 0 || !d.queue.more() {`,
		new:  `	if delay >= 0 || !d.queue.more() {`,
		test: dialTests,
	},
	{
		name: "netio/dial-that-lost-stays-open",
		file: "reactor/netio/dial.go",
		old: `	d.trying[i].conn = nil
	d.Drop()`,
		new: `	d.trying = nil
	d.Drop()`,
		test: dialTests,
	},
	{
		name: "netio/dial-keeps-its-look-ups",
		file: "reactor/netio/dialqueue.go",
		old:  `			future.Drop(l)`,
		new:  `			_ = l`,
		test: dialTests,
	},
	{
		name: "netio/dial-from-another-family",
		file: "reactor/netio/dialconfig.go",
		old:  `	return !local.IsValid() || local.Is4() == a.Is4()`,
		new:  `	return !local.IsValid() || a.IsValid()`,
		test: dialTests,
	},
}
