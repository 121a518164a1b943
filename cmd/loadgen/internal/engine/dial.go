package engine

import (
	"fmt"
	"time"

	"github.com/magpie-go/magpie/waker"
)

// redial tries the next address, at first the one that the last connection of this run
// was made with. The addresses that are left share the time that is left.
func (c *conn) redial() {
	r := c.run
	now := r.now()
	if c.tried == 0 {
		c.address, c.dialed = int(r.address.Load()), now
	}
	left := c.dialed + r.config.Timeout - now
	c.until = now + left/time.Duration(len(r.addresses)-c.tried)
	c.dial = r.dial(r.addresses[c.address])
	c.state = dialing
}

func (c *conn) stepDial(cx *waker.Context) bool {
	p := c.dial.Poll(cx)
	if p.IsPending() {
		return false
	}
	c.dial = nil
	nc, err := p.Result()
	if err != nil {
		c.nextAddress(err)
		return true
	}
	if c.tried > 0 {
		c.run.address.Store(uint32(c.address))
	}
	c.tried = 0
	c.nc = nc
	if c.greeter != nil {
		if c.unsent = c.greeter.hello(); len(c.unsent) > 0 {
			c.state = greeting
			return true
		}
	}
	c.opened()
	return true
}

// opened goes on to requests, which may begin with those to be sent again.
func (c *conn) opened() {
	c.state = open
	c.shard.Connected()
	if n := c.flight.n; n > 0 {
		c.sendNext(0)
		c.carried = uint64(n)
		c.protocol.expect(false)
	}
}

// stepGreet goes on with what comes before the first request.
func (c *conn) stepGreet(cx *waker.Context) bool {
	wrote := c.send(cx)
	if c.state != greeting {
		return true
	}
	p := c.nc.PollRead(cx, c.buf[c.w:])
	if p.IsPending() {
		return wrote
	}
	n, err := p.Result()
	if err != nil {
		c.fail(fmt.Errorf("before the first request: %w", err))
		return true
	}
	c.w += n
	filled := c.w == len(c.buf)
	n, done, err := c.greeter.greet(c.buf[c.r:c.w])
	c.r += n
	if err != nil {
		c.fail(err)
		return true
	}
	if c.makeRoom(filled); c.w == len(c.buf) {
		c.fail(c.tooLong())
		return true
	}
	if done {
		c.opened()
	}
	return true
}

// nextAddress gives an address up: a name may have others.
func (c *conn) nextAddress(err error) {
	all := len(c.run.addresses)
	c.address = (c.address + 1) % all
	if c.tried++; c.tried < all {
		c.redial()
		return
	}
	if all > 1 {
		err = fmt.Errorf("none of %d addresses took the connection, at last: %w", all, err)
	}
	c.fail(err)
}
