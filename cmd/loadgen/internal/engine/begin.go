package engine

import (
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// begin begins the requests that are due and have room. It reports whether there were any.
func (c *conn) begin() bool {
	if len(c.unsent) > 0 {
		return false
	}
	most := c.run.config.PerConn
	isOpen := c.run.arrivals != nil
	was := c.flight.n
	counted := 0 // of a closed load
	var now time.Duration
	for c.hasRoom() && (most == 0 || c.carried < most) && c.take() {
		if now == 0 {
			now = c.run.now()
		}
		if !isOpen || c.next.onward {
			c.next.at = now
		} else if c.next.at > now {
			c.next.waited = true
			break
		}
		if !c.next.onward {
			c.turn.at = c.next.at
		}
		c.next.begun = now
		c.flight.push(c.next)
		c.taken = false
		c.carried++
		switch {
		case !c.next.counted:
		case isOpen && !c.next.onward:
			c.shard.Began(stats.Arrival{N: c.next.n, Began: now, Lag: now - c.next.at, Waited: c.next.waited})
		default:
			counted++
		}
	}
	if counted > 0 {
		c.shard.Sent(counted)
	}
	if c.flight.n == was {
		return false
	}
	c.sendNext(was)
	if was == 0 {
		c.protocol.expect(c.used)
	}
	return true
}

// hasRoom reports whether another request may be under way.
func (c *conn) hasRoom() bool {
	return !c.flight.isFull() && (c.limiter == nil || c.limiter.room(c.flight.n))
}

// sendNext has the protocol make those of the requests under way that come from the i-th on.
func (c *conn) sendNext(i int) {
	n := c.flight.n - i
	p, sizes := c.protocol.next(n)
	c.unsent = p
	for k := range n {
		if sizes == nil {
			c.flight.at(i + k).size = len(p) / n
		} else {
			c.flight.at(i + k).size = sizes[k]
		}
	}
}

// takeOut takes a request off those under way: the one that the protocol has told of.
func (c *conn) takeOut() sent {
	if c.order == nil {
		return c.flight.pop()
	}
	return c.flight.remove(c.order.which())
}

// complete counts the reply that is complete. refusal is what it says, if that is that the request has failed.
func (c *conn) complete(refusal error) {
	s := c.takeOut()
	now := c.run.now()
	if s.counted {
		c.shard.Record(stats.Exchange{
			Latency: now - s.at, Service: now - s.begun, Status: c.protocol.status(),
			Sent: s.size, Received: c.received, Lane: c.lane(), Refused: refusal != nil,
		})
		if refusal != nil {
			c.shard.FailIn(c.lane(), refusal)
		}
	}
	c.stepped(now, refusal)
	c.done(now)
}

// failed counts a failure of one request, after which the connection goes on.
func (c *conn) failed(s sent, err error) {
	if s.counted {
		c.shard.FailIn(c.lane(), err)
	}
	c.giveUp()
	c.done(c.run.now())
}

// done goes on after a request.
func (c *conn) done(now time.Duration) {
	c.pause = 0
	if think := c.run.config.Think; think > 0 {
		c.ready = now + think
	}
	c.received = 0
	c.used = true
	most := c.run.config.PerConn
	switch {
	case !c.protocol.reusable() || most > 0 && c.carried >= most && c.flight.n == 0:
		c.hangUp()
		c.state = idle // what is under way is sent again
	case c.flight.n > 0:
		c.protocol.expect(true)
	}
}

// fail counts a failure of all that is under way, or that should have been, and backs off.
func (c *conn) fail(err error) {
	for c.flight.n > 0 {
		if s := c.flight.pop(); s.counted {
			c.shard.FailIn(c.lane(), err)
		}
	}
	if c.taken && c.state != open && (c.run.arrivals == nil || c.next.at <= c.run.now()) {
		// Its time has come, and there is no connection for it. Before that there is time for another attempt.
		c.taken = false
		if c.next.counted {
			c.shard.FailIn(c.lane(), err)
		}
		if c.stepper != nil && !c.next.onward && c.next.counted {
			c.shard.EndedEarly(c.run.lane) // before it began
		}
	}
	c.giveUp()
	c.next.waited = false // if it is late now, it is for want of a connection
	c.hangUp()
	c.tried = 0
	c.pause = min(max(2*c.pause, firstPause), lastPause)
	c.until = c.run.now() + c.pause
	c.state = backingOff
}
