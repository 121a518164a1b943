package kv

import (
	"bytes"
	"strconv"
)

var stringCommands = []command{
	{"get", 2, 1, 1, 1, 0, get},
	{"set", -3, 1, 1, 1, writes, set},
	{"setnx", 3, 1, 1, 1, writes, setnx},
	{"setex", 4, 1, 1, 1, writes, func(c *call) { setex(c, 1000) }},
	{"psetex", 4, 1, 1, 1, writes, func(c *call) { setex(c, 1) }},
	{"getset", 3, 1, 1, 1, writes, getset},
	{"getdel", 2, 1, 1, 1, writes, getdel},
	{"getex", -2, 1, 1, 1, writes, getex},
	{"mget", -2, 1, -1, 1, 0, mget},
	{"mset", -3, 1, -1, 2, writes, mset},
	{"msetnx", -3, 1, -1, 2, writes, msetnx},
	{"append", 3, 1, 1, 1, writes, appendText},
	{"strlen", 2, 1, 1, 1, 0, strlen},
	{"getrange", 4, 1, 1, 1, 0, getrange},
	{"substr", 4, 1, 1, 1, 0, getrange},
	{"setrange", 4, 1, 1, 1, writes, setrange},
}

// store sets a key to a string, in place of whatever it held. at is when it expires, 0: never.
func (c *call) store(e *entry, hash uint64, key, text []byte, at int64) {
	s := c.kv.shard(hash)
	if e == nil {
		e = s.keys.insert(hash, key)
	}
	v := &e.value
	s.expire(e, at)
	v.kind, v.list, v.fields = aString, nil, nil
	v.text = overwrite(v.text, text)
}

// overwrite copies a text over another one, or elsewhere if that is too short, or so long that memory would be held for nothing, or may be
// read by somebody (see value).
func overwrite(old, text []byte) []byte {
	if cap(old) >= len(text) && cap(old) <= min(inPlace, 2*len(text)+32) {
		return append(old[:0], text...)
	}
	return append([]byte(nil), text...)
}

func get(c *call) {
	e, ok := c.of(aString)
	switch {
	case e != nil && len(e.value.text) > inPlace && !c.all:
		c.later = e.value.text
	case e != nil:
		c.bulk(e.value.text)
	case ok:
		c.null()
	}
}

// setOptions is what may follow the value in SET, and the key in GETEX.
type setOptions struct {
	nx, xx, get, keep bool   // of SET
	persist           bool   // of GETEX
	option, time      []byte // EX or one of its like, and the time behind it; nil: none
	unit, base        int64  // what it is counted in, and from
}

// at returns when the key is to expire, 0 for never, or answers that it is no time.
func (o *setOptions) at(c *call) (int64, bool) {
	if o.time == nil {
		return 0, true
	}
	return c.time(o.time, o.unit, o.base, true)
}

// options reads them, or answers what is wrong with them.
func (c *call) options(args [][]byte, o *setOptions, isGetex bool) bool {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case !isGetex && is(a, "NX") && !o.xx:
			o.nx = true
		case !isGetex && is(a, "XX") && !o.nx:
			o.xx = true
		case !isGetex && is(a, "GET"):
			o.get = true
		case !isGetex && is(a, "KEEPTTL") && o.time == nil:
			o.keep = true
		case isGetex && is(a, "PERSIST") && o.time == nil:
			o.persist = true
		case (is(a, "EX") || is(a, "PX") || is(a, "EXAT") || is(a, "PXAT")) && (o.time == nil || bytes.EqualFold(a, o.option)) && !o.keep && !o.persist && i+1 < len(args):
			o.unit, o.base = 1000, c.now
			if a[0]|0x20 == 'p' {
				o.unit = 1
			}
			if len(a) == 4 {
				o.base = 0
			}
			i++
			o.option, o.time = a, args[i]
		default:
			c.fail(syntaxError)
			return false
		}
	}
	return true
}

func set(c *call) {
	var o setOptions
	if len(c.args) > 3 && !c.options(c.args[3:], &o, false) {
		return
	}
	at, ok := o.at(c)
	if !ok {
		return
	}
	e := c.key()
	if o.get && e != nil && e.value.kind != aString {
		c.fail(wrongType)
		return
	}
	// The old value is answered before the new one may be written over it.
	switch {
	case o.get && e != nil:
		c.bulk(e.value.text)
	case o.get:
		c.null()
	}
	if o.nx && e != nil || o.xx && e == nil {
		if !o.get {
			c.null()
		}
		return
	}
	if e != nil && o.keep {
		at = e.value.at
	}
	c.store(e, c.hash, c.args[1], c.args[2], at)
	if !o.get {
		c.ok()
	}
	if len(c.args) > 3 {
		c.logSet(at)
		return
	}
	c.dirty = true
}

// logSet logs a SET with a time in absolute terms, and without conditions that were met.
func (c *call) logSet(at int64) {
	if at == 0 {
		c.log([]byte("SET"), c.args[1], c.args[2])
	} else {
		c.log([]byte("SET"), c.args[1], c.args[2], []byte("PXAT"), strconv.AppendInt(nil, at, 10))
	}
}

