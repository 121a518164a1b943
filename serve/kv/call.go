package kv

import (
	"hash/maphash"
	"math/bits"
	"sync"
	"time"

	"github.com/magpie-go/magpie/wire/resp"
)

// call is the commands of one client that one poll answers: what they share, and where their answers go. Calls are
// pooled.
type call struct {
	kv   *Server
	s    *session // nil in the replay of the log, until something asks for one
	conn *conn    // nil where there is none
	v    resp.Version
	now  int64 // in milliseconds since 1970
	out  []byte
	cmd  *command // under way
	args [][]byte // its, the name first

	later []byte // a long string that is answered when the lock has been let go
	hash  uint64 // of the command's key, where it has one
	dirty bool   // the command has changed something: it is logged as it came
	all   bool   // every shard is locked, by EXEC
	loads bool   // the log is being replayed: nothing expires, nothing is logged
	done  int    // commands
	quit  bool   // the connection ends after this answer

	changed bool      // the command has changed something
	blocked *popper   // as which the client waits now
	fed     []heeded  // lists that others wait for, to be served when the transaction has ended
	served  []*popper // to be woken when no shard is locked
}

var calls = sync.Pool{New: func() any { return &call{args: make([][]byte, 0, 16)} }}

func (kv *Server) call() *call {
	c := calls.Get().(*call)
	args := c.args[:0]
	*c = call{kv: kv, v: resp.V2, args: args, now: time.Now().UnixMilli()}
	return c
}

// free gives c back, with no client's bytes in it.
func (c *call) free() {
	c.kv.done.Add(int64(c.done))
	if cap(c.args) > 1024 {
		c.args = nil
	}
	clear(c.args[:cap(c.args)])
	*c = call{args: c.args[:0]}
	calls.Put(c)
}

// do answers the command in c.args.
func (c *call) do() {
	cmd := find(c.args[0])
	if cmd == nil {
		c.unknown()
		c.spoil()
		return
	}
	if !c.isWhole(cmd) {
		c.spoil()
		return
	}
	if s := c.s; s != nil || c.kv.config.Password != "" {
		if !c.mayRun(cmd) {
			return
		}
		if s != nil && s.multi && cmd.flags&atOnce == 0 {
			c.queue(cmd)
			return
		}
	}
	c.run(cmd)
	if c.served != nil {
		c.wakeServed()
	}
}

// run runs a command with its keys' shards locked.
func (c *call) run(cmd *command) {
	c.cmd = cmd
	c.done++
	if cmd.first == 1 {
		c.hash = c.kv.hash(c.args[1])
	}
	switch {
	case cmd.first == 0 || c.all:
		c.finish(cmd)
	case cmd.last == 1:
		c.locked(cmd)
		if c.later != nil {
			c.bulk(c.later)
			c.later = nil
		}
	default:
		var set shardSet
		set.keys(c.kv, cmd, c.args)
		set.lock(c.kv)
		defer set.unlock(c.kv)
		c.finish(cmd)
	}
}

func (c *call) locked(cmd *command) {
	s := c.shard()
	s.lock.Lock()
	defer s.lock.Unlock()
	c.finish(cmd)
}

// finish runs a command and logs it, while its keys are locked: so the log has the commands on a key in the order in
// which they happened.
func (c *call) finish(cmd *command) {
	if cmd.flags&writes != 0 {
		if why := c.kv.log.refuses(); why != "" {
			c.fail(why)
			return
		}
	}
	if r := c.kv.rewrites.now.Load(); r != nil && cmd.flags&writes != 0 {
		r.keepFor(c, cmd)
	}
	c.dirty, c.changed = false, false
	cmd.run(c)
	if c.dirty {
		c.log(c.args...)
	}
	if c.changed && cmd.flags&touches == 0 {
		c.touchKeys(cmd)
	}
}

// log writes a command to the log.
func (c *call) log(args ...[]byte) {
	if c.kv.log != nil && !c.loads {
		c.kv.log.append(args)
	}
	c.dirty, c.changed = false, true
}

