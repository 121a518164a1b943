package main

const (
	waitlistHeld = "internal/waitlist/held.go"
	waitlistList = "internal/waitlist/list.go"
	waitlistNode = "internal/waitlist/node.go"
)

var (
	waitlistModels = test{pkg: "./internal/waitlist", run: "TestModelWaitlist", tags: "explore"}
	waitlistTests  = test{pkg: "./internal/waitlist", run: "."}
)

var waitlistMutants = []mutant{
	{
		name: "waitlist/first-joins-whatever-the-list-has-become",
		file: waitlistList,
		old:  `	if l.head.CompareAndSwap(nil, n) {`,
		new:  `	if l.head.Store(n); true {`,
		test: waitlistModels,
	},
	{
		name: "waitlist/first-takes-its-mark-along-from-a-closed-list",
		file: waitlistList,
		old:  `n.self, n.waker, n.place, n.closed = n, clone, 0, false`,
		new:  `n.self, n.waker, n.place = n, clone, 0`,
		test: waitlistTests,
	},
	{
		name: "waitlist/one-that-could-not-be-first-is-in-line",
		file: waitlistList,
		old: `	n.self, n.waker = nil, waker.Waker{}
	n.prev`,
		new:  `	n.prev`,
		test: waitlistModels,
	},
	{
		name: "waitlist/told-in-the-wait-before",
		file: waitlistNode,
		old: `		n.seen = n.told.Load()
`,
		new:  ``,
		test: waitlistTests,
	},
	{
		name: "waitlist/lock-without-cas",
		file: waitlistHeld,
		old:  `	if first == busy || !l.head.CompareAndSwap(first, busy) {`,
		new:  `	if l.head.Store(busy); first == busy {`,
		test: waitlistModels,
	},
	{
		name: "waitlist/contend-without-cas",
		file: waitlistHeld,
		old:  `			if l.head.CompareAndSwap(first, busy) {`,
		new:  `			if l.head.Store(busy); true {`,
		test: waitlistModels,
	},
	{
		name: "waitlist/told-before-its-waker-is-read",
		file: waitlistHeld,
		old:  "	h.unlink(n)\n	n.look()\n	w, why := n.waker, Notified\n	if h.closed {\n		why = Closed\n	}\n	n.tell(why)\n	return w",
		new:  "	why := Notified\n	if h.closed {\n		why = Closed\n	}\n	n.tell(why)\n	h.unlink(n)\n	n.look()\n	return n.waker",
		test: waitlistModels,
	},
	{
		name: "waitlist/take-leaves-it-in-the-circle",
		file: waitlistHeld,
		old: `func (h *Held) Take(n *Node) waker.Waker {
	h.unlink(n)
`,
		new: `func (h *Held) Take(n *Node) waker.Waker {
	h.first = n.next
`,
		test: waitlistModels,
	},
	{
		name: "waitlist/unlink-of-the-first-empties-the-list",
		file: waitlistHeld,
		old:  `		h.first = n.next`,
		new:  `		h.first = nil`,
		test: waitlistModels,
	},
	{
		name: "waitlist/closed-is-forgotten-between-batches",
		file: waitlistHeld,
		old:  `		first.closed = h.closed`,
		new:  `		first.closed = false`,
		test: waitlistTests,
	},
	{
		name: "waitlist/close-leaves-the-list-open",
		file: waitlistHeld,
		old: `	} else if h.closed {
		first = over
	}`,
		new:   `	}`,
		test:  waitlistModels,
		short: true,
	},
	{
		name: "waitlist/last-comer-goes-first",
		file: waitlistHeld,
		old:  `	h.enter(n, last, h.first, last.place+1, w)`,
		new: `	h.enter(n, last, h.first, last.place+1, w)
	h.first = n`,
		test: waitlistTests,
	},
	{
		name: "waitlist/leave-forgets-the-turn",
		file: waitlistList,
		old:  `	return n.answer() == Notified`,
		new:  `	return n.answer() == Out`,
		test: waitlistModels,
	},
	{
		name: "waitlist/leave-does-not-look-again-under-the-lock",
		file: waitlistList,
		old: `		if n.State() == Waiting {
			w := h.Withdraw(n)`,
		new: `		if true {
			w := h.Withdraw(n)`,
		test: waitlistModels,
	},
	{
		name: "waitlist/leave-keeps-the-waker",
		file: waitlistList,
		old: `			h.Unlock()
			w.Drop()
			return false`,
		new: `			h.Unlock()
			_ = w
			return false`,
		test: waitlistModels,
	},
	{
		name: "waitlist/join-of-a-list-closed-meanwhile",
		file: waitlistList,
		old: `	h := l.Lock()
	if h.closed {
		h.Unlock()
		clone.Drop()
		return Closed
	}
	h.Push(n, clone)`,
		new: `	h := l.Lock()
	h.Push(n, clone)`,
		test: waitlistModels,
	},
	{
		name: "waitlist/replaces-the-waker-of-one-that-was-told",
		file: waitlistList,
		old: `	if n.State() != Waiting {
		h.Unlock()
		clone.Drop()
		return n.answer()
	}
	n.touch()`,
		new:  `	n.touch()`,
		test: waitlistModels,
	},
	{
		name: "waitlist/replace-without-the-lock",
		file: waitlistList,
		old: `	old := n.waker
	n.waker = clone
	h.Unlock()
	old.Drop()`,
		new: `	h.Unlock()
	n.touch()
	old := n.waker
	n.waker = clone
	old.Drop()`,
		test: waitlistModels,
	},
	{
		name: "waitlist/the-old-waker-is-kept-for-a-new-one",
		file: waitlistList,
		old:  `		if n.waker.WillWake(w) {`,
		new:  `		if !n.waker.IsNoop() {`,
		test: waitlistModels,
	},
	{
		name: "waitlist/notify-all-stops-after-a-batch",
		file: waitlistList,
		old: `		if n < batch {
			told = true
			return
		}
		h = l.Lock()`,
		new: `		if n <= batch {
			told = true
			return
		}
		h = l.Lock()`,
		test: waitlistModels,
	},
	{
		name: "waitlist/notify-all-wakes-those-who-come-back",
		file: waitlistList,
		old:  `n < batch && left > 0 && h.first != nil && int32(h.first.place-last) <= 0`,
		new:  `n < batch && left >= -30 && h.first != nil`,
		test: waitlistTests,
	},
	{
		name: "waitlist/close-stops-after-a-batch",
		file: waitlistList,
		old: `		for h.closed = true; n < batch && h.first != nil; n++ {
			ws[n] = h.Take(h.first)
		}
		h.Unlock()
		wake.All(ws[:n], report)
		if n < batch {`,
		new: `		for h.closed = true; n < batch && h.first != nil; n++ {
			ws[n] = h.Take(h.first)
		}
		h.Unlock()
		wake.All(ws[:n], report)
		if n <= batch {`,
		test: waitlistModels,
	},
	{
		name: "waitlist/wakes-under-the-lock",
		file: waitlistList,
		old: `	w := h.Take(h.first)
	h.Unlock()
	wake.One(w, report)`,
		new: `	w := h.Take(h.first)
	wake.One(w, report)
	h.Unlock()`,
		test: waitlistTests,
	},
	{
		name: "waitlist/answer-keeps-the-waker",
		file: waitlistNode,
		old:  `		n.waker, n.self = waker.Waker{}, nil`,
		new:  `		n.self = nil`,
		test: waitlistModels,
	},
	{
		name: "waitlist/moved-and-nobody-notices",
		file: waitlistNode,
		old:  `	if n.self != n {`,
		new:  `	if n.self == nil {`,
		test: waitlistTests,
	},
	{
		name: "wake/one-that-panics-ends-the-row",
		file: "internal/wake/wake.go",
		old: `	for len(ws) > 0 {
		ws = ws[some(ws, report):]
	}`,
		new:  `	some(ws, report)`,
		test: test{pkg: "./internal/wake", run: "."},
	},
	{
		name: "wake/goexit-ends-the-row",
		file: "internal/wake/wake.go",
		old: `			All(ws[called:], report)
`,
		new:  ``,
		test: test{pkg: "./internal/wake", run: "."},
	},
}