func setnx(c *call) {
	e := c.key()
	if e == nil {
		c.store(nil, c.hash, c.args[1], c.args[2], 0)
		c.dirty = true
	}
	c.flag(e == nil)
}

func setex(c *call, unit int64) {
	at, ok := c.time(c.args[2], unit, c.now, true)
	if !ok {
		return
	}
	c.store(c.key(), c.hash, c.args[1], c.args[3], at)
	c.args[2] = c.args[3]
	c.logSet(at)
	c.ok()
}

func getset(c *call) {
	e, ok := c.of(aString)
	if !ok {
		return
	}
	if e != nil {
		c.bulk(e.value.text)
	} else {
		c.null()
	}
	c.store(e, c.hash, c.args[1], c.args[2], 0)
	c.log([]byte("SET"), c.args[1], c.args[2])
}

func getdel(c *call) {
	e, ok := c.of(aString)
	switch {
	case e != nil:
		c.bulk(e.value.text)
		c.shard().delete(e)
		c.log([]byte("DEL"), c.args[1])
	case ok:
		c.null()
	}
}

func getex(c *call) {
	var o setOptions
	if !c.options(c.args[2:], &o, true) {
		return
	}
	e, ok := c.of(aString)
	if e == nil {
		if ok {
			c.null()
		}
		return
	}
	until, ok := o.at(c)
	if !ok {
		return
	}
	c.bulk(e.value.text)
	switch {
	case o.persist && e.value.at != 0:
		c.shard().expire(e, 0)
		c.log([]byte("PERSIST"), c.args[1])
	case until != 0:
		c.expireAt(e, until)
	}
}

func mget(c *call) {
	c.array(len(c.args) - 1)
	for _, key := range c.args[1:] {
		if e := c.other(key); e != nil && e.value.kind == aString {
			c.bulk(e.value.text)
		} else {
			c.null()
		}
	}
}

func mset(c *call) {
	if len(c.args)%2 == 0 {
		c.fail("ERR wrong number of arguments for 'mset' command")
		return
	}
	c.storeAll()
	c.ok()
}

func msetnx(c *call) {
	if len(c.args)%2 == 0 {
		c.fail("ERR wrong number of arguments for 'msetnx' command")
		return
	}
	for i := 1; i < len(c.args); i += 2 {
		if c.other(c.args[i]) != nil {
			c.int(0)
			return
		}
	}
	c.storeAll()
	c.int(1)
}

func (c *call) storeAll() {
	for i := 1; i < len(c.args); i += 2 {
		hash := c.kv.hash(c.args[i])
		c.store(c.look(hash, c.args[i]), hash, c.args[i], c.args[i+1], 0)
	}
	c.dirty = true
}

// maxText is how long a string may become, as in Redis.
const maxText = 512 << 20

func (c *call) tooLong(n int64) bool {
	if n > maxText {
		c.fail("ERR string exceeds maximum allowed size (proto-max-bulk-len)")
		return true
	}
	return false
}

func appendText(c *call) {
	e, ok := c.of(aString)
	if !ok {
		return
	}
	if e != nil && c.tooLong(int64(len(e.value.text))+int64(len(c.args[2]))) {
		return
	}
	e = c.make(e, aString)
	e.value.text = append(e.value.text, c.args[2]...)
	c.count(len(e.value.text))
	c.dirty = true
}

func strlen(c *call) {
	if e, ok := c.of(aString); e != nil {
		c.count(len(e.value.text))
	} else if ok {
		c.int(0)
	}
}

func getrange(c *call) {
	start, end, ok := c.twoNumbers()
	if !ok {
		return
	}
	e, ok := c.of(aString)
	if !ok {
		return
	}
	if e == nil || start < 0 && end < 0 && start > end {
		c.text("")
		return
	}
	if n := int64(len(e.value.text)); end < 0 && end+n < 0 {
		end = 0 // a string has a first byte where a list, by LRANGE, has nothing
	}
	from, to := span(start, end, len(e.value.text))
	c.bulk(e.value.text[from:to])
}

// span makes of a first and a last index, which count from the end if they are negative, a range of n elements.
func span(start, end int64, n int) (from, to int) {
	size := int64(n)
	if start < 0 {
		start = max(start+size, 0)
	}
	if end < 0 {
		end = max(end+size, -1)
	}
	end = min(end, size-1)
	if start > end {
		return 0, 0
	}
	return int(start), int(end) + 1
}

func setrange(c *call) {
	offset, ok := c.number(c.args[2])
	if !ok {
		return
	}
	if offset < 0 {
		c.fail("ERR offset is out of range")
		return
	}
	e, ok := c.of(aString)
	if !ok {
		return
	}
	text := c.args[3]
	if len(text) == 0 {
		if e != nil {
			c.count(len(e.value.text))
		} else {
			c.int(0)
		}
		return
	}
	if c.tooLong(offset) || c.tooLong(offset+int64(len(text))) {
		return
	}
	e = c.make(e, aString)
	old := e.value.text
	if end := int(offset) + len(text); end > len(old) || cap(old) > inPlace {
		e.value.text = append(make([]byte, 0, max(end, len(old))), old...)[:max(end, len(old))]
	}
	copy(e.value.text[offset:], text)
	c.count(len(e.value.text))
	c.dirty = true
}
