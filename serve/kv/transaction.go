package kv

var transactionCommands = []command{
	{"multi", 1, 0, 0, 0, atOnce, multi},
	{"exec", 1, 0, 0, 0, atOnce, exec},
	{"discard", 1, 0, 0, 0, atOnce, discard},
	{"watch", -2, 1, -1, 1, atOnce, watch},
	{"unwatch", 1, 0, 0, 0, 0, unwatch},
}

func multi(c *call) {
	if s := c.session(); s.multi {
		c.fail("ERR MULTI calls can not be nested")
	} else {
		s.multi = true
		c.ok()
	}
}

func discard(c *call) {
	if c.s == nil || !c.s.multi {
		c.fail("ERR DISCARD without MULTI")
		return
	}
	c.s.endMulti()
	c.s.unwatch(c.kv)
	c.ok()
}

func (s *session) endMulti() { s.multi, s.spoiled, s.queued, s.holds = false, false, nil, 0 }

// exec locks every shard: what is queued is one step, also for commands that go through all keys. Whether something that the client
// watches has changed is looked at in the same step.
func exec(c *call) {
	s := c.s
	switch {
	case s == nil || !s.multi:
		c.fail("ERR EXEC without MULTI")
		return
	case s.spoiled:
		s.endMulti()
		s.unwatch(c.kv)
		c.fail("EXECABORT Transaction discarded because of previous errors.")
		return
	}
	queued := s.queued
	s.endMulti()
	c.kv.lockAll()
	defer c.kv.unlockAll()
	args := c.args
	c.all = true
	defer func() { c.all, c.args = false, args }()
	if c.spent() {
		c.out = c.v.AppendNullArray(c.out)
		return
	}
	c.array(len(queued))
	c.logExec(queued, "MULTI")
	for _, q := range queued {
		c.args = q.args
		c.run(q.cmd)
	}
	c.logExec(queued, "EXEC")
	c.feedAll()
}

// logExec puts the marks around what a transaction logs, so that it is replayed as a whole or not at all.
func (c *call) logExec(queued []queuedCommand, mark string) {
	for _, q := range queued {
		if q.cmd.flags&writes != 0 {
			c.log([]byte(mark))
			return
		}
	}
}
