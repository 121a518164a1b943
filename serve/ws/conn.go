package ws

import (
	"net"

	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// Conn is a connection, of a server or of a client. What is not said to be for callbacks may be called by any thread, also after
// its end.
//
// Protocol: lock guards the queue. Only the connection's task takes from it. Who appends sets some, and wakes the task if some was
// not set; the task clears some when it has emptied the queue, under the lock. It registers its waker, and then looks at some, before it waits.
// While some is set the task is about to be polled, or waits for the socket, and finds what is appended then.
//
// Invariant: whenever the task waits for something else than the socket, the queue is empty, or somebody is about to wake it.
// What ends the connection, over and cut, is to be seen by a task that waits for the socket as well: it wakes always.
//
// Rejected: a wake-up for each frame (a task that waits for the socket would be polled in vain for each frame of a publisher), and some
// instead of the queue under a lock-free list (frames are taken off in parts, and the queue's bytes are counted).
type Conn struct {
	m    *core
	data any

	lock    spin.Lock
	queue   [][]byte
	room    [1][]byte // the queue's first memory
	queued  int       // bytes
	over    bool      // nothing more is queued: closed, or cut
	cut     bool
	dropped uint64
	waiting waitlist.List // for room

	waker waker.AtomicWaker
	some  word.Bool
	inbox *inbox // nil if messages are given to a callback
}

// RemoteAddr returns the peer's address. For callbacks.
func (c *Conn) RemoteAddr() net.Addr { return c.m.io.RemoteAddr() }

// Protocol returns the subprotocol that was agreed, or "".
func (c *Conn) Protocol() string { return c.m.protocol }

// SetData keeps something of the caller's with the connection, for Data. For callbacks.
func (c *Conn) SetData(v any) { c.data = v }

// Data returns what SetData was given. For callbacks.
func (c *Conn) Data() any { return c.data }

// Dropped returns how many messages were left out by the policy Drop.
func (c *Conn) Dropped() uint64 {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.dropped
}

// Reply sends a message from inside of Open or Message, behind what was sent before. It copies data and, unless the answers of one read
// are more than 32 KiB, does not allocate. What the socket does not take is kept: before it has gone the connection is not read from, nor is
// Message given what came in the same read behind 32 KiB of answers.
func (c *Conn) Reply(op wire.Op, data []byte) {
	m := c.m
	if m.out == nil {
		panic("ws: Reply outside of a callback; Send may be called anywhere")
	}
	if c.some.Load() || m.closing {
		_ = c.Send(op, data) // if it is over, there is nobody to reply to
		return
	}
	m.out = m.appendMessage(m.out, op, data)
}

// Send queues a message and returns: nil, ErrClosed, or by the policy ErrFull or ErrSlow. It copies data. It does not block.
func (c *Conn) Send(op wire.Op, data []byte) error {
	return c.push(c.m.appendMessage(nil, op, data))
}

// SendPrepared is Send of a frame that is shared. A client's frames are masked, each by a key of its own, so that it copies it.
func (c *Conn) SendPrepared(p *Prepared) error { return c.push(c.m.frame(p)) }

// isFull reports whether n more bytes are too many. One message is taken whatever its length.
func (c *Conn) isFull(n int) bool { return c.queued > 0 && c.queued+n > c.m.rules.maxQueued }

// push queues a frame, which nobody writes to any more.
func (c *Conn) push(frame []byte) error {
	c.lock.Lock()
	if c.over {
		c.lock.Unlock()
		return ErrClosed
	}
	if c.isFull(len(frame)) {
		switch c.m.rules.full {
		case Wait:
			c.lock.Unlock()
			return ErrFull
		case Drop:
			c.dropped++
			c.lock.Unlock()
			return nil
		}
		c.over, c.cut = true, true
		c.lock.Unlock()
		c.tell()
		return ErrSlow
	}
	c.add(frame)
	c.lock.Unlock()
	c.wake()
	return nil
}

// offer queues a frame if there is room. taken is false if there is not.
func (c *Conn) offer(frame []byte) (taken bool, err error) {
	c.lock.Lock()
	switch {
	case c.over:
		c.lock.Unlock()
		return true, ErrClosed
	case c.isFull(len(frame)):
		c.lock.Unlock()
		return false, nil
	}
	c.add(frame)
	c.lock.Unlock()
	c.wake()
	return true, nil
}

func (c *Conn) add(frame []byte) {
	if c.queue == nil {
		c.queue = c.room[:0]
	}
	c.queue = append(c.queue, frame)
	c.queued += len(frame)
}

// wake has the task look at the queue.
func (c *Conn) wake() {
	if !c.some.Swap(true) {
		c.waker.Wake()
	}
}

// tell has the task look at over and cut, whatever it waits for.
func (c *Conn) tell() {
	c.some.Store(true)
	c.waker.Wake()
}

// Close sends a close frame behind what is queued; nothing is sent after it. The peer has Config.CloseTime to take what is queued, and
// as long again to answer; then the connection ends. code has to be one that may be sent (see wire/ws.MaySend) or NoStatus; Close
// panics if it is not.
func (c *Conn) Close(code uint16, reason string) {
	if code != wire.NoStatus && !wire.MaySend(code) {
		panic("ws: Close with a code that may not be sent")
	}
	frame := c.m.appendFrame(nil, wire.Close, false, wire.AppendClosing(nil, code, reason))
	c.lock.Lock()
	if c.over {
		c.lock.Unlock()
		return
	}
	c.over = true
	c.add(frame)
	c.lock.Unlock()
	c.tell()
}

// Drop is Close with the code GoingAway, for who discards a connection.
func (c *Conn) Drop() { c.Close(wire.GoingAway, "") }

// ended returns over and cut.
func (c *Conn) ended() (over, cut bool) {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.over, c.cut
}

// first returns what is to be sent next: the frame that is queued alone, as it is, or several gathered in scratch.
func (c *Conn) first(scratch []byte) []byte {
	c.lock.Lock()
	defer c.lock.Unlock()
	switch {
	case len(c.queue) == 0:
		return nil
	case len(c.queue) == 1 || len(c.queue[0]) > len(scratch)/2:
		return c.queue[0]
	}
	out := scratch[:0]
	for _, frame := range c.queue {
		if len(out)+len(frame) > len(scratch) {
			break
		}
		out = append(out, frame...)
	}
	return out
}

// sent takes n bytes off the queue, and reports whether they were the last ones: it is empty, and remains so.
func (c *Conn) sent(n int) (last bool) {
	c.lock.Lock()
	c.queued -= n
	i := 0
	for n > 0 && n >= len(c.queue[i]) {
		n -= len(c.queue[i])
		c.queue[i] = nil
		i++
	}
	if c.queue = c.queue[i:]; n > 0 {
		c.queue[0] = c.queue[0][n:]
	}
	if len(c.queue) == 0 {
		c.queue = nil
		c.some.Store(c.cut)
		last = c.over
	}
	room := c.queued <= c.m.rules.maxQueued/2
	c.lock.Unlock()
	if room && !c.waiting.Empty() {
		c.waiting.NotifyAll(nil)
	}
	return last
}

// end has nothing more be queued, and tells those who wait why.
func (c *Conn) end(why error) {
	c.lock.Lock()
	c.over, c.queue, c.queued = true, nil, 0
	c.room[0] = nil
	c.lock.Unlock()
	c.waiting.Close(nil)
	if c.inbox != nil {
		c.inbox.end(why)
	}
	wake.Forget(&c.waker)
}
