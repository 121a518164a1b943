package stats

// counts are what shards add up to.
type counts struct {
	connects   uint64
	closedIdle uint64
	lenient    uint64
	began      uint64
	shed       uint64 // of an open load, too late to be sent
	unsent     uint64 // of an open load, when the run ended
	sent       uint64 // bytes
	received   uint64 // bytes
	overLimit  longest
	unanswered longest
	connecting longest
}

func (c *counts) add(d *counts) {
	c.connects += d.connects
	c.closedIdle += d.closedIdle
	c.lenient += d.lenient
	c.began += d.began
	c.shed += d.shed
	c.unsent += d.unsent
	c.sent += d.sent
	c.received += d.received
	c.overLimit.merge(d.overLimit)
	c.unanswered.merge(d.unanswered)
	c.connecting.merge(d.connecting)
}

// longest is how many there are and the longest time of them, in nanoseconds.
type longest struct {
	n  uint64
	ns int64
}

func (l *longest) add(ns int64) { l.merge(longest{1, ns}) }

func (l *longest) merge(o longest) { l.n, l.ns = l.n+o.n, max(l.ns, o.ns) }
