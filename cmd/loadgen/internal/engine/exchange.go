package engine

import (
	"errors"
	"fmt"
	"io"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
)

// A connection's buffer grows while replies fill it, so that small replies to many
// connections take little memory and large ones few system calls.
const (
	firstBuffer = 4 << 10
	lastBuffer  = http1.MaxHead // unless a reply's header may be larger
)

// stepExchange sends what is left of the request and reads what has come of the reply.
// It does both in turns: a message larger than the sockets' buffers comes back before
// it is sent whole.
func (c *conn) stepExchange(cx *waker.Context) bool {
	wrote := c.send(cx)
	if c.state != exchanging {
		return true
	}
	return c.receive(cx) || wrote
}

// send reports whether anything was sent.
func (c *conn) send(cx *waker.Context) bool {
	if len(c.unsent) == 0 {
		return false
	}
	p := c.nc.PollWrite(cx, c.unsent)
	if p.IsPending() {
		return false
	}
	n, err := p.Result()
	c.unsent = c.unsent[n:]
	if err != nil {
		c.broken(err)
	}
	return true
}

// receive reports whether anything was received.
func (c *conn) receive(cx *waker.Context) bool {
	p := c.nc.PollRead(cx, c.buf[c.w:])
	if p.IsPending() {
		return false
	}
	n, err := p.Result()
	if err == io.EOF {
		if err = c.protocol.eof(); err == nil {
			c.complete()
			return true
		}
	}
	if err != nil {
		c.broken(err)
		return true
	}
	c.received += n
	c.w += n
	filled := c.w == len(c.buf)

	n, done, err := c.protocol.feed(c.buf[c.r:c.w])
	c.r += n
	switch {
	case err != nil && c.run.config.Lenient && errors.Is(err, stats.ErrSurplus):
		// They belong to the reply before, and came after this request was begun.
		c.lenient()
		c.reopen()
	case err != nil:
		c.fail(err)
	case done && c.r < c.w:
		c.odd(c.protocol.surplus(c.w - c.r))
	case done && len(c.unsent) > 0 && c.protocol.reusable():
		// The answer came before the question was out. It cannot be told what the
		// rest of the question would be taken for.
		c.odd(fmt.Errorf("%w: it came with status %d before the request was sent whole", stats.ErrEarly, c.protocol.status()))
	case done:
		c.r, c.w = 0, 0
		c.complete()
	default:
		c.makeRoom(filled)
	}
	return true
}

// makeRoom moves an unfinished line to the front, into a larger buffer if this one was
// filled.
func (c *conn) makeRoom(filled bool) {
	to := c.buf
	if filled && len(to) < max(lastBuffer, c.run.config.MaxHead) && len(to) >= firstBuffer {
		to = make([]byte, 2*len(to))
	}
	c.w = copy(to, c.buf[c.r:c.w])
	c.r = 0
	c.buf = to
}