// Keys are dealt to shards by the highest bits of their hash; those of a shard to buckets by the lowest.
const (
	shardBits = 8
	shards    = 1 << shardBits
)

func (kv *Server) hash(key []byte) uint64   { return maphash.Bytes(kv.seed, key) }
func (kv *Server) shard(hash uint64) *shard { return &kv.shards[hash>>(64-shardBits)] }
func (c *call) shard() *shard               { return c.kv.shard(c.hash) }

// key returns the entry of the command's key, nil if there is none.
func (c *call) key() *entry { return c.look(c.hash, c.args[1]) }

// other returns the entry of another key, whose shard is locked too.
func (c *call) other(key []byte) *entry { return c.look(c.kv.hash(key), key) }

// look returns the entry of a key. One whose time is over is deleted, and that is logged: in the replay of the log,
// later, nothing expires by the clock.
func (c *call) look(hash uint64, key []byte) *entry {
	s := c.kv.shard(hash)
	e := s.keys.find(hash, key)
	if e != nil && c.isOver(e) {
		c.kv.expired(s, e)
		return nil
	}
	return e
}

// expired deletes a key whose time is over.
func (kv *Server) expired(s *shard, e *entry) {
	s.heeds[e.key].touchWatchers()
	s.delete(e)
	kv.expirations.Add(1)
	if kv.log != nil {
		kv.log.append([][]byte{[]byte("DEL"), []byte(e.key)})
	}
}

// of returns the entry of the command's key if it holds such a value. ok is false if it holds another, which has been
// answered.
func (c *call) of(k kind) (e *entry, ok bool) {
	e = c.key()
	if e != nil && e.value.kind != k {
		c.fail(wrongType)
		return nil, false
	}
	return e, true
}

const wrongType = "WRONGTYPE Operation against a key holding the wrong kind of value"

// make returns the entry of the command's key, or inserts one of that kind.
func (c *call) make(e *entry, k kind) *entry {
	if e != nil {
		return e
	}
	e = c.shard().keys.insert(c.hash, c.args[1])
	e.value.kind = k
	switch k {
	case aList:
		e.value.list = new(list)
	case aHash:
		e.value.fields = new(table[[]byte])
	}
	return e
}

// shardSet is shards that are locked together: in the order of their numbers, so that no two commands wait for
// each other.
type shardSet [shards / 64]uint64

func (set *shardSet) add(kv *Server, key []byte) {
	i := kv.hash(key) >> (64 - shardBits)
	set[i/64] |= 1 << (i % 64)
}

func (set *shardSet) keys(kv *Server, cmd *command, args [][]byte) {
	last := cmd.last
	if last < 0 {
		last += len(args)
	}
	for i := cmd.first; i <= last && i < len(args); i += max(cmd.step, 1) {
		set.add(kv, args[i])
	}
}

func (set *shardSet) each(kv *Server, f func(*shard)) {
	set.eachIndex(func(i int) { f(&kv.shards[i]) })
}

func (set *shardSet) eachIndex(f func(i int)) {
	for w, word := range set {
		for ; word != 0; word &= word - 1 {
			f(w*64 + bits.TrailingZeros64(word))
		}
	}
}

func (set *shardSet) lock(kv *Server)   { set.each(kv, func(s *shard) { s.lock.Lock() }) }
func (set *shardSet) unlock(kv *Server) { set.each(kv, func(s *shard) { s.lock.Unlock() }) }

// eachShard calls f for one locked shard after the other, until it returns false.
func (c *call) eachShard(from int, f func(i int, s *shard) bool) {
	for i := from; i < shards; i++ {
		if !c.withShard(i, f) {
			return
		}
	}
}

func (c *call) withShard(i int, f func(i int, s *shard) bool) bool {
	s := &c.kv.shards[i]
	if !c.all {
		s.lock.Lock()
		defer s.lock.Unlock()
	}
	return f(i, s)
}
