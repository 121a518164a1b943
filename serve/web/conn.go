package web

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

// A connection is a machine of five states. Whatever its state, what is owed is sent before the poll ends, so the answers
// to requests that came together go out in one write.
//
//	reading    a header is awaited, or a part of one is there. Whole requests are answered one after the other, until
//	           maxAnswers bytes are owed, or maxTurn were answered in a poll: a client that only asks and never reads
//	           gets no further, and one that asks much at once goes on behind others
//	answering  x.fut answers the request: an async handler, or a body that is streamed
//	skipping   the answer is given, or waits for that, and content that nobody has read is thrown away
//	lingering  all is sent that will be, and the client may be sending yet: closing at once would reset the connection,
//	           and could take the answer with it
//	switched   the connection speaks another protocol, by x.fut
const (
	reading state = iota
	answering
	skipping
	lingering
	switched
)

type state uint8

const (
	// maxAnswers is how many bytes of answers are collected before they are sent.
	maxAnswers = 32 << 10
	// maxTurn is how many requests are answered in a poll. Who has sent more goes on at low priority, behind those who
	// have sent one: else 1,000 clients that ask 1,000 times each, which is all at hand as they connect, are
	// a pause of a sixth of a second for all others.
	maxTurn = 32
	// maxFirst is how much is read at once of what may be many requests: what is not answered in the turn is kept.
	maxFirst = 4 << 10
	// maxSkip is how much content that no handler has read is thrown away so that the connection can go
	// on; with more it is closed. It is net/http's.
	maxSkip = 256 << 10
	// maxAhead is how much is read beside an answer under way, to see the client go.
	maxAhead = 4 << 10
	// lingerTime is the time that a slow client needs to see the answer, not to send all it has.
	lingerTime = time.Second
)

// conn is a connection's machine.
type conn struct {
	serve.Conn
	srv   *Server
	x     *exchange // what is under way; nil if nothing is
	fut   future.Future[future.Unit]
	timer reactor.Timer
	since int64 // the second in which it was last active
	state state
	limit limit // what the timer is set for
	turn  uint8 // requests answered in this poll
}

// errOver is the end of a connection that came as it should.
var errOver = errors.New("over")

// Poll implements future.Future.
func (c *conn) Poll(cx *waker.Context) future.Poll[future.Unit] {
	c.turn = 0
	for {
		again, err := c.step(cx)
		switch {
		case err == errOver:
			c.end()
			return future.Ready(future.Unit{})
		case err != nil:
			c.end()
			return future.Failed[future.Unit](err)
		case !again:
			return future.Pending[future.Unit]()
		}
	}
}

// Drop implements future.Dropper, for a server that does not wait any longer.
func (c *conn) Drop() { c.end() }

func (c *conn) end() {
	if x := c.x; x != nil {
		if f := x.fut; f != nil {
			x.fut = nil
			future.Drop(f)
		}
		if c.x != nil { // it is not somebody else's
			c.release()
		}
	}
	if c.fut != nil {
		future.Drop(c.fut)
		c.fut = nil
	}
	c.timer.Drop()
}

// step goes on as far as it can; false: it has to wait.
func (c *conn) step(cx *waker.Context) (again bool, err error) {
	switch c.state {
	case reading:
		return c.reads(cx)
	case answering:
		return c.answers(cx)
	case skipping:
		return c.skips(cx)
	case lingering:
		return c.lingers(cx)
	default:
		p := c.fut.Poll(cx)
		if p.IsPending() {
			return false, nil
		}
		c.fut = nil
		if err := p.Err(); err != nil {
			return false, err
		}
		return false, errOver
	}
}

func (c *conn) reads(cx *waker.Context) (again bool, err error) {
	x := c.x
	if x != nil {
		if c.understand(cx); c.state != reading {
			return true, nil
		}
		more := !x.closes && x.r < len(x.in) && !c.mayAnswer()
		if pending, err := x.write(cx); pending || err != nil {
			return false, c.wait(cx, forWrite, err)
		}
		switch {
		case x.closes:
			return c.finish()
		case more:
			x.keep()
			cx.PollAgainLow()
			return false, nil
		case x.eof:
			return false, c.ended()
		case x.at == len(x.in):
			c.release()
			if c.since = c.srv.clock.second.Load().unix; c.srv.config.IdleTimeout < exactly {
				c.limit = forNothing // the timer is set anew
			}
			c.SetState(serve.StateIdle)
		default:
			x.keep()
		}
	}
	buf := sched.Scratch(cx)
	if c.x == nil || c.turn > 0 {
		buf = buf[:maxFirst]
	}
	a := c.PollRead(cx, buf)
	if a.IsPending() {
		switch {
		case c.x != nil:
			return false, c.wait(cx, forHeader, nil)
		case c.Ends():
			return false, errOver
		}
		return false, c.wait(cx, forRequest, nil)
	}
	n, err := a.Result()
	if err == io.EOF {
		if c.x == nil {
			return false, errOver
		}
		return false, c.ended()
	}
	if err != nil {
		if c.x == nil { // a client that resets where it could close has got what it wanted
			err = errOver
		}
		return false, err
	}
	if c.x == nil {
		c.begin()
		c.SetState(serve.StateActive)
	}
	c.x.add(buf[:n])
	return true, nil
}

