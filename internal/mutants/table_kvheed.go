package main

var (
	kvHeeds      = test{pkg: "./serve/kv", run: "Watch|BlockingPop"}
	kvLimits     = test{pkg: "./serve/kv", run: "Limited|DoBehind|LogOfWhat|MessagesBefore"}
	kvHeedModels = test{pkg: "./serve/kv", run: "Model", tags: "explore"}
)

// Who wants to know of a key: WATCH and BLPOP.
var kvHeedMutants = []mutant{
	{
		name: "kv/a-client-leaves-his-waker-behind-the-look",
		file: "serve/kv/blocked.go",
		old: `	p.waker.Register(cx.Waker())
	if p.state.Load() == popServed {
		return p.reply, true, false
	}
`,
		new: `	if p.state.Load() == popServed {
		return p.reply, true, false
	}
	p.waker.Register(cx.Waker())
`,
		test:  kvHeedModels,
		short: true,
	},
	{
		name: "kv/an-element-goes-to-one-whom-a-server-that-drains-cuts",
		file: "serve/kv/blocked.go",
		old:  `		return nil, false, p.giveUp()`,
		new:  `		return nil, false, true`,
		test: kvHeedModels,
	},
	{
		name: "kv/who-has-given-up-is-served",
		file: "serve/kv/blocked.go",
		old:  `!p.take() {`,
		new:  `!p.take() && false {`,
		test: kvHeedModels,
	},
	{
		name: "kv/the-last-one-that-waits-is-not-seen",
		file: "serve/kv/heed.go",
		old: `	if c.kv.heeds.Load() == 0 {
		return
	}
	last`,
		new: `	if c.kv.heeds.Load() <= 1 {
		return
	}
	last`,
		test: kvHeedModels,
	},
	{
		name: "kv/a-change-touches-nobody",
		file: "serve/kv/call.go",
		old:  `	if c.changed && cmd.flags&touches == 0 {`,
		new:  `	if false && c.changed {`,
		test: kvHeeds,
	},
	{
		name: "kv/a-transaction-feeds-in-its-middle",
		file: "serve/kv/heed.go",
		old:  `	case c.all: // what`,
		new:  `	case c.all && false: // what`,
		test: kvHeeds,
	},
	{
		name: "kv/what-has-expired-is-no-change",
		file: "serve/kv/call.go",
		old:  "	s.heeds[e.key].touchWatchers()\n",
		new:  "",
		test: kvHeeds,
	},
	{
		name: "kv/the-transaction-does-not-look-at-what-is-watched",
		file: "serve/kv/transaction.go",
		old:  `	if c.spent() {`,
		new:  `	if c.spent() && false {`,
		test: kvHeeds,
	},
	{
		name: "kv/what-one-that-waited-was-given-is-not-logged",
		file: "serve/kv/blocked.go",
		old:  "		c.log([]byte(\"LPOP\"), []byte(e.key))\n		return e.value.list.popFront()\n	}\n	c.log([]byte(\"RPOP\"), []byte(e.key))\n",
		new:  "		return e.value.list.popFront()\n	}\n",
		test: kvHeeds,
	},
	{
		name: "kv/of-one-that-waits-no-more-is-read-than-a-buffer",
		file: "serve/kv/blocked.go",
		old:  "	r := c.PollRead(cx, scratch[:maxIn])\n",
		new:  "	if len(c.in) >= maxIn {\n		return false, nil\n	}\n	r := c.PollRead(cx, scratch[:maxIn])\n",
		test: kvHeeds,
	},
	{
		name: "kv/what-is-kept-of-one-that-waits-has-no-limit",
		file: "serve/kv/blocked.go",
		old:  `	if len(c.in)+n > cmp.Or(`,
		new:  `	if false && len(c.in)+n > cmp.Or(`,
		test: kvHeeds,
	},
	{
		name: "kv/a-command-without-keys-touches-its-name-without-a-lock",
		file: "serve/kv/heed.go",
		old:  `	if cmd.first == 0 {`,
		new:  `	if false {`,
		test: kvHeeds,
	},
	{
		name: "kv/what-a-transaction-queues-has-no-limit",
		file: "serve/kv/session.go",
		old:  `s.holds > most && !c.loads {`,
		new:  `s.holds > most && c.loads {`,
		test: kvLimits,
	},
	{
		name: "kv/who-has-no-password-may-send-what-others-may",
		file: "serve/kv/session.go",
		old:  `		return &strangers`,
		new:  `		return &c.kv.config.Limits`,
		test: kvLimits,
	},
	{
		name: "kv/a-log-is-read-with-the-limits-of-clients",
		file: "serve/kv/replay.go",
		old:  `c.args[:0], &r.limits)`,
		new:  `c.args[:0], &c.kv.config.Limits)`,
		test: kvLimits,
	},
	{
		name: "kv/what-follows-a-damaged-length-is-cut-off",
		file: "serve/kv/replay.go",
		old:  `	if r.hasCommands(buf) {`,
		new:  `	if false {`,
		test: kvTests,
	},
	{
		name: "kv/a-change-behind-Close-is-answered",
		file: "serve/kv/log.go",
		old:  `	case l.over.Load():`,
		new:  `	case false:`,
		test: kvLimits,
	},
	{
		name: "kv/a-connection-leaves-the-log-a-waker-at-each-poll",
		file: "serve/kv/log.go",
		old:  `	if *turn != l.turn+1 {`,
		new:  `	if true {`,
		test: kvTests,
	},
	{
		name: "kv/who-was-woken-by-the-log-leaves-no-waker-again",
		file: "serve/kv/log.go",
		old:  "	l.turn++\n",
		new:  "",
		test: kvTests,
	},
	{
		name: "kv/what-was-published-is-told-behind-RESET",
		file: "serve/kv/connection.go",
		old:  `		c.out = c.s.box.speak(c.out, v)`,
		new:  `		c.s.box.v = v`,
		test: kvLimits,
	},
}
