package engine

import (
	"fmt"
	"os"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// isTime reports whether a time has come; else the task is woken then, or before. The timer is not moved with every
// request: it fires, finds that what is waited for has moved, and is set to that.
func (c *conn) isTime(cx *waker.Context, t time.Duration) bool {
	if t == never {
		return false
	}
	for {
		if !c.armed || t < c.fires {
			left := t - c.run.now()
			if left <= 0 {
				return true
			}
			c.timer.Reset(left)
			c.armed, c.fires = true, t
		}
		if c.timer.Poll(cx).IsPending() {
			return false
		}
		c.armed = false
	}
}

// dialTimedOut reports whether the time for the dial is up, and if so has given it up.
func (c *conn) dialTimedOut(cx *waker.Context) bool {
	if !c.isTime(cx, c.until) {
		return false
	}
	future.Drop(c.dial)
	c.dial = nil
	c.nextAddress(fmt.Errorf("dial %s: no answer: %w", c.run.addresses[c.address], os.ErrDeadlineExceeded))
	return true
}

// greetTimedOut reports whether the time for what comes before the first request is up.
func (c *conn) greetTimedOut(cx *waker.Context) bool {
	if !c.isTime(cx, c.until) {
		return false
	}
	c.fail(fmt.Errorf("no answer to what comes before the first request: %w", os.ErrDeadlineExceeded))
	return true
}

// timedOut reports whether something is to be done on an open connection because of the time: a request begins, or the
// oldest has no reply within the timeout, and has failed.
func (c *conn) timedOut(cx *waker.Context) bool {
	late := never
	if c.flight.n > 0 {
		late = c.flight.at(0).begun + c.run.config.Timeout
	}
	begins := never
	switch {
	case !c.hasRoom() || len(c.unsent) > 0:
	case c.taken:
		begins = c.next.at
	case c.ready > 0 && !c.last:
		begins = c.ready
	}
	if !c.isTime(cx, min(late, begins)) {
		return false
	}
	if begins <= late {
		return true
	}
	if c.abandons != nil {
		err := c.abandons.abandon()
		c.failed(c.flight.pop(), fmt.Errorf("within %v: %w", c.run.config.Timeout, err))
		return true
	}
	what := "no reply"
	if c.received > 0 {
		what = fmt.Sprintf("%d bytes of a reply and no more", c.received)
	}
	c.fail(fmt.Errorf("%s within %v: %w", what, c.run.config.Timeout, os.ErrDeadlineExceeded))
	return true
}
