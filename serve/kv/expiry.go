package kv

import (
	"math"
	"strconv"
)

var expiryCommands = []command{
	{"expire", -3, 1, 1, 1, writes, func(c *call) { expire(c, 1000, true) }},
	{"pexpire", -3, 1, 1, 1, writes, func(c *call) { expire(c, 1, true) }},
	{"expireat", -3, 1, 1, 1, writes, func(c *call) { expire(c, 1000, false) }},
	{"pexpireat", -3, 1, 1, 1, writes, func(c *call) { expire(c, 1, false) }},
	{"ttl", 2, 1, 1, 1, 0, func(c *call) { ttl(c, 1000, true) }},
	{"pttl", 2, 1, 1, 1, 0, func(c *call) { ttl(c, 1, true) }},
	{"expiretime", 2, 1, 1, 1, 0, func(c *call) { ttl(c, 1000, false) }},
	{"pexpiretime", 2, 1, 1, 1, 0, func(c *call) { ttl(c, 1, false) }},
	{"persist", 2, 1, 1, 1, writes, persist},
}

// time reads a time in a unit of milliseconds, counted from base, or answers that it is none. positive says that it
// may not be 0 or less.
func (c *call) time(arg []byte, unit, base int64, positive bool) (at int64, ok bool) {
	n, ok := c.number(arg)
	if !ok {
		return 0, false
	}
	if positive && n <= 0 || n > (math.MaxInt64-base)/unit || n < math.MinInt64/unit {
		c.fail("ERR invalid expire time in '" + c.cmd.name + "' command")
		return 0, false
	}
	return n*unit + base, true
}

// expireAt sets when the command's key expires, and logs that. A time that is over deletes it.
func (c *call) expireAt(e *entry, at int64) {
	if at <= c.now && !c.loads {
		c.shard().delete(e)
		c.log([]byte("DEL"), c.args[1])
		return
	}
	c.shard().expire(e, max(at, 1))
	c.log([]byte("PEXPIREAT"), c.args[1], strconv.AppendInt(nil, at, 10))
}

func expire(c *call, unit int64, fromNow bool) {
	nx, xx, gt, lt := false, false, false, false
	for _, a := range c.args[3:] {
		switch {
		case is(a, "NX"):
			nx = true
		case is(a, "XX"):
			xx = true
		case is(a, "GT"):
			gt = true
		case is(a, "LT"):
			lt = true
		default:
			c.fail("ERR Unsupported option " + string(a))
			return
		}
	}
	switch {
	case nx && (xx || gt || lt):
		c.fail("ERR NX and XX, GT or LT options at the same time are not compatible")
		return
	case gt && lt:
		c.fail("ERR GT and LT options at the same time are not compatible")
		return
	}
	base := int64(0)
	if fromNow {
		base = c.now
	}
	at, ok := c.time(c.args[2], unit, base, false)
	if !ok {
		return
	}
	e := c.key()
	if e == nil {
		c.int(0)
		return
	}
	// A key that never expires is one whose time is infinite.
	if was := e.value.at; nx && was != 0 || xx && was == 0 || gt && (was == 0 || at <= was) || lt && was != 0 && at >= was {
		c.int(0)
		return
	}
	c.expireAt(e, at)
	c.int(1)
}

func ttl(c *call, unit int64, fromNow bool) {
	e := c.key()
	switch {
	case e == nil:
		c.int(-2)
	case e.value.at == 0:
		c.int(-1)
	case fromNow:
		c.int(rounded(max(e.value.at-c.now, 0), unit))
	default:
		c.int(rounded(e.value.at, unit))
	}
}

// rounded returns a time that is not negative in a unit of milliseconds, to the nearest. It does not overflow.
func rounded(at, unit int64) int64 {
	n := at / unit
	if unit > 1 && at%unit >= unit/2 {
		n++
	}
	return n
}

func persist(c *call) {
	e := c.key()
	if e == nil || e.value.at == 0 {
		c.int(0)
		return
	}
	c.shard().expire(e, 0)
	c.dirty = true
	c.int(1)
}
