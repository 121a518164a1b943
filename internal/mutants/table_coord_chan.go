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
		name: "oneshot/receiver-looks-before-it-waits-only",
		file: coordOneshot,
		old:  `		if state = o.state.Load(); state == oneshotEmpty {`,
		new:  `		if state == oneshotEmpty {`,
		test: coordModels("Oneshot"),
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
		name: "oneshot/dropped-receiver-keeps-the-value",
		file: coordOneshot,
		old:  `		future.Discard(v)`,
		new:  `		_ = v`,
		test: coordTests("Oneshot"),
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
		old:  `	if h.First() != nil {`,
		new:  `	if false {`,
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
		if s != waitlist.Closed ||`,
		new:  `		if s != waitlist.Closed ||`,
		test: coordModels("Channel"),
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
		name: "channel/room-for-the-last-value-is-overlooked",
		file: coordPermit,
		old:  `/endOne < int64(c.limit)`,
		new:  `/endOne < int64(c.limit)-1`,
		test: coordModels("ChannelRoom"),
	},
	{
		name: "channel/sender-looks-before-it-waits-only",
		file: coordPermit,
		old:  `		if only && c.mayHaveRoom() {`,
		new:  `		if false && only {`,
		test: coordModels("ChannelRoom"),
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
		new: `		if false {
			future.Discard(v)
		}`,
		test: coordTests("Channel"),
	},
	{
		name: "channel/a-weak-sender-wakes-the-dead",
		file: "future/coord/count.go",
		old: `		if n == 0 {
			return false
		}
		if c.strong`,
		new:  `		if c.strong`,
		test: coordTests("Channel"),
	},
	{
		name: "news/looks-before-it-waits-only",
		file: "future/coord/news.go",
		old: `	at, over = n.now()
	return at != seen, over`,
		new:  `	return at != seen, over`,
		test: coordModels("(Watch|Broadcast)"),
	},
	{
		name: "news/told-of-what-was-seen-and-out-of-line",
		file: "future/coord/news.go",
		old: `		n.line.Wait(node, w) // it was told of what had been seen
`,
		new:  ``,
		test: coordTests("Watch"),
	},
	{
		name: "news/the-end-hides-the-last",
		file: "future/coord/news.go",
		old: `		return at != seen, over
	}
	if n.line`,
		new: `		return at != seen && !over, over
	}
	if n.line`,
		test: coordTests("(Watch|Broadcast)"),
	},
	{
		name: "news/the-end-is-not-told",
		file: "future/coord/news.go",
		old: `	n.at.Add(newsOver)
	n.line.Close(nil)`,
		new:  `	n.at.Add(newsOver)`,
		test: coordTests("(Watch|Broadcast)"),
	},
	{
		name: "watch/told-before-the-value-is-there",
		file: "future/coord/watch.go",
		old: `	word.Write(unsafe.Pointer(&w.value))
	old, w.value = w.value, v
	w.news.add()
	w.lock.Unlock()
	w.news.tell()`,
		new: `	w.news.add()
	w.news.tell()
	w.lock.Unlock()
	w.lock.Lock()
	word.Write(unsafe.Pointer(&w.value))
	old, w.value = w.value, v
	w.lock.Unlock()`,
		test: coordModels("Watch"),
	},
	{
		name: "watch/changes-at-once-are-lost",
		file: "future/coord/watch.go",
		old:  `	for !w.changing.CompareAndSwap(false, true) {`,
		new:  `	for w.changing.Store(true); false; {`,
		test: coordModels("WatchModify"),
	},
	{
		name: "watch/read-without-the-lock",
		file: "future/coord/watch.go",
		old: `	w.lock.Lock()
	word.Read(unsafe.Pointer(&w.value))
	v := w.value
	version, _ := w.news.now()
	w.lock.Unlock()`,
		new: `	word.Read(unsafe.Pointer(&w.value))
	v := w.value
	version, _ := w.news.now()`,
		test: coordModels("Watch"),
	},
	{
		name: "watch/a-panic-keeps-senders-out",
		file: "future/coord/watch.go",
		old: `		w.draft = none
		w.endChange()`,
		new: `		w.draft = none
		if recover() == nil {
			w.endChange()
		}`,
		test: coordTests("Watch"),
	},
	{
		name: "watch/changed-does-not-mark",
		file: "future/coord/watch.go",
		old: `	r.MarkUnchanged()
	return future.Ready(future.Unit{})`,
		new: `	_ = r
	return future.Ready(future.Unit{})`,
		test: coordTests("Watch"),
	},
	{
		name: "watch/dropped-wait-stays-in-line",
		file: "future/coord/watch.go",
		old: `		r.w.news.line.Leave(&c.node) // all are told, so there is no turn to hand on
`,
		new:  ``,
		test: coordTests("Watch"),
	},
	{
		name: "broadcast/missed-is-not-counted",
		file: "future/coord/broadcast.go",
		old: `		missed := oldest - r.passed
`,
		new: `		missed := oldest - r.passed - 1
`,
		test: coordTests("Broadcast"),
	},
	{
		name: "broadcast/overtaken-unnoticed",
		file: "future/coord/broadcast.go",
		old:  `r.passed < oldest {`,
		new:  `r.passed+1 < oldest {`,
		test: coordTests("Broadcast"),
	},
	{
		name: "broadcast/value-is-kept-when-all-have-it",
		file: "future/coord/broadcast.go",
		old: `	var none T
	slot.v = none
`,
		new:  ``,
		test: coordModels("Broadcast"),
	},
	{
		name: "broadcast/dropped-receiver-still-counts",
		file: "future/coord/broadcast.go",
		old: `		b.pass(i)
	}
	b.receivers--`,
		new: `		_ = i
	}
	b.receivers--`,
		test: coordTests("Broadcast"),
	},
	{
		name: "broadcast/what-is-overwritten-still-counts",
		file: "future/coord/broadcast.go",
		old: `	b.received = max(b.received, b.oldest(sent+1))
`,
		new:  ``,
		test: coordTests("Broadcast"),
	},
	{
		name: "broadcast/receive-without-the-lock",
		file: "future/coord/broadcast.go",
		old: `	v = slot.v
	b.pass(r.passed)
	r.passed++
	b.lock.Unlock()`,
		new: `	b.lock.Unlock()
	word.Write(unsafe.Pointer(slot))
	v = slot.v
	b.pass(r.passed)
	r.passed++`,
		test: coordModels("Broadcast"),
	},
	{
		name: "spin/late-lock-does-not-wait",
		file: "internal/spin/spin.go",
		old:  "	l.slow(5)\n",
		new:  "",
		test: coordModels("Broadcast"),
	},
	{
		name: "broadcast/newcomer-gets-the-past",
		file: "future/coord/broadcast.go",
		old: `	r.passed = b.sent()
`,
		new: `	r.passed = b.oldest(b.sent())
`,
		test: coordTests("Broadcast"),
	},
	{
		name: "coord/somebody-receives-again-unnoticed",
		file: "future/coord/closed.go",
		old: `			l.Wait(&c.node, cx.Waker()) // somebody receives again
`,
		new:  ``,
		test: coordTests("(Watch|Broadcast)"),
	},
}
