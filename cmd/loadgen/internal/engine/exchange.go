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
// connections take little memory and large ones few system calls. Of 10,000 connections
// to a server of small replies the buffers are the most of what is taken.
const (
	firstBuffer = 1 << 10
	lastBuffer  = http1.MaxHead // unless a reply's header may be larger
)

// stepExchange begins what is due, sends what is left of it and reads what has come of replies. It does so in turns: a
// message larger than the sockets' buffers comes back before it is sent whole.
func (c *conn) stepExchange(cx *waker.Context) bool {
	began := c.begin()
	if c.last && !c.taken && c.flight.n == 0 {
		c.end()
		return true
	}
	if c.talker != nil && len(c.unsent) == 0 {
		c.unsent = c.talker.talk()
		c.control = true
	}
	wrote := c.send(cx)
	if c.state != open {
		return true
	}
	return c.receiveAll(cx) || wrote || began
}

// receiveAll reads the replies that have come together before the next requests are begun, so that those go out together too: under TLS a
// read brings one record, which mostly is one reply. It takes no more of them than there were requests under way.
func (c *conn) receiveAll(cx *waker.Context) (any bool) {
	for left := c.flight.n; c.receive(cx); {
		any = true
		if left--; left <= 0 || c.state != open || c.flight.n == 0 {
			break
		}
	}
	return any
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
	} else if len(c.unsent) == 0 {
		c.control = false
	}
	return true
}

// receive reports whether anything was received. While nothing is under way it looks whether the server closes.
func (c *conn) receive(cx *waker.Context) bool {
	p := c.nc.PollRead(cx, c.buf[c.w:])
	if p.IsPending() {
		return false
	}
	n, err := p.Result()
	if err == io.EOF && c.flight.n > 0 {
		if err = c.protocol.eof(); err == nil {
			if c.judge != nil {
				err = c.judge.verdict()
			}
			c.complete(err)
			return true
		}
	}
	if err != nil {
		c.broken(err)
		return true
	}
	c.w += n
	filled := c.w == len(c.buf)
	for c.state == open && c.r < c.w {
		if c.flight.n == 0 && !c.traits.chatty {
			c.odd(c.protocol.surplus(c.w - c.r))
			return true
		}
		n, got, err := c.protocol.feed(c.buf[c.r:c.w])
		c.r += n
		c.received += n
		switch {
		case err != nil && got == more:
			c.wrong(err)
		case c.flight.n == 0 && (got == answered || got == failed):
			c.odd(c.protocol.surplus(n))
		case got == failed:
			c.failed(c.takeOut(), err)
		case got == resend:
			if c.run.phase.Load() == measuring {
				c.shard.ClosedIdle()
			}
			c.reopen()
		case got == more:
			if n == 0 {
				if c.makeRoom(filled); c.w == len(c.buf) {
					c.wrong(c.tooLong())
				}
				return true
			}
		case !c.traits.early && c.unsentRequests() == c.flight.n && c.protocol.reusable():
			// The answer came before the question was out. It cannot be told what the
			// rest of the question would be taken for.
			c.odd(fmt.Errorf("%w: it came with status %d before the request was sent whole", stats.ErrEarly, c.protocol.status()))
		case c.flight.n == 1 && c.r < c.w && !c.traits.chatty:
			c.odd(c.protocol.surplus(c.w - c.r))
		default:
			c.complete(err)
		}
	}
	if c.state == open {
		c.makeRoom(filled)
	}
	return true
}

// wrong handles a reply that breaks the rules.
func (c *conn) wrong(err error) {
	if c.flight.n == 0 {
		c.unasked(err)
		return
	}
	if c.run.config.Lenient && errors.Is(err, stats.ErrSurplus) {
		// They belong to the reply before, and came after this request was begun.
		c.lenient()
		c.reopen()
		return
	}
	c.fail(err)
}

// unsentRequests returns how many of those under way are not sent whole.
func (c *conn) unsentRequests() int {
	left := len(c.unsent)
	if c.control {
		left = 0
	}
	n := 0
	for ; left > 0; n++ {
		left -= c.flight.at(c.flight.n - 1 - n).size
	}
	return n
}

// tooLong is what is wrong with a line, or whatever a protocol wants whole, that fills the largest buffer: to read on would be to
// read nothing, again and again.
func (c *conn) tooLong() error {
	return fmt.Errorf("%w: a part of it that has no end in %d bytes", stats.ErrReply, len(c.buf))
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
