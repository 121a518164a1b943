package kv

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/magpie-go/magpie/wire/resp"
)

var keyCommands = []command{
	{"del", -2, 1, -1, 1, writes | touches, del},
	{"unlink", -2, 1, -1, 1, writes | touches, del},
	{"exists", -2, 1, -1, 1, 0, exists},
	{"touch", -2, 1, -1, 1, 0, exists},
	{"type", 2, 1, 1, 1, 0, typeOf},
	{"rename", 3, 1, 2, 1, writes, func(c *call) { rename(c, false) }},
	{"renamenx", 3, 1, 2, 1, writes, func(c *call) { rename(c, true) }},
	{"keys", 2, 0, 0, 0, 0, keys},
	{"scan", -2, 0, 0, 0, 0, scan},
	{"randomkey", 1, 0, 0, 0, 0, randomkey},
	{"dbsize", 1, 0, 0, 0, 0, dbsize},
	{"flushall", -1, 0, 0, 0, writes, flushall},
	{"flushdb", -1, 0, 0, 0, writes, flushall},
}

func del(c *call) {
	n := 0
	for _, key := range c.args[1:] {
		hash := c.kv.hash(key)
		if e := c.look(hash, key); e != nil {
			c.touch(hash, key)
			c.kv.shard(hash).delete(e)
			n++
		}
	}
	c.dirty = n > 0
	c.count(n)
}

func exists(c *call) {
	n := 0
	for _, key := range c.args[1:] {
		if c.other(key) != nil {
			n++
		}
	}
	c.count(n)
}

func typeOf(c *call) {
	k := kind(0)
	if e := c.key(); e != nil {
		k = e.value.kind
	}
	c.simple(k.String())
}

func rename(c *call, onlyIfFree bool) {
	from, to := c.args[1], c.args[2]
	e := c.key()
	if e == nil {
		c.fail(noSuchKey)
		return
	}
	there := c.other(to)
	if onlyIfFree && there != nil {
		c.int(0)
		return
	}
	if string(from) != string(to) {
		hash := c.kv.hash(to)
		s := c.kv.shard(hash)
		if there != nil {
			s.delete(there)
		}
		v := e.value
		c.shard().delete(e)
		moved := s.keys.insert(hash, to)
		moved.value = v
		if moved.value.at = 0; v.at != 0 {
			s.expire(moved, v.at)
		}
		c.dirty = true
	}
	if onlyIfFree {
		c.int(1)
	} else {
		c.ok()
	}
}

// keys looks at one shard after the other: what is renamed meanwhile may be told twice, or not.
func keys(c *call) {
	found := 0
	var list []byte
	c.eachShard(0, func(_ int, s *shard) bool {
		for e := range s.keys.all {
			if !c.isOver(e) && match(c.args[1], []byte(e.key)) {
				list = resp.AppendBulk(list, e.key)
				found++
			}
		}
		return true
	})
	c.array(found)
	c.out = append(c.out, list...)
}

// isOver reports whether a key's time is over, though it is still there. In the millisecond of its end it is not: it began in the middle of one, and
// nothing is to expire too early.
func (c *call) isOver(e *entry) bool { return e.value.at != 0 && e.value.at < c.now && !c.loads }

// scanOptions is what may follow a cursor.
type scanOptions struct {
	pattern []byte
	count   int
	kind    kind
	hasKind bool
}

// cursor reads one as C's strtoul does, which takes a sign, and nothing for 0.
func (c *call) cursor(arg []byte) (uint64, bool) {
	if len(arg) == 0 {
		return 0, true
	}
	digits := arg
	if arg[0] == '+' || arg[0] == '-' {
		digits = arg[1:]
	}
	n, err := strconv.ParseUint(string(digits), 10, 64)
	if len(digits) < len(arg) && arg[0] == '-' {
		n = -n
	}
	if err != nil {
		c.fail("ERR invalid cursor")
	}
	return n, err == nil
}

func (c *call) scanOptions(args [][]byte, types bool) (o scanOptions, ok bool) {
	o.count = 10
	for i := 0; i < len(args); i += 2 {
		if i+1 == len(args) {
			c.fail(syntaxError)
			return o, false
		}
		switch v := args[i+1]; {
		case is(args[i], "COUNT"):
			n, ok := c.number(v)
			if !ok {
				return o, false
			}
			if n < 1 {
				c.fail(syntaxError)
				return o, false
			}
			o.count = int(min(n, 1<<30))
		case is(args[i], "MATCH"):
			if o.pattern = v; len(v) == 1 && v[0] == '*' {
				o.pattern = nil
			}
		case is(args[i], "TYPE") && types:
			o.hasKind = true
			for k := aString; k <= aHash; k++ {
				if is(v, strings.ToUpper(k.String())) {
					o.kind = k
				}
			}
		default:
			c.fail(syntaxError)
			return o, false
		}
	}
	return o, true
}

func (c *call) scanned(cursor uint64, found [][]byte) {
	c.array(2)
	c.text(strconv.FormatUint(cursor, 10))
	c.array(len(found))
	for _, f := range found {
		c.bulk(f)
	}
}

// scan's cursor is that of a shard's table, and the shard in its lowest bits.
func scan(c *call) {
	cursor, ok := c.cursor(c.args[1])
	if !ok {
		return
	}
	o, ok := c.scanOptions(c.args[2:], true)
	if !ok {
		return
	}
	var found [][]byte
	seen := 0
	in, next := cursor>>shardBits, uint64(0)
	c.eachShard(int(cursor%shards), func(i int, s *shard) bool {
		for {
			in = s.keys.scan(in, func(e *entry) {
				seen++
				if !c.isOver(e) && (!o.hasKind || e.value.kind == o.kind) && (o.pattern == nil || match(o.pattern, []byte(e.key))) {
					found = append(found, []byte(e.key))
				}
			})
			if in == 0 {
				break
			}
			if seen >= o.count {
				next = in<<shardBits | uint64(i)
				return false
			}
		}
		if seen >= o.count && i+1 < shards {
			next = uint64(i + 1)
			return false
		}
		return true
	})
	c.scanned(next, found)
}

func randomkey(c *call) {
	start := rand.IntN(shards)
	var key string
	found := false
	for i := range shards {
		c.withShard((start+i)%shards, func(_ int, s *shard) bool {
			for range 100 { // those that are over are not told
				e := s.keys.some(rand.Uint64())
				if e == nil {
					return true
				}
				if !c.isOver(e) {
					key, found = e.key, true
					return true
				}
				c.kv.expired(s, e)
			}
			return true
		})
		if found {
			c.text(key)
			return
		}
	}
	c.null()
}

func dbsize(c *call) {
	n := 0
	c.eachShard(0, func(_ int, s *shard) bool {
		n += s.keys.n
		return true
	})
	c.count(n)
}

// flushall locks everything, so that it is one step among the others.
func flushall(c *call) {
	if len(c.args) > 2 || len(c.args) == 2 && !is(c.args[1], "ASYNC") && !is(c.args[1], "SYNC") {
		c.fail(syntaxError)
		return
	}
	if !c.all {
		c.kv.lockAll()
		defer c.kv.unlockAll()
	}
	for i := range c.kv.shards {
		s := &c.kv.shards[i]
		s.touchAll(c.kv)
		s.keys, s.due = table[value]{}, nil
		s.note()
	}
	c.log([]byte("FLUSHALL"))
	c.ok()
}

func (kv *Server) lockAll() {
	for i := range kv.shards {
		kv.shards[i].lock.Lock()
	}
}

func (kv *Server) unlockAll() {
	for i := range kv.shards {
		kv.shards[i].lock.Unlock()
	}
}
