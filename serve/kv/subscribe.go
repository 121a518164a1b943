package kv

import (
	"maps"
	"math"
	"slices"
)

var pubsubCommands = []command{
	{"subscribe", -2, 0, 0, 0, listens | single, func(c *call) { subscribe(c, false) }},
	{"psubscribe", -2, 0, 0, 0, listens | single, func(c *call) { subscribe(c, true) }},
	{"unsubscribe", -1, 0, 0, 0, listens | single, func(c *call) { unsubscribe(c, false) }},
	{"punsubscribe", -1, 0, 0, 0, listens | single, func(c *call) { unsubscribe(c, true) }},
	{"publish", 3, 0, 0, 0, 0, publish},
	{"pubsub", -2, 0, 0, 0, parent, pubsub},
}

func (b *mailbox) mine(pattern bool) *map[string]*subscription {
	if pattern {
		return &b.patterns
	}
	return &b.channels
}

// publish answers how many have it. If the client itself is one it is told before, as by Redis 7.0; but not in the middle of the answer to EXEC.
func publish(c *call) {
	n := c.kv.hub.publish(c.kv, c.args[1], c.args[2])
	if !c.all {
		c.hear()
	}
	c.count(n)
}

// hear appends what was published to the client.
func (c *call) hear() {
	if c.s != nil && c.s.box != nil {
		c.out, _ = c.s.box.take(c.out, math.MaxInt)
	}
}

// told answers that a subscription has begun or ended, behind what had been published before.
func (c *call) told(what string, pattern bool, name []byte, isNull bool) {
	n := 0
	if c.hear(); c.s != nil && c.s.box != nil {
		n = len(c.s.box.channels) + len(c.s.box.patterns)
	}
	c.out = c.v.AppendPush(c.out, 3)
	if pattern {
		what = "p" + what
	}
	c.text(what)
	if isNull {
		c.null()
	} else {
		c.bulk(name)
	}
	c.count(n)
}

func subscribe(c *call, pattern bool) {
	if c.conn == nil {
		c.fail("ERR there is no connection for messages")
		return
	}
	s := c.session()
	if s.box == nil {
		s.box = &mailbox{v: c.v}
	}
	mine := s.box.mine(pattern)
	if *mine == nil {
		*mine = map[string]*subscription{}
	}
	for _, arg := range c.args[1:] {
		name := string(arg)
		var sub *subscription
		if (*mine)[name] == nil {
			sub = &subscription{box: s.box, name: name}
			(*mine)[name] = sub
		}
		c.told("subscribe", pattern, arg, false)
		if sub != nil { // now that it has been told, messages may come
			c.kv.hub.add(sub, pattern)
		}
	}
}

func unsubscribe(c *call, pattern bool) {
	var mine map[string]*subscription
	if c.s != nil && c.s.box != nil {
		mine = *c.s.box.mine(pattern)
	}
	names := c.args[1:]
	if len(names) == 0 {
		for _, name := range slices.Sorted(maps.Keys(mine)) {
			names = append(names, []byte(name))
		}
		if len(names) == 0 {
			c.told("unsubscribe", pattern, nil, true)
			return
		}
	}
	for _, name := range names {
		if sub := mine[string(name)]; sub != nil {
			c.kv.hub.remove(sub, pattern)
			delete(mine, string(name))
		}
		c.told("unsubscribe", pattern, name, false)
	}
}

// leave ends all subscriptions without a word.
func (s *session) leave(kv *Server) {
	if s.box == nil {
		return
	}
	for _, pattern := range []bool{false, true} {
		for _, sub := range *s.box.mine(pattern) {
			kv.hub.remove(sub, pattern)
		}
		*s.box.mine(pattern) = nil
	}
}

func pubsub(c *call) {
	h := &c.kv.hub
	switch sub := c.args[1]; {
	case is(sub, "CHANNELS") && len(c.args) <= 3:
		h.lock.Lock()
		var names []string
		for name := range h.channels {
			if len(c.args) == 2 || match(c.args[2], []byte(name)) {
				names = append(names, name)
			}
		}
		h.lock.Unlock()
		slices.Sort(names)
		c.array(len(names))
		for _, name := range names {
			c.text(name)
		}
	case is(sub, "NUMSUB"):
		c.array(2 * (len(c.args) - 2))
		for _, name := range c.args[2:] {
			h.lock.Lock()
			n := len(h.channels[string(name)])
			h.lock.Unlock()
			c.bulk(name)
			c.count(n)
		}
	case is(sub, "NUMPAT"):
		c.count(h.patternCount())
	default:
		c.fail("ERR unknown subcommand or wrong number of arguments for '" + c.subcommand() + "'. Try PUBSUB HELP.")
	}
}
