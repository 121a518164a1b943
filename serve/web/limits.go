package web

import (
	"fmt"
	"os"
	"time"

	"github.com/magpie-go/magpie/waker"
)

// Time-outs. A connection has one timer, and sets it only when a poll ends without what it waits for: requests that come
// whole and are answered at once never do. While connections are used, the timer of an idle one is left alone, and looks at
// the second of the last request when it fires.

// limit is what a connection's timer is set for.
type limit uint8

const (
	forNothing limit = iota
	forRequest       // an idle connection
	forHeader        // all of a header
	forBody          // some content
	forWrite         // some room to write
	forEnd           // lingering
)

var limitNames = [...]string{"nothing", "the next request", "a header", "content", "the client to read", "the end"}

// TimeoutError is the error of a connection whose client was too slow. It is an os.ErrDeadlineExceeded.
type TimeoutError struct {
	For   string // what was waited for
	After time.Duration
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("web: waited for %s for %v", e.For, e.After)
}

// Is reports that it is os.ErrDeadlineExceeded.
func (e *TimeoutError) Is(target error) bool { return target == os.ErrDeadlineExceeded }

// Timeout implements net.Error's.
func (e *TimeoutError) Timeout() bool { return true }

// exactly is from which time-out on that of an idle connection is kept to the second only.
const exactly = 5 * time.Second

func (c *conn) timeout(l limit) time.Duration {
	switch config := &c.srv.config; l {
	case forRequest:
		return config.IdleTimeout
	case forHeader:
		return config.HeaderTimeout
	case forBody:
		return config.BodyTimeout
	case forWrite:
		return config.WriteTimeout
	case forEnd:
		return lingerTime
	}
	return -1
}

// wait is called when a poll has to wait for l, and returns what the connection ends with if that took too long, or err if
// there is one.
func (c *conn) wait(cx *waker.Context, l limit, err error) error {
	if err != nil {
		return err
	}
	if c.x != nil {
		c.x.isWaiting()
	}
	d := c.timeout(l)
	if l == forNothing {
		return nil // a timer that fires then does no harm
	}
	if l == forRequest && c.limit != l {
		c.since = c.srv.clock.second.Load().unix
	}
	if l != c.limit {
		c.limit = l
		if d <= 0 {
			c.timer.Stop()
			return nil
		}
		c.timer.Reset(d)
	}
	if d <= 0 {
		return nil
	}
	for c.timer.Poll(cx).IsReady() {
		if l != forRequest {
			return &TimeoutError{limitNames[l], d}
		}
		if d < exactly {
			return errOver
		}
		silent := time.Duration(c.srv.clock.second.Load().unix-c.since) * time.Second
		if silent >= d {
			return errOver
		}
		c.timer.Reset(d - silent)
	}
	return nil
}

// progress is called when something came, or was taken, that is waited for.
func (c *conn) progress() {
	if c.limit == forWrite || c.limit == forBody {
		c.limit = forNothing
	}
}
