package kv

import (
	"errors"
	"io"
	"slices"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/resp"
)

// conn is the machine of a connection: it sends what it owes, then answers what is there, then reads.
//
// It reads into half of the worker's scratch buffer and answers into the other half, so that one that waits for a
// command holds neither. What was not sent, and of a command that has not come as a whole what has, it keeps.
//
// The answers to all commands that one read has brought go out by one write, or several if they are more than maxOut:
// the rest is answered when those have gone. A client that asks and never reads gets no further. Who has sent more than maxTurn
// commands goes on at low priority: a thousand clients that do are not a pause for those who send one.
type conn struct {
	serve.Conn
	kv      *Server
	session *session
	reader  resp.Reader
	in      []byte // read and not understood yet: begins with a command
	out     []byte // owed
	safe    uint64 // how far the log is to be written before out may be sent
	turn    uint64 // see appendLog.reached
	id      int64  // if somebody has asked for it
	v       resp.Version
	popper  *popper // as which it waits in BLPOP; nil: it does not
	given   uint8   // commands answered in this poll
	reads   uint8   // answered in this poll
	last    uint8   // reads since the server drains; maxLast: there are no more
	more    bool    // in may have commands that are there as a whole
	ending  bool    // when out is sent
}

const (
	maxIn  = 32 << 10 // bytes that are read at once
	maxOut = 32 << 10 // bytes of answers from which on no more are added
	minIn  = 4 << 10
	// maxTurn is how many commands are answered in a poll.
	maxTurn = 64
	// maxReads is how many reads are answered in a poll: there may be next to no commands in them, and thousands of empty lines.
	maxReads = 4
	// maxLast is how many reads that fill the buffer a connection has once the server drains: enough for what the system has taken, and
	// not for a client that never stops.
	maxLast = 64
)

// ErrUnread ends a subscriber who has let more messages gather than Config.MaxUnread.
var ErrUnread = errors.New("kv: a subscriber has left more messages unread than the limit")

// ErrBacklog ends a client that waits, in BLPOP or BRPOP, and has sent more meanwhile than Config.Limits.Total.
var ErrBacklog = errors.New("kv: a client that waits has sent more commands behind that than the limit")

// Poll implements future.Future.
func (c *conn) Poll(cx *waker.Context) (p future.Poll[future.Unit]) {
	p = future.Ready(future.Unit{}) // so that a panic leaves too
	defer func() {
		if p.IsReady() {
			c.leave()
		}
	}()
	c.given, c.reads = 0, 0
	scratch := sched.Scratch(cx)
	for {
		again, err := c.step(cx, scratch)
		switch {
		case err == io.EOF:
			return p
		case err != nil:
			p = future.Done(future.Unit{}, err)
			return p
		case !again:
			p = future.Pending[future.Unit]()
			return p
		}
	}
}

// step goes on by one system call. It returns false if it has to wait, and io.EOF at the end.
func (c *conn) step(cx *waker.Context, scratch []byte) (again bool, err error) {
	if b := c.box(); b != nil && !c.ending { // behind its last answer nothing is said any more
		if again, err := c.hear(cx, b); again || err != nil {
			return again, err
		}
	}
	switch {
	case len(c.out) > 0:
		return c.send(cx)
	case c.ending:
		return false, c.kv.log.end()
	case c.popper != nil:
		return c.wait(cx, scratch)
	case c.given >= maxTurn || c.reads >= maxReads:
		cx.PollAgainLow()
		return false, nil
	case c.more:
		return c.answer(cx, c.in, scratch)
	case len(c.in) > 0:
		return c.readMore(cx, scratch)
	case c.last >= maxLast:
		return false, io.EOF
	}
	r := c.PollRead(cx, scratch[:maxIn])
	if r.IsPending() {
		if c.Ends() {
			return false, io.EOF
		}
		return false, nil
	}
	c.SetState(serve.StateActive) // until its end: of single commands nothing is told
	n, err := r.Result()
	if err != nil {
		return false, err
	}
	if c.Draining() {
		if c.last++; n < maxIn {
			c.last = maxLast
		}
	}
	return c.answer(cx, scratch[:n], scratch)
}