// ended returns what a connection ends with whose client has closed in the middle of a request, or after one.
func (c *conn) ended() error {
	if x := c.x; x.err != nil {
		return x.err
	} else if x.req.msg.Begun() || x.at < len(x.in) {
		return io.ErrUnexpectedEOF
	}
	return errOver
}

// understand answers the requests that are there.
func (c *conn) understand(cx *waker.Context) {
	x := c.x
	for c.state == reading && !x.closes && x.r < len(x.in) && c.mayAnswer() {
		n, err := x.req.msg.FeedHead(x.in[x.r:])
		x.r += n
		if err != nil {
			x.refuse(err)
			return
		}
		if !x.req.msg.HeadDone() {
			return
		}
		if c.limit == forHeader {
			c.limit = forNothing
		}
		x.req.msg.Bind(x.in[x.at:x.r])
		c.turn++
		x.call(cx, c.srv.config.Handler)
		c.called()
	}
}

// mayAnswer reports whether another request may be answered in this poll.
func (c *conn) mayAnswer() bool { return c.turn < maxTurn && c.x.hasRoom() }

// called goes on after the handler of a request has returned, or what it has handed over has ended.
func (c *conn) called() {
	x := c.x
	if x.fut != nil {
		c.state = answering
		return
	}
	if x.switched != nil && !x.req.msg.Done() {
		c.skipsFirst()
		return
	}
	x.finish()
	c.answered()
}

// answered goes on after all of an answer is in out.
func (c *conn) answered() {
	x := c.x
	switch {
	case x.switched != nil:
		c.state = answering // until it is sent
	case x.req.msg.Done():
		c.nextRequest()
	case x.closes:
		x.lingers = true
		c.state = reading
	default:
		c.state = skipping
		x.piece = nil
	}
}

// nextRequest goes on after all of a request has been read, and answered.
func (c *conn) nextRequest() {
	c.state = reading
	c.x.next()
	c.x.req.msg.Reset()
}

func (c *conn) answers(cx *waker.Context) (again bool, err error) {
	x := c.x
	if !x.lent { // to a goroutine, whose it is then
		x.keep()
		if x.switched != nil && x.fut == nil {
			return c.switches(cx)
		}
	}
	p := x.poll(cx)
	if p.IsPending() {
		return c.answersLater(cx)
	}
	x.fut = nil
	if c.x != x {
		return false, errOver // the connection was handed over
	}
	if err := p.Err(); err == http.ErrAbortHandler {
		return false, errOver
	} else if err != nil {
		x.failed(err)
	}
	c.called()
	return true, nil
}

// answersLater sends what there is of an answer, and looks out for the client.
func (c *conn) answersLater(cx *waker.Context) (again bool, err error) {
	x := c.x
	if x.lent {
		return false, nil // to a goroutine, which reads and writes
	}
	if x.owes() {
		pending, err := x.write(cx)
		if err != nil {
			return false, err
		}
		if pending {
			return false, c.wait(cx, forWrite, nil)
		}
		if x.flushing {
			return true, nil // it waits for that
		}
	}
	switch {
	case !x.req.msg.Done() && x.wantsBody:
		return false, c.wait(cx, forBody, nil)
	case x.req.msg.Done():
		if err := c.watch(cx); err != nil {
			return false, err
		}
	}
	if x.sends {
		return false, c.wait(cx, forWrite, nil)
	}
	return false, c.wait(cx, forNothing, nil)
}

// watch reads ahead, so that a client that resets the connection ends the answer that nobody waits for.
func (c *conn) watch(cx *waker.Context) error {
	x := c.x
	for !x.eof && len(x.in)-x.r < maxAhead {
		buf := sched.Scratch(cx)[:maxAhead]
		a := c.PollRead(cx, buf)
		if a.IsPending() {
			return nil
		}
		n, err := a.Result()
		switch {
		case err == io.EOF:
			x.eof = true // it may have closed its side alone
		case err != nil:
			return err
		default:
			x.add(buf[:n])
			x.keep()
		}
	}
	return nil
}
