package kv

import (
	"cmp"
	"io"
	"math"
	"time"

	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/resp"
)

// popper is a client that waits in BLPOP or BRPOP: it stands in the heeds of its keys.
//
// Protocol: its state says who has it.
//
//	waiting → taken   by who has made one of its lists longer, with that list's shard locked
//	taken → served    by the same, when reply is there; then, without the lock, its waker is called
//	waiting → over    by the client, whose time is over, or who is gone
//
// So it is served once, by one of its keys, and an element is popped only for one that is still there to get it. The
// element goes from list to client under the shard's lock: no other client comes between, and those that wait are served
// in the order in which they came. Whoever finds one that is not waiting any more passes it by.
//
// Rejected: waking the client, who then tries again. Another one that just came would get the element, and one that
// has left meanwhile would have to pass the wake-up on.
type popper struct {
	kv    *Server
	keys  []heeded
	front bool
	v     resp.Version

	state word.Uint32
	reply []byte // of who has taken it; the client's when it is served
	waker waker.AtomicWaker

	// Only the connection's polls touch these.
	timer reactor.Timer
	timed bool
}

const (
	popWaiting = iota
	popTaken
	popServed
	popOver
)

// take reports whether the caller is the one who serves it.
func (p *popper) take() bool { return p.state.CompareAndSwap(popWaiting, popTaken) }

// giveUp reports whether nobody serves it, and nobody will.
func (p *popper) giveUp() bool { return p.state.CompareAndSwap(popWaiting, popOver) }

// serve hands an element over. Its waker is called later, without locks.
func (p *popper) serve(key string, element []byte) {
	p.reply = resp.AppendBulk(resp.AppendBulk(resp.AppendArray(nil, 2), key), element)
	p.state.Store(popServed)
}

// poll returns the reply when there is one: an element, or that the time is over. gone says that there is none and never will be, as the
// server drains: who has been taken already is waited for, as the element is nobody else's.
func (p *popper) poll(cx *waker.Context, draining bool) (reply []byte, ready, gone bool) {
	p.waker.Register(cx.Waker())
	if p.state.Load() == popServed {
		return p.reply, true, false
	}
	if draining {
		return nil, false, p.giveUp()
	}
	if p.timed && p.timer.Poll(cx).IsReady() {
		p.timed = false
		if p.giveUp() {
			return p.v.AppendNullArray(nil), true, false
		}
	}
	return nil, false, false
}

// leave takes it out of the heeds of its keys. No shard is locked.
func (p *popper) leave() {
	p.giveUp()
	for _, k := range p.keys {
		s := p.kv.shard(k.hash)
		s.lock.Lock()
		p.kv.disregard(k, func(h *heed) { h.poppers = without(h.poppers, p) })
		s.lock.Unlock()
	}
	p.timer.Stop()
	wake.Forget(&p.waker)
}

// feed serves those that wait for elements of a key, as long as it has some. Its shard is locked.
func (c *call) feed(k heeded) {
	e := c.look(k.hash, []byte(k.key))
	if e == nil || e.value.kind != aList {
		return
	}
	c.kv.disregard(k, func(h *heed) {
		for len(h.poppers) > 0 && e.value.list.n > 0 {
			p := h.poppers[0]
			if h.poppers = without(h.poppers, p); !p.take() {
				continue
			}
			p.serve(k.key, c.popFrom(e, p.front))
			c.served = append(c.served, p)
		}
	})
	if e.value.list.n == 0 {
		c.kv.shard(k.hash).delete(e)
	}
}

// feedAll serves those that wait for elements of keys that a transaction has changed. Every shard is locked.
func (c *call) feedAll() {
	for _, k := range c.fed {
		c.feed(k)
	}
	c.fed = nil
}

// wakeServed wakes those that were served. No shard is locked.
func (c *call) wakeServed() {
	for _, p := range c.served {
		p.waker.Wake()
	}
	c.served = nil
}

// popFrom takes an element from a list, and logs that.
func (c *call) popFrom(e *entry, front bool) []byte {
	if front {
		c.log([]byte("LPOP"), []byte(e.key))
		return e.value.list.popFront()
	}
	c.log([]byte("RPOP"), []byte(e.key))
	return e.value.list.popBack()
}

// blockingPop takes an element from the first of its lists that has one, or has the client wait. In a transaction, and where there is
// no client, nobody waits.
func blockingPop(c *call, front bool) {
	last := len(c.args) - 1
	timeout, ok := c.timeout(c.args[last])
	if !ok {
		return
	}
	for _, key := range c.args[1:last] {
		hash := c.kv.hash(key)
		e := c.look(hash, key)
		switch {
		case e == nil:
			continue
		case e.value.kind != aList:
			c.fail(wrongType)
			return
		}
		c.array(2)
		c.bulk(key)
		c.bulk(c.popFrom(e, front))
		if e.value.list.n == 0 {
			c.kv.shard(hash).delete(e)
		}
		c.touch(hash, key)
		return
	}
	if c.all || c.conn == nil {
		c.out = c.v.AppendNullArray(c.out)
		return
	}
	p := &popper{kv: c.kv, front: front, v: c.v}
	for _, key := range c.args[1:last] {
		k := heeded{c.kv.hash(key), string(key)}
		h := c.kv.heed(k)
		h.poppers = append(h.poppers, p)
		p.keys = append(p.keys, k)
	}
	if timeout > 0 {
		p.timer.Reset(timeout)
		p.timed = true
	}
	c.blocked = p
}

// timeout reads how many seconds a client waits, 0 for ever, or answers that it is no such time.
func (c *call) timeout(arg []byte) (time.Duration, bool) {
	n, ok := parseFloat(arg)
	if !ok || n.IsInf() {
		c.fail("ERR timeout is not a float or out of range")
		return 0, false
	}
	switch f, _ := n.Float64(); {
	case f < 0:
		c.fail("ERR timeout is negative")
	case f*1e3 > math.MaxInt64:
		c.fail("ERR timeout is out of range")
	case f*1e9 > math.MaxInt64:
		return math.MaxInt64, true // 292 years
	default:
		return time.Duration(math.Ceil(f*1e3)) * time.Millisecond, true
	}
	return 0, false
}

// wait goes on with a client that waits in BLPOP. What it sends meanwhile is read and kept, however much that is: behind what is not read
// the end of a client that is gone is not seen, and it would wait for ever. One that sends more than a command may have is ended.
func (c *conn) wait(cx *waker.Context, scratch []byte) (again bool, err error) {
	reply, ready, gone := c.popper.poll(cx, c.Draining())
	if gone {
		return false, io.EOF
	}
	if ready {
		c.popper.leave()
		c.popper = nil
		c.out = append(c.out, reply...)
		c.logged()
		c.more = len(c.in) > 0
		return true, nil
	}
	r := c.PollRead(cx, scratch[:maxIn])
	if r.IsPending() {
		return false, nil
	}
	n, err := r.Result()
	if len(c.in)+n > cmp.Or(c.kv.config.Limits.Total, resp.MaxTotal) {
		return false, ErrBacklog
	}
	c.in = append(c.in, scratch[:n]...)
	return true, err
}
