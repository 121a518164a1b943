package main

const coordOneshot = "future/coord/oneshot.go"

func coordTests(name string) test { return test{pkg: "./future/coord", run: "Test" + name} }

func coordModels(name string) test {
	return test{pkg: "./future/coord", run: "TestModel" + name, tags: "explore"}
}

var coordChanMutants = []mutant{
	{
		name: "oneshot/send-over-a-refusal",
		file: coordOneshot,
		old:  `	if !o.state.CompareAndSwap(oneshotEmpty, oneshotSent) {`,
		new:  `	if o.state.Store(oneshotSent); false {`,
		test: coordModels("Oneshot"),
	},
	{
		name: "oneshot/refused-value-is-kept",
		file: coordOneshot,
		old:  `		o.value = none`,
		new:  `		_ = none`,
		test: coordModels("Oneshot"),
	},
	{
		name:  "oneshot/receiver-looks-before-it-waits-only",
		file:  coordOneshot,
		old:   `		if state = o.state.Load(); state == oneshotEmpty {`,
		new:   `		if state == oneshotEmpty {`,
		test:  coordModels("Oneshot"),
		short: true,
	},
	{
		name: "coord/closed-looks-before-it-waits-only",
		file: "future/coord/closed.go",
		old: `		if !c.of.ended() {
			return future.Pending`,
		new: `		if true {
			return future.Pending`,
		test: coordModels("Oneshot"),
	},
	{
		name: "oneshot/taken-twice",
		file: coordOneshot,
		old:  `	if !o.state.CompareAndSwap(oneshotSent, oneshotTaken) {`,
		new:  `	if o.state.Store(oneshotTaken); false {`,
		test: coordTests("Oneshot"),
	},
	{
		name: "oneshot/closed-sleeps-through-the-receive",
		file: coordOneshot,
		old: `	v, o.value = o.value, none
	o.closings.NotifyAll(nil)`,
		new:  `	v, o.value = o.value, none`,
		test: coordModels("Oneshot"),
	},
	{
		name: "oneshot/refusal-is-not-told",
		file: coordOneshot,
		old: `	o.receives.NotifyOne(nil)
	o.closings.NotifyAll(nil)
	return true`,
		new:  `	return true`,
		test: coordModels("Oneshot"),
	},
	{
		name:  "oneshot/dropped-receiver-keeps-the-value",
		file:  coordOneshot,
		old:   `		future.Discard(v)`,
		new:   `		_ = v`,
		test:  coordTests("Oneshot"),
		short: true,
	},
	{
		name: "oneshot/given-up-receive-stays-in-line",
		file: coordOneshot,
		old:  `		o.receives.Leave(&r.node)`,
		new:  ``,
		test: coordTests("Oneshot"),
	},
	{
		name: "coord/two-wait-where-there-is-room-for-one",
		file: "future/coord/alone.go",
		old:  `	closed, taken := h.Closed(), h.First() != nil`,
		new:  `	closed, taken := h.Closed(), false`,
		test: coordTests("Oneshot"),
	},
}
