package kv

import "slices"

func watch(c *call) {
	if c.conn == nil {
		c.fail("ERR there is no connection that could watch")
		return
	}
	s := c.session()
	if s.multi {
		c.fail("ERR WATCH inside MULTI is not allowed")
		return
	}
	if s.watch == nil {
		s.watch = new(watcher)
	}
	for _, key := range c.args[1:] {
		k := heeded{c.kv.hash(key), string(key)}
		c.look(k.hash, key) // one whose time is over is gone already
		if h := c.kv.heed(k); !slices.Contains(h.watchers, s.watch) {
			h.watchers = append(h.watchers, s.watch)
			s.watch.keys = append(s.watch.keys, k)
		}
	}
	c.ok()
}

func unwatch(c *call) {
	if c.s != nil && !c.all { // EXEC has ended it
		c.s.unwatch(c.kv)
	}
	c.ok()
}

// unwatch forgets what the client watches. No shard is locked.
func (s *session) unwatch(kv *Server) {
	if s.watch == nil {
		return
	}
	for _, k := range s.watch.keys {
		shard := kv.shard(k.hash)
		shard.lock.Lock()
		kv.disregard(k, func(h *heed) { h.watchers = without(h.watchers, s.watch) })
		shard.lock.Unlock()
	}
	s.watch = nil
}

// spent reports whether something that the client watches has changed, and forgets what he watches. Every shard is locked.
func (c *call) spent() bool {
	w := c.s.watch
	if w == nil {
		return false
	}
	for _, k := range w.keys {
		c.look(k.hash, []byte(k.key)) // its time may be over, which is a change
		c.kv.disregard(k, func(h *heed) { h.watchers = without(h.watchers, w) })
	}
	c.s.watch = nil
	return w.touched.Load()
}
