package kv

import "strconv"

var hashCommands = []command{
	{"hset", -4, 1, 1, 1, writes, func(c *call) { hset(c, false) }},
	{"hmset", -4, 1, 1, 1, writes, func(c *call) { hset(c, true) }},
	{"hsetnx", 4, 1, 1, 1, writes, hsetnx},
	{"hget", 3, 1, 1, 1, 0, hget},
	{"hmget", -3, 1, 1, 1, 0, hmget},
	{"hgetall", 2, 1, 1, 1, 0, hgetall},
	{"hkeys", 2, 1, 1, 1, 0, func(c *call) { hlist(c, true) }},
	{"hvals", 2, 1, 1, 1, 0, func(c *call) { hlist(c, false) }},
	{"hdel", -3, 1, 1, 1, writes, hdel},
	{"hlen", 2, 1, 1, 1, 0, hlen},
	{"hstrlen", 3, 1, 1, 1, 0, hstrlen},
	{"hexists", 3, 1, 1, 1, 0, hexists},
	{"hincrby", 4, 1, 1, 1, writes, hincrby},
	{"hscan", -3, 1, 1, 1, 0, hscan},
}

// field returns the field of a hash, nil if there is none.
func (c *call) field(e *entry, name []byte) *node[[]byte] {
	if e == nil {
		return nil
	}
	return e.value.fields.find(c.kv.hash(name), name)
}

// setField sets a field, and reports whether it is new.
func (c *call) setField(e *entry, name, text []byte) bool {
	hash := c.kv.hash(name)
	f := e.value.fields.find(hash, name)
	isNew := f == nil
	if isNew {
		f = e.value.fields.insert(hash, name)
	}
	f.value = overwrite(f.value, text)
	return isNew
}

func hset(c *call, asOK bool) {
	if len(c.args)%2 != 0 {
		c.fail("ERR wrong number of arguments for '" + c.cmd.name + "' command")
		return
	}
	e, ok := c.of(aHash)
	if !ok {
		return
	}
	e = c.make(e, aHash)
	added := 0
	for i := 2; i < len(c.args); i += 2 {
		if c.setField(e, c.args[i], c.args[i+1]) {
			added++
		}
	}
	c.dirty = true
	if asOK {
		c.ok()
	} else {
		c.count(added)
	}
}

func hsetnx(c *call) {
	e, ok := c.of(aHash)
	if !ok {
		return
	}
	if c.field(e, c.args[2]) != nil {
		c.int(0)
		return
	}
	c.setField(c.make(e, aHash), c.args[2], c.args[3])
	c.dirty = true
	c.int(1)
}

// fieldOrNull answers the text of a field.
func (c *call) fieldOrNull(e *entry, name []byte) {
	if f := c.field(e, name); f != nil {
		c.bulk(f.value)
	} else {
		c.null()
	}
}

func hget(c *call) {
	if e, ok := c.of(aHash); ok {
		c.fieldOrNull(e, c.args[2])
	}
}

func hmget(c *call) {
	e, ok := c.of(aHash)
	if !ok {
		return
	}
	c.array(len(c.args) - 2)
	for _, name := range c.args[2:] {
		c.fieldOrNull(e, name)
	}
}

func hgetall(c *call) {
	e, ok := c.of(aHash)
	if !ok {
		return
	}
	if e == nil {
		c.out = c.v.AppendMap(c.out, 0)
		return
	}
	c.out = c.v.AppendMap(c.out, e.value.fields.n)
	for f := range e.value.fields.all {
		c.text(f.key)
		c.bulk(f.value)
	}
}

func hlist(c *call, names bool) {
	e, ok := c.of(aHash)
	if !ok {
		return
	}
	if e == nil {
		c.array(0)
		return
	}
	c.array(e.value.fields.n)
	for f := range e.value.fields.all {
		if names {
			c.text(f.key)
		} else {
			c.bulk(f.value)
		}
	}
}

func hdel(c *call) {
	e, ok := c.of(aHash)
	if !ok {
		return
	}
	removed := 0
	for _, name := range c.args[2:] {
		if f := c.field(e, name); f != nil {
			e.value.fields.remove(f)
			removed++
		}
	}
	if e != nil && e.value.fields.n == 0 {
		c.shard().delete(e)
	}
	c.dirty = removed > 0
	c.count(removed)
}

func hlen(c *call) {
	if e, ok := c.of(aHash); e != nil {
		c.count(e.value.fields.n)
	} else if ok {
		c.int(0)
	}
}

func hstrlen(c *call) {
	e, ok := c.of(aHash)
	if !ok {
		return
	}
	if f := c.field(e, c.args[2]); f != nil {
		c.count(len(f.value))
	} else {
		c.int(0)
	}
}

func hexists(c *call) {
	if e, ok := c.of(aHash); ok {
		c.flag(c.field(e, c.args[2]) != nil)
	}
}

func hincrby(c *call) {
	by, ok := c.number(c.args[3])
	if !ok {
		return
	}
	e, ok := c.of(aHash)
	if !ok {
		return
	}
	n := int64(0)
	if f := c.field(e, c.args[2]); f != nil {
		if n, ok = parseInt(f.value); !ok {
			c.fail("ERR hash value is not an integer")
			return
		}
	}
	if n, ok = add(n, by); !ok {
		c.fail(overflows)
		return
	}
	c.setField(c.make(e, aHash), c.args[2], strconv.AppendInt(nil, n, 10))
	c.int(n)
	c.dirty = true
}

func hscan(c *call) {
	cursor, ok := c.cursor(c.args[2])
	if !ok {
		return
	}
	e, ok := c.of(aHash)
	if !ok {
		return
	}
	if e == nil {
		c.scanned(0, nil)
		return
	}
	o, ok := c.scanOptions(c.args[3:], false)
	if !ok {
		return
	}
	var found [][]byte
	for seen := 0; ; {
		cursor = e.value.fields.scan(cursor, func(f *node[[]byte]) {
			seen++
			if name := []byte(f.key); o.pattern == nil || match(o.pattern, name) {
				found = append(found, name, f.value)
			}
		})
		if cursor == 0 || seen >= o.count {
			break
		}
	}
	c.scanned(cursor, found)
}
