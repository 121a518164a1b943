package main

const (
	coordOneshot = "future/coord/oneshot.go"
	coordChannel = "future/coord/channel.go"
	coordPermit  = "future/coord/permit.go"
)

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
	{
		name: "channel/lock-without-cas",
		file: coordChannel,
		old:  `	if e&endLocked == 0 && end.CompareAndSwap(e, e|endLocked) {`,
		new:  `	if end.Store(e | endLocked); e&endLocked == 0 {`,
		test: coordModels("Channel"),
	},
	{
		name: "channel/value-is-published-before-it-is-there",
		file: coordChannel,
		old: `	slot := &c.last.slots[i]
	word.Write(unsafe.Pointer(slot))
	*slot = v
`,
		new: `	slot := &c.last.slots[i]
	c.tail.Store(t + endOne | endLocked)
	word.Write(unsafe.Pointer(slot))
	*slot = v
`,
		test: coordModels("ChannelOne"),
	},
	{
		name: "channel/receiver-looks-before-it-waits-only",
		file: "future/coord/recv.go",
		old: `		if c.available() {
			break
		}
		if s == waitlist.Closed {`,
		new:   `		if s == waitlist.Closed {`,
		test:  coordModels("Channel"),
		short: true,
	},
	{
		name: "channel/room-goes-unnoticed",
		file: coordChannel,
		old: `	c.head.Store(h)
	if !c.senders.Empty() {
		c.grant()
	}`,
		new:  `	c.head.Store(h)`,
		test: coordTests("MPSC"),
	},
	{
		name: "channel/sender-looks-before-it-waits-only",
		file: coordPermit,
		old: `		c.grant() // for room that came before it was in line
`,
		new:   ``,
		test:  coordModels("ChannelRoom"),
		short: true,
	},
	{
		name: "channel/given-up-turn-is-lost",
		file: coordPermit,
		old: `	if p.has || c.senders.Leave(&p.node) {
		p.has = false
		c.release(p.want)
		return
	}`,
		new:  `	c.senders.Leave(&p.node)`,
		test: coordTests("MPSC"),
	},
	{
		name: "channel/who-wanted-much-blocks-the-line-when-gone",
		file: coordPermit,
		old: `	c.grant() // one behind it may want less
`,
		new:  ``,
		test: coordTests("MPSC"),
	},
	{
		name: "channel/comers-overtake-those-in-line",
		file: coordPermit,
		old:  `c.room(t, want) < want || !c.senders.Empty()`,
		new:  `c.room(t, want) < want`,
		test: coordTests("MPSC"),
	},
	{
		name: "channel/permits-do-not-count",
		file: coordPermit,
		old: `			c.promised += want
			ws[n]`,
		new:  `			ws[n]`,
		test: coordTests("MPSC"),
	},
	{
		name: "channel/last-permit-is-not-told",
		file: coordPermit,
		old: `	c.tail.Store(t)
	if over {
		c.receivers.Close(nil)
	}
	c.grant()`,
		new: `	c.tail.Store(t)
	_ = over
	c.grant()`,
		test: coordModels("ChannelCloseAgainstPermit"),
	},
	{
		name: "channel/closed-before-the-last-permit",
		file: coordChannel,
		old: `	over := c.promised == 0
	c.tail.Store(t | flags)`,
		new: `	over := true
	c.tail.Store(t | flags)`,
		test: coordTests("MPSC"),
	},
	{
		name: "channel/permit-is-used-twice",
		file: coordPermit,
		old:  `	if k.number != p.number || k.left == 0 {`,
		new:  `	if false {`,
		test: coordTests("MPSC"),
	},
	{
		name: "channel/sent-to-nobody",
		file: coordPermit,
		old:  `	if t&tailGone != 0 {`,
		new:  `	if false {`,
		test: coordTests("MPSC"),
	},
	{
		name: "channel/piece-is-recycled-over-another",
		file: coordChannel,
		old: `	if !c.used.CompareAndSwap(top, b) {
		b.next = nil
		c.kept = 1
		c.used.Store(b)
	}`,
		new:  `	c.used.Store(b)`,
		test: coordModels("ChannelPieces"),
	},
	{
		name: "channel/passed-over-and-last-in-line",
		file: "future/coord/recv.go",
		old:  `			s = waitFirst(&c.receivers, n, cx.Waker())`,
		new:  `			s = c.receivers.Wait(n, cx.Waker())`,
		test: coordTests("MPMC"),
	},
	{
		name: "channel/receiver-keeps-its-turn",
		file: "future/coord/recv.go",
		old: `	if c.shared && !c.receivers.Empty() && c.available() {
		c.receivers.NotifyOne(nil)
	}`,
		new:  ``,
		test: coordTests("MPMC"),
	},
	{
		name: "channel/two-receivers-take-the-same",
		file: coordChannel,
		old: `	if c.shared {
		return lockEnd(&c.head)
	}`,
		new:  ``,
		test: coordModels("Channel(ReceiversShare|PassedOver)"),
	},
	{
		name: "channel/what-is-left-is-not-discarded",
		file: coordChannel,
		old:  `		future.Discard(v)`,
		new:  `		_ = v`,
		test: coordTests("Channel"),
	},
	{
		name: "channel/a-weak-sender-wakes-the-dead",
		file: "future/coord/sender.go",
		old: `		if n == 0 {
			return false
		}
		if c.senderCount`,
		new:  `		if c.senderCount`,
		test: coordTests("Channel"),
	},
}
