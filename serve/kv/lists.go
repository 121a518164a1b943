package kv

import (
	"bytes"
	"math"
)

var listCommands = []command{
	{"lpush", -3, 1, 1, 1, writes, func(c *call) { push(c, true, false) }},
	{"rpush", -3, 1, 1, 1, writes, func(c *call) { push(c, false, false) }},
	{"lpushx", -3, 1, 1, 1, writes, func(c *call) { push(c, true, true) }},
	{"rpushx", -3, 1, 1, 1, writes, func(c *call) { push(c, false, true) }},
	{"lpop", -2, 1, 1, 1, writes, func(c *call) { pop(c, true) }},
	{"rpop", -2, 1, 1, 1, writes, func(c *call) { pop(c, false) }},
	{"blpop", -3, 1, -2, 1, writes | touches, func(c *call) { blockingPop(c, true) }},
	{"brpop", -3, 1, -2, 1, writes | touches, func(c *call) { blockingPop(c, false) }},
	{"llen", 2, 1, 1, 1, 0, llen},
	{"lrange", 4, 1, 1, 1, 0, lrange},
	{"lindex", 3, 1, 1, 1, 0, lindex},
	{"lset", 4, 1, 1, 1, writes, lset},
	{"lrem", 4, 1, 1, 1, writes, lrem},
	{"ltrim", 4, 1, 1, 1, writes, ltrim},
}

func push(c *call, front, onlyIfThere bool) {
	e, ok := c.of(aList)
	if !ok {
		return
	}
	if e == nil && onlyIfThere {
		c.int(0)
		return
	}
	e = c.make(e, aList)
	for _, v := range c.args[2:] {
		if front {
			e.value.list.pushFront(bytes.Clone(v))
		} else {
			e.value.list.pushBack(bytes.Clone(v))
		}
	}
	c.count(e.value.list.n)
	c.dirty = true
}

func pop(c *call, front bool) {
	if len(c.args) > 3 {
		c.fail("ERR wrong number of arguments for '" + c.cmd.name + "' command")
		return
	}
	most := int64(1)
	if len(c.args) == 3 {
		n, ok := parseInt(c.args[2])
		if !ok || n < 0 {
			c.fail("ERR value is out of range, must be positive")
			return
		}
		most = n
	}
	e, ok := c.of(aList)
	switch {
	case !ok:
		return
	case e == nil && len(c.args) == 3:
		c.out = c.v.AppendNullArray(c.out)
		return
	case e == nil:
		c.null()
		return
	}
	l := e.value.list
	if len(c.args) == 3 {
		most = min(most, int64(l.n))
		c.array(int(most))
	}
	if most == 0 {
		return
	}
	for range most {
		if front {
			c.bulk(l.popFront())
		} else {
			c.bulk(l.popBack())
		}
	}
	if l.n == 0 {
		c.shard().delete(e)
	}
	c.dirty = true
}

func llen(c *call) {
	if e, ok := c.of(aList); e != nil {
		c.count(e.value.list.n)
	} else if ok {
		c.int(0)
	}
}

// twoNumbers reads the arguments after the key.
func (c *call) twoNumbers() (a, b int64, ok bool) {
	if a, ok = c.number(c.args[2]); ok {
		b, ok = c.number(c.args[3])
	}
	return a, b, ok
}

// listSpan returns the entry of the command's list, and the elements that the arguments after the key name: none if there
// is no list. ok is false if something is wrong with them, which has been answered.
func (c *call) listSpan() (e *entry, from, to int, ok bool) {
	start, end, ok := c.twoNumbers()
	if !ok {
		return nil, 0, 0, false
	}
	if e, ok = c.of(aList); e != nil {
		from, to = span(start, end, e.value.list.n)
	}
	return e, from, to, ok
}

func lrange(c *call) {
	e, from, to, ok := c.listSpan()
	if !ok {
		return
	}
	c.array(to - from)
	for i := from; i < to; i++ {
		c.bulk(*e.value.list.at(i))
	}
}

// index makes an index that may count from the end one of a list; ok is false if it is outside.
func index(l *list, i int64) (at int, ok bool) {
	if i < 0 {
		i += int64(l.n)
	}
	if i < 0 || i >= int64(l.n) {
		return 0, false
	}
	return int(i), true
}

func lindex(c *call) {
	e, ok := c.of(aList)
	if !ok {
		return
	}
	if e == nil {
		c.null()
		return
	}
	i, ok := c.number(c.args[2])
	if !ok {
		return
	}
	if at, ok := index(e.value.list, i); ok {
		c.bulk(*e.value.list.at(at))
	} else {
		c.null()
	}
}

func lset(c *call) {
	e, ok := c.of(aList)
	if !ok {
		return
	}
	if e == nil {
		c.fail(noSuchKey)
		return
	}
	i, ok := c.number(c.args[2])
	if !ok {
		return
	}
	at, ok := index(e.value.list, i)
	if !ok {
		c.fail("ERR index out of range")
		return
	}
	*e.value.list.at(at) = bytes.Clone(c.args[3])
	c.ok()
	c.dirty = true
}

func lrem(c *call) {
	n, ok := c.number(c.args[2])
	if !ok {
		return
	}
	e, ok := c.of(aList)
	if !ok {
		return
	}
	if e == nil {
		c.int(0)
		return
	}
	most, fromBack := n, n < 0
	switch {
	case n == 0:
		most = math.MaxInt32
	case n < 0:
		most = -max(n, -math.MaxInt32)
	}
	l := e.value.list
	removed := l.removeIf(func(v []byte) bool { return bytes.Equal(v, c.args[3]) }, int(min(most, math.MaxInt32)), fromBack)
	if l.n == 0 {
		c.shard().delete(e)
	}
	c.dirty = removed > 0
	c.count(removed)
}

func ltrim(c *call) {
	e, from, to, ok := c.listSpan()
	if !ok {
		return
	}
	if e != nil {
		l := e.value.list
		l.trim(from, to)
		if l.n == 0 {
			c.shard().delete(e)
		}
		c.dirty = true
	}
	c.ok()
}