// readMore reads the rest of a command that has not come as a whole.
func (c *conn) readMore(cx *waker.Context, scratch []byte) (bool, error) {
	if len(c.in) == cap(c.in) {
		// A client may announce more than it ever sends: room is made as it comes.
		c.in = slices.Grow(c.in, max(minIn, min(c.reader.Need()-len(c.in), max(len(c.in), 1<<20))))
	}
	r := c.PollRead(cx, c.in[len(c.in):cap(c.in)])
	if r.IsPending() {
		if c.Ending() {
			return false, io.EOF
		}
		return false, nil
	}
	n, err := r.Result()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return false, err
	}
	return c.answer(cx, c.in[:len(c.in)+n], scratch)
}

// answer answers the commands in p, which is in or in scratch, keeps what is left, and sends.
func (c *conn) answer(cx *waker.Context, p, scratch []byte) (bool, error) {
	k := c.kv.call()
	defer k.free()
	k.conn, k.s, k.v = c, c.session, max(c.v, resp.V2)
	k.out = scratch[maxIn:maxIn]
	c.more = false
	c.reads++
	for len(p) > 0 {
		limits := k.limits()
		n, args, err := c.reader.Next(p, k.args[:0], limits)
		k.args = args
		if err != nil {
			k.fail("ERR " + c.kv.refusal(err, p, limits))
			k.quit = true
		}
		if k.quit || n == 0 {
			break
		}
		p = p[n:]
		if len(args) == 0 {
			continue
		}
		c.given++
		if k.do(); k.quit {
			break
		}
		if c.popper = k.blocked; c.popper != nil {
			break
		}
		if c.given >= maxTurn || len(k.out) >= maxOut {
			c.given = maxTurn
			c.more = len(p) > 0
			break
		}
	}
	c.session, c.v, c.ending = k.s, k.v, k.quit
	c.keep(p, scratch)
	c.logged()
	return c.sendNow(cx, k.out)
}

// logged notes what the log has to have before what is owed may be sent: also for commands that only read, as what they saw may not
// be lost either.
func (c *conn) logged() {
	if log := c.kv.log; log != nil {
		c.safe = log.appended.Load()
	}
}

// keep keeps what has not been understood.
func (c *conn) keep(p, scratch []byte) {
	switch {
	case len(p) == 0 || c.ending:
		c.in = nil
	case len(c.in) == 0: // p is in scratch
		c.in = append(make([]byte, 0, max(minIn, len(p))), p...)
	default:
		c.in = p
	}
}

// sendNow sends what the scratch buffer holds, and keeps a copy of what cannot be sent.
func (c *conn) sendNow(cx *waker.Context, out []byte) (again bool, err error) {
	if len(out) == 0 {
		return true, nil
	}
	c.out = out
	again, err = c.send(cx)
	c.out = slices.Clone(c.out)
	return again, err
}

// send sends what is owed, as soon as the log has what led to it.
func (c *conn) send(cx *waker.Context) (bool, error) {
	switch ok, err := c.kv.log.reached(cx, c.safe, &c.turn); {
	case err != nil: // the client is told why it goes; nothing of out was sent
		c.out, c.safe, c.ending = resp.AppendError(nil, misconf), 0, true
	case !ok:
		return false, nil
	}
	w := c.PollWrite(cx, c.out)
	if w.IsPending() {
		return false, nil
	}
	n, err := w.Result()
	if c.out = c.out[n:]; len(c.out) == 0 {
		c.out = nil
	}
	return true, err
}

func (c *conn) box() *mailbox {
	if c.session == nil {
		return nil
	}
	return c.session.box
}

// hear takes over messages when nothing else is owed. again says that there were some.
func (c *conn) hear(cx *waker.Context, b *mailbox) (again bool, err error) {
	b.waker.Register(cx.Waker())
	if !b.any.Load() {
		return false, nil
	}
	most := maxOut
	if len(c.out) > 0 {
		most = 0 // only whether it is cut
	}
	out, cut := b.take(c.out, most)
	if cut {
		return false, ErrUnread
	}
	again = len(out) > len(c.out)
	c.out = out
	return again, nil
}

// leave ends what the connection had beside the socket.
func (c *conn) leave() {
	if c.popper != nil {
		c.popper.leave()
		c.popper = nil
	}
	if s := c.session; s != nil {
		s.unwatch(c.kv)
		if s.box != nil {
			s.leave(c.kv)
			s.box.close()
		}
	}
	c.kv.clients.Add(-1)
}

// Drop implements future.Dropper.
func (c *conn) Drop() { c.leave() }
