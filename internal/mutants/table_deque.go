package main

const (
	dequeOwner   = "deque/deque.go"
	dequeStealer = "deque/stealer.go"
	dequeInbox   = "deque/inbox.go"
)

var (
	dequeModels   = test{pkg: "./deque", run: "TestModelDeque", tags: "explore"}
	dequeTests    = test{pkg: "./deque", run: "Test|Fuzz"}
	inboxModels   = test{pkg: "./deque", run: "TestModelInbox", tags: "explore"}
	pushAllModels = test{pkg: "./deque", run: "TestModelPushAll", tags: "explore"}
)

var dequeMutants = []mutant{
	{
		name:  "deque/claim-without-cas",
		file:  dequeOwner,
		old:   `{ return q.top.CompareAndSwap(t, t+n) }`,
		new:   `{ q.top.Store(t + n); return true }`,
		test:  dequeModels,
		short: true,
	},
	{
		name: "deque/ends-loads-bottom-first",
		file: dequeOwner,
		old: `	t = q.top.Load() // before bottom: then b-t is no more than there was
	return t, q.bottom.Load()
`,
		new: `	b = q.bottom.Load()
	return q.top.Load(), b
`,
		test: dequeModels,
	},
	{
		name: "deque/push-publishes-first",
		file: dequeOwner,
		old: `	*(*T)(d.ring.write(b, unsafe.Sizeof(v))) = v
	d.bottom = b + 1
	d.q.publish(b + 1)
`,
		new: `	d.bottom = b + 1
	d.q.publish(b + 1)
	*(*T)(d.ring.write(b, unsafe.Sizeof(v))) = v
`,
		test: dequeModels,
	},
	{
		name: "deque/push-makes-no-room",
		file: dequeOwner,
		old: `	if b-d.safe > d.ring.mask {
`,
		new: `	if b-d.safe > d.ring.mask+1 {
`,
		test: dequeModels,
	},
	{
		name: "deque/pop-newest-unannounced",
		file: dequeOwner,
		old: `		d.q.publish(b - 1)
`,
		new:  ``,
		test: dequeModels,
	},
	{
		name: "deque/pop-newest-without-the-second-look",
		file: dequeOwner,
		old:  `		if t = d.q.top.Load(); b-t > 1 {`,
		new:  `		if b-t > 1 {`,
		test: dequeModels,
	},
	{
		name: "deque/pop-newest-takes-the-last-without-cas",
		file: dequeOwner,
		old:  `		if t = d.q.top.Load(); b-t > 1 {`,
		new:  `		if t = d.q.top.Load(); b-t > 0 {`,
		test: dequeModels,
	},
	{
		name: "deque/pop-newest-shows-the-last-before-its-cas",
		file: dequeOwner,
		old:  `		// Thieves came down to it meanwhile.`,
		new: `		d.q.publish(b)
		// Thieves came down to it meanwhile.`,
		test: dequeModels,
	},
	{
		name: "deque/pop-does-not-count-its-claims",
		file: dequeOwner,
		old: `	for ; t != b; t = d.q.top.Load() {
		if d.q.claim(t, 1) {
			d.own++
`,
		new: `	for ; t != b; t = d.q.top.Load() {
		if d.q.claim(t, 1) {
`,
		test: dequeModels,
	},
	{
		name: "deque/take-leaves-the-slot-full",
		file: dequeOwner,
		old: `	*slot = zero
`,
		new: `	_ = zero
`,
		test: dequeModels,
	},
	{
		name: "deque/pop-of-nothing-does-not-sweep",
		file: dequeOwner,
		old: `	if d.q.done.Load() != d.swept {
		d.sweep()
`,
		new: `	if d.q.done.Load() < d.swept {
		d.sweep()
`,
		test: dequeModels,
	},
	{
		name: "deque/sweep-without-the-done-check",
		file: dequeOwner,
		old: `	if done != top-d.own {
		return
	}
`,
		new:  ``,
		test: dequeModels,
	},
	{
		name: "deque/sweep-reads-top-first",
		file: dequeOwner,
		old: `	done := d.q.done.Load() // before top: see the protocol
	top := d.q.top.Load()
`,
		new: `	top := d.q.top.Load()
	done := d.q.done.Load()
`,
		test: dequeModels,
	},
	{
		name: "deque/sweep-clears-nothing",
		file: dequeOwner,
		old:  `	if done != d.swept { // otherwise`,
		new:  `	if done < d.swept { // otherwise`,
		test: dequeModels,
	},
	{
		name: "deque/sweep-frees-nothing",
		file: dequeOwner,
		old: `	d.safe = top
}`,
		new:  `}`,
		test: dequeTests,
	},
	{
		name: "deque/growth-forgets-safe",
		file: dequeOwner,
		old: `	d.ring, d.safe = *r, top
`,
		new: `	d.ring = *r
`,
		test: dequeModels,
	},
	{
		name: "deque/growth-copies-what-was-stolen",
		file: dequeOwner,
		old: `	for i := top; i != d.bottom; i++ {
`,
		new: `	for i := d.safe; i != d.bottom; i++ {
`,
		test: dequeModels,
	},
	{
		name: "deque/growth-keeps-the-ring-to-itself",
		file: dequeOwner,
		old: `	d.q.ring.Store(r)
}`,
		new:  `}`,
		test: dequeModels,
	},
	{
		name: "deque/growth-without-bound",
		file: dequeOwner,
		old: `	for capacity < 2*(d.bottom-top+n) {
`,
		new: `	for capacity < 2*(d.bottom-d.safe+n)+16 {
`,
		test: dequeTests,
	},
	{
		name: "deque/steal-reads-before-its-cas",
		file: dequeStealer,
		old: `	if !s.q.claim(t, 1) {
		return v, Retry
	}
	v = *(*T)(r.read(t, unsafe.Sizeof(v)))
`,
		new: `	v = *(*T)(r.read(t, unsafe.Sizeof(v)))
	if !s.q.claim(t, 1) {
		return v, Retry
	}
`,
		test: dequeModels,
	},
	{
		name: "deque/steal-is-done-before-it-reads",
		file: dequeStealer,
		old: `	v = *(*T)(r.read(t, unsafe.Sizeof(v)))
	s.q.finish(1)
`,
		new: `	s.q.finish(1)
	v = *(*T)(r.read(t, unsafe.Sizeof(v)))
`,
		test: dequeModels,
	},
	{
		name: "deque/steal-is-never-done",
		file: dequeStealer,
		old: `	s.q.finish(1)
`,
		new:  ``,
		test: dequeModels,
	},
	{
		name: "deque/steal-loads-the-ring-first",
		file: dequeStealer,
		old: `	t, b := s.q.ends()
	if int64(b-t) <= 0 {
		return v, Empty
	}
	r := s.q.ring.Load()
`,
		new: `	r := s.q.ring.Load()
	t, b := s.q.ends()
	if int64(b-t) <= 0 {
		return v, Empty
	}
`,
		test: dequeModels,
	},
	{
		name: "deque/steal-loads-the-ring-after-its-cas",
		file: dequeStealer,
		old: `	r := s.q.ring.Load()
	if !s.q.claim(t, 1) {
		return v, Retry
	}
`,
		new: `	if !s.q.claim(t, 1) {
		return v, Retry
	}
	r := s.q.ring.Load()
`,
		test: dequeModels,
	},
	{
		name: "deque/steal-says-empty-for-retry",
		file: dequeStealer,
		old: `		return v, Retry
	}
	v = *(*T)(r.read(t, unsafe.Sizeof(v)))
	s.q.finish(1)
`,
		new: `		return v, Empty
	}
	v = *(*T)(r.read(t, unsafe.Sizeof(v)))
	s.q.finish(1)
`,
		test: dequeModels,
	},
	{
		name: "deque/steal-half-claims-one",
		file: dequeStealer,
		old:  `s.q.claim(t, want)`,
		new:  `s.q.claim(t, 1)`,
		test: dequeModels,
	},
	{
		name: "deque/steal-half-of-newest-first-at-once",
		file: dequeStealer,
		old:  `	if !s.fifo {`,
		new:  `	if want == 0 {`,
		test: dequeModels,
	},
	{
		name: "deque/steal-half-is-done-before-it-reads",
		file: dequeStealer,
		old: `	dst.pushFrom(r, t+1, want-1)
	s.q.finish(want)
`,
		new: `	s.q.finish(want)
	dst.pushFrom(r, t+1, want-1)
`,
		test: dequeModels,
	},
	{
		name: "deque/steal-half-publishes-first",
		file: dequeStealer,
		old: `	for k := range n {
`,
		new: `	d.q.publish(d.bottom + n)
	for k := range n {
`,
		test: dequeModels,
	},
	{
		name: "deque/steal-half-makes-no-room",
		file: dequeStealer,
		old: `	if d.bottom-d.safe+n > d.ring.mask+1 {
`,
		new: `	if d.bottom-d.safe > d.ring.mask+1 {
`,
		test: dequeTests,
	},
	{
		name: "deque/inbox-push-without-cas",
		file: dequeInbox,
		old:  `		if b.head.CompareAndSwap(head, (*T)(p)) {`,
		new:  `		if b.head.Store((*T)(p)); true {`,
		test: inboxModels,
	},
	{
		name: "deque/inbox-push-links-last",
		file: dequeInbox,
		old: `		word.Write(unsafe.Pointer(link))
		link.next = head
		if b.head.CompareAndSwap(head, (*T)(p)) {
`,
		new: `		if b.head.CompareAndSwap(head, (*T)(p)) {
			word.Write(unsafe.Pointer(link))
			link.next = head
`,
		test: inboxModels,
	},
	{
		name: "deque/inbox-push-links-once",
		file: dequeInbox,
		old: `	for {
		head := b.head.Load()
		link := p.InboxLink()
		word.Write(unsafe.Pointer(link))
		link.next = head
`,
		new: `	link := p.InboxLink()
	word.Write(unsafe.Pointer(link))
	link.next = b.head.Load()
	for {
		head := b.head.Load()
`,
		test: inboxModels,
	},
	{
		name: "deque/inbox-take-without-swap",
		file: dequeInbox,
		old: `	node := b.head.Swap(nil)
`,
		new: `	node := b.head.Load()
	b.head.Store(nil)
`,
		test: inboxModels,
	},
	{
		name: "deque/inbox-list-stays-linked",
		file: dequeInbox,
		old: `	l.head, link.next = link.next, nil
`,
		new: `	l.head = link.next
`,
		test: inboxModels,
	},
	{
		name: "deque/push-all-publishes-first",
		file: dequeInbox,
		old: `	for p := l.Next(); p != nil; p = l.Next() {
`,
		new: `	d.q.publish(d.bottom + n)
	for p := l.Next(); p != nil; p = l.Next() {
`,
		test: pushAllModels,
	},
	{
		name: "deque/push-all-makes-no-room",
		file: dequeInbox,
		old: `	if d.bottom-d.safe+n > d.ring.mask+1 {
`,
		new: `	if d.bottom-d.safe > d.ring.mask+1 {
`,
		test: pushAllModels,
	},
}
