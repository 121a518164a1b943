package kv

import (
	"slices"

	"github.com/magpie-go/magpie/internal/word"
)

// Who wants to know of changes to a key: clients that watch it (WATCH), and clients that wait for an element of it (BLPOP).
//
// Protocol: a shard has a heed for each key somebody wants to know of. It is guarded by the shard's lock, and whoever has
// changed a key touches it before he lets that lock go, after the change was logged: so nobody looks at a key, finds
// nothing, and registers without seeing a change that comes. heeds counts them all. It is raised under the lock of
// the shard, so a command that has changed a key and reads 0 under that lock has nobody to tell.
//
// A watcher is a flag that only goes up, until the client's next EXEC, which looks at it with all shards locked: nothing has
// changed then between the last look at it and the commands.
//
// Rejected: a version in each key, which EXEC compares. Keys that are not there have none, and one that was deleted and made again
// begins anew.
type heed struct {
	watchers []*watcher
	poppers  []*popper // first come, first served
}

// watcher is the keys that a client watches.
type watcher struct {
	touched word.Bool // by whoever has changed one of them, under the lock of its shard
	keys    []heeded
}

// heeded is a key that somebody wants to know of.
type heeded struct {
	hash uint64
	key  string
}

// heed returns that of a key, whose shard is locked.
func (kv *Server) heed(k heeded) *heed {
	s := kv.shard(k.hash)
	h := s.heeds[k.key]
	if h == nil {
		if s.heeds == nil {
			s.heeds = map[string]*heed{}
		}
		h = new(heed)
		s.heeds[k.key] = h
		kv.heeds.Add(1)
	}
	return h
}

// disregard has f take somebody off the heed of a key, whose shard is locked.
func (kv *Server) disregard(k heeded, f func(h *heed)) {
	s := kv.shard(k.hash)
	h := s.heeds[k.key]
	if h == nil {
		return
	}
	f(h)
	if len(h.watchers)+len(h.poppers) == 0 {
		delete(s.heeds, k.key)
		kv.heeds.Add(-1)
	}
}

// without returns list without one of it.
func without[T comparable](list []T, one T) []T {
	i := slices.Index(list, one)
	if i < 0 {
		return list
	}
	return slices.Delete(list, i, i+1) // which keeps nothing of it
}

// touchKeys touches the keys of a command that has changed them. One without keys (EXEC, FLUSHALL) has told of what it has changed, and
// holds no lock any more.
func (c *call) touchKeys(cmd *command) {
	if cmd.first == 0 {
		return
	}
	if c.kv.heeds.Load() == 0 {
		return
	}
	last := cmd.last
	if last < 0 {
		last += len(c.args)
	}
	for i := cmd.first; i <= last && i < len(c.args); i += max(cmd.step, 1) {
		c.touch(c.kv.hash(c.args[i]), c.args[i])
	}
}

// touch tells whoever wants to know of a key that it has changed. Its shard is locked.
func (c *call) touch(hash uint64, key []byte) {
	h := c.kv.shard(hash).heeds[string(key)]
	h.touchWatchers()
	switch {
	case h == nil || len(h.poppers) == 0:
	case c.all: // what follows in the transaction may take it away again
		c.fed = append(c.fed, heeded{hash, string(key)})
	default:
		c.feed(heeded{hash, string(key)})
	}
}

// touchWatchers touches those who watch the key; a nil heed is of a key that nobody wants to know of.
func (h *heed) touchWatchers() {
	if h == nil {
		return
	}
	for _, w := range h.watchers {
		w.touched.Store(true)
	}
}

// touchAll touches the watchers of all keys that there are, and that are to be deleted.
func (s *shard) touchAll(kv *Server) {
	for key, h := range s.heeds {
		if s.keys.find(kv.hash([]byte(key)), []byte(key)) != nil {
			h.touchWatchers()
		}
	}
}
