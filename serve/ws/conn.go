package ws

import (
	"net"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// Conn is a connection. What is not said to be for callbacks may be called by any thread, also after its end.
//
// Protocol: lock guards the queue. Who appends to it sets some and wakes the connection's task; the task registers its waker, and then
// looks at some, before it waits. So what is queued is seen. Only the task takes from the queue.
type Conn struct {
	m    *machine
	data any

	lock    spin.Lock
	queue   [][]byte
	room    [1][]byte // the queue's first memory
	queued  int       // bytes
	over    bool      // nothing more is queued: closed, or cut
	cut     bool
	dropped uint64
	waiting []waker.Waker // those of PollSend

	waker waker.AtomicWaker
	some  word.Bool
}

// RemoteAddr returns the peer's address. For callbacks.
func (c *Conn) RemoteAddr() net.Addr { return c.m.RemoteAddr() }

// Protocol returns the subprotocol that was agreed, or "". For callbacks.
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
// are more than 32 KiB, does not allocate. What the socket does not take is kept: the connection is not read from before it has gone.
func (c *Conn) Reply(op wire.Op, data []byte) {
	m := c.m
	if m.out == nil {
		panic("ws: Reply outside of a callback; Send may be called anywhere")
	}
	if c.some.Load() || m.closing {
		_ = c.Send(op, data) // if it is over, there is nobody to reply to
		return
	}
	m.out = m.appendFrame(m.out, op, data)
}

// Send queues a message and returns: nil, ErrClosed, or by the policy ErrFull or ErrSlow. It copies data. It does not block.
func (c *Conn) Send(op wire.Op, data []byte) error {
	return c.push(c.m.appendFrame(nil, op, data))
}

// SendPrepared is Send of a frame that is shared.
func (c *Conn) SendPrepared(p *Prepared) error { return c.push(p.form(c.m.deflate)) }

// PollSend is SendPrepared that is Pending while the queue is full, under the policy Wait: the waker of cx is called when there may be
// room.
func (c *Conn) PollSend(cx *waker.Context, p *Prepared) future.Poll[future.Unit] {
	frame := p.form(c.m.deflate)
	c.lock.Lock()
	if !c.over && c.m.server.config.Full == Wait && c.isFull(len(frame)) {
		c.waiting = append(c.waiting, cx.Waker().Clone())
		c.lock.Unlock()
		return future.Pending[future.Unit]()
	}
	c.lock.Unlock()
	switch err := c.push(frame); err {
	case ErrFull: // another one was faster
		cx.PollAgain()
		return future.Pending[future.Unit]()
	default:
		return future.Done(future.Unit{}, err)
	}
}

// isFull reports whether n more bytes are too many. One message is taken whatever its length.
func (c *Conn) isFull(n int) bool { return c.queued > 0 && c.queued+n > c.m.server.config.MaxQueued }

// push queues a frame, which nobody writes to any more.
func (c *Conn) push(frame []byte) error {
	c.lock.Lock()
	if c.over {
		c.lock.Unlock()
		return ErrClosed
	}
	if c.isFull(len(frame)) {
		switch c.m.server.config.Full {
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
		c.wake()
		return ErrSlow
	}
	c.add(frame)
	c.lock.Unlock()
	c.wake()
	return nil
}

func (c *Conn) add(frame []byte) {
	if c.queue == nil {
		c.queue = c.room[:0]
	}
	c.queue = append(c.queue, frame)
	c.queued += len(frame)
}

func (c *Conn) wake() {
	c.some.Store(true)
	c.waker.Wake()
}

// Close sends a close frame behind what is queued; nothing is sent after it. The connection ends when the peer has answered, or after
// Config.CloseTime. code has to be one that may be sent (see wire/ws.MaySend) or NoStatus; Close panics if it is not.
func (c *Conn) Close(code uint16, reason string) {
	if code != wire.NoStatus && !wire.MaySend(code) {
		panic("ws: Close with a code that may not be sent")
	}
	c.lock.Lock()
	if c.over {
		c.lock.Unlock()
		return
	}
	c.over = true
	c.add(wire.AppendFrame(nil, wire.Close, wire.AppendClosing(nil, code, reason)))
	c.lock.Unlock()
	c.wake()
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
	var waiting []waker.Waker
	if c.queued <= c.m.server.config.MaxQueued/2 {
		waiting, c.waiting = c.waiting, nil
	}
	c.lock.Unlock()
	for _, w := range waiting {
		w.Wake()
	}
	return last
}

// end has nothing more be queued.
func (c *Conn) end() {
	c.lock.Lock()
	c.over, c.queue, c.queued = true, nil, 0
	c.room[0] = nil
	waiting := c.waiting
	c.waiting = nil
	c.lock.Unlock()
	for _, w := range waiting {
		w.Wake()
	}
	wake.Forget(&c.waker)
}
