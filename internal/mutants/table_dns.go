package main

var dnsTests = test{pkg: "./reactor/dns", run: "Test"}

var dnsMutants = []mutant{
	{
		name: "dns/the-first-who-leaves-cancels",
		file: "reactor/dns/resolver.go",
		old:  `	last := f.askers == 0 && r.flights[q] == f`,
		new:  `	last := f.askers >= 0 && r.flights[q] == f`,
		test: dnsTests,
	},
	{
		name: "dns/a-look-up-for-nobody-goes-on",
		file: "reactor/dns/resolver.go",
		old: `		f.cancel()
		f.call.Drop()`,
		new:  `		f.call.Drop()`,
		test: dnsTests,
	},
	{
		name: "dns/the-same-list-for-all",
		file: "reactor/dns/lookup.go",
		old:  `slices.Clone(found)`,
		new:  `slices.Clip(found)`,
		test: dnsTests,
	},
	{
		name: "dns/the-last-asked-for-goes",
		file: "reactor/dns/resolver.go",
		old: `			r.order.MoveToFront(e)
`,
		new:  ``,
		test: dnsTests,
	},
	{
		name: "dns/every-failure-is-kept",
		file: "reactor/dns/resolver.go",
		old:  `!errors.As(err, &failed) || !failed.IsNotFound`,
		new:  `!errors.As(err, &failed)`,
		test: dnsTests,
	},
	{
		name: "dns/a-look-up-that-ends-its-goroutine-is-for-ever",
		file: "reactor/dns/resolver.go",
		old:  `			r.land(q, f, v, err)`,
		new: `			if err != future.ErrGoexit {
				r.land(q, f, v, err)
			}`,
		test: dnsTests,
	},
	{
		name: "dns/a-flight-that-was-refused-stays",
		file: "reactor/dns/resolver.go",
		old: `		r.land(q, f, nil, c.Err())
	}`,
		new: `		f.err = c.Err()
	}`,
		test: dnsTests,
	},
}
