package web

import (
	"cmp"
	"io"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// A connection after its answer: content that nobody has read is thrown away, and at its end it lingers.

// skips throws content away, so that the next request can be read.
func (c *conn) skips(cx *waker.Context) (again bool, err error) {
	x := c.x
	for {
		n, piece, err := x.feedBody(x.in[x.r:])
		x.r += n
		x.skipped += int64(len(piece))
		switch over := err != nil || x.skipped > maxSkip; {
		case over && x.switched != nil:
			c.staysHTTP(err)
			return true, nil
		case over:
			x.closes, x.lingers = true, true
			c.state = reading
			return true, nil
		case x.req.msg.Done() && x.switched != nil:
			c.called()
			return true, nil
		case x.req.msg.Done():
			c.nextRequest()
			return true, nil
		}
		if n == 0 {
			break
		}
	}
	if pending, err := x.write(cx); pending || err != nil {
		return false, c.wait(cx, forWrite, err)
	}
	if x.eof {
		return false, io.ErrUnexpectedEOF
	}
	x.keep()
	buf := sched.Scratch(cx)
	a := c.PollRead(cx, buf)
	if a.IsPending() {
		return false, c.wait(cx, forBody, nil)
	}
	if n, err := a.Result(); err != nil {
		return false, err
	} else {
		c.progress()
		x.add(buf[:n])
	}
	return true, nil
}

// finish ends a connection whose last answer was sent.
func (c *conn) finish() (again bool, err error) {
	x := c.x
	if !x.lingers && x.r == len(x.in) {
		return false, cmp.Or(x.err, errOver)
	}
	if err := c.CloseWrite(); err != nil {
		return false, err
	}
	c.state = lingering
	return true, nil
}

// lingers throws away what still comes, until the client closes or the time is up.
func (c *conn) lingers(cx *waker.Context) (again bool, err error) {
	why := cmp.Or(c.x.err, errOver)
	buf := sched.Scratch(cx)
	a := c.PollRead(cx, buf)
	if a.IsReady() {
		if _, err := a.Result(); err != nil {
			return false, why
		}
	}
	if c.wait(cx, forEnd, nil) != nil {
		return false, why
	}
	return a.IsReady(), nil
}
