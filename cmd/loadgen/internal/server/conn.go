package server

import (
	"errors"
	"io"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// lingerTime is for how long a server that has refused a request goes on reading, for
// closing at once would reset the connection and could take the answer with it. It is
// the time that a slow client needs to see the answer, not to send all it has.
const lingerTime = time.Second

// handler is what a mode makes of what is read.
type handler interface {
	// handle takes what it understands of p and appends what is to be answered to
	// out. finish tells that the connection ends after that, linger that the client
	// may still be sending.
	handle(p, out []byte, c *Counts) (n int, answer []byte, finish, linger bool)
	// unfinished reports whether a request has begun that is not answered yet.
	unfinished() bool
	// room tells how large a buffer to read into, if one of that size is filled by
	// something unfinished.
	room(size int) int
}

// conn is one connection's task: it sends all it has to say, then reads.
type conn struct {
	future.Pinned
	server        *Server
	before, after *conn // in the server's ring
	stop          waker.AtomicWaker
	nc            *netio.Conn
	handler       handler
	counts        Counts // only those of a connection

	in     []byte
	r, w   int // in[r:w] is not understood yet
	out    []byte
	sent   int // of out
	finish bool
	linger bool

	stalled  bool       // the timer is set for the end of a stall
	random   *rand.Rand // nil: there are no faults
	fated    bool       // it is drawn what becomes of out
	delayed  bool       // the timer is set for out to be sent
	draining bool       // only reading, to throw away, until the timer fires
	timer    reactor.Timer
}

func (s *Server) newConn(nc *netio.Conn) *conn {
	c := &conn{server: s, nc: nc}
	var fails func() bool
	if c.random = s.newRandom(); c.random != nil {
		fails = c.fails
	}
	switch s.config.Mode {
	case HTTP:
		c.handler = &httpHandler{answers: &s.answers, fails: fails}
	case WebSocket:
		c.handler = &wsHandler{fails: fails}
	case Redis:
		c.handler = &redisHandler{fails: fails}
	default:
		c.handler = echoHandler{fails}
	}
	c.in = make([]byte, c.handler.room(0))
	return c
}

// Poll implements future.Future.
func (c *conn) Poll(cx *waker.Context) future.Poll[future.Unit] {
	c.AssertPinned()
	for {
		again, err := c.step(cx)
		if err != nil {
			c.end(err)
			return future.Ready(future.Unit{})
		}
		if again {
			continue
		}
		c.stop.Register(cx.Waker())
		if !c.mustStop() {
			return future.Pending[future.Unit]()
		}
		c.end(c.lastWord())
		return future.Ready(future.Unit{})
	}
}

// owes reports whether a request, be it a part of its first line, or its answer is
// unfinished.
func (c *conn) owes() bool {
	return c.sent < len(c.out) || c.r < c.w || c.handler.unfinished()
}

// mustStop reports whether the server stops and does not wait for this connection.
func (c *conn) mustStop() bool {
	return c.server.cutting.Load() || c.server.stopping.Load() && !c.owes()
}

// lastWord is what a connection that must stop ends with.
func (c *conn) lastWord() error {
	if c.owes() {
		return errCut
	}
	return errOver
}

var (
	// errOver is the end of a connection that came as it should.
	errOver = errors.New("over")
	// errCut is the end of a connection that is not waited for any longer.
	errCut = errors.New("cut")
)

// step goes on by one system call or one request; false: it has to wait.
func (c *conn) step(cx *waker.Context) (again bool, err error) {
	switch {
	case c.server.cutting.Load():
		return false, c.lastWord()
	case c.draining:
		return c.drain(cx)
	case c.sent < len(c.out):
		if wait, err := c.held(cx); wait || err != nil {
			return false, err
		}
		return c.write(cx)
	case c.finish && c.linger:
		c.draining = true
		c.timer.Reset(lingerTime)
		return true, c.nc.CloseWrite()
	case c.finish:
		return false, errOver
	case c.r < c.w && c.stalls(cx):
		return false, nil
	case c.r < c.w && c.understand():
		return true, nil
	case c.mustStop():
		return false, errOver
	}
	return c.read(cx)
}

func (c *conn) write(cx *waker.Context) (bool, error) {
	p := c.nc.PollWrite(cx, c.out[c.sent:])
	if p.IsPending() {
		return false, nil
	}
	n, err := p.Result()
	c.sent += n
	c.counts.BytesSent += uint64(n)
	return true, err
}

// understand hands what was read to the handler, and reports whether that led anywhere.
func (c *conn) understand() bool {
	n, answer, finish, linger := c.handler.handle(c.in[c.r:c.w], c.out[:0], &c.counts)
	c.r += n
	c.out, c.sent, c.finish, c.linger, c.fated = answer, 0, finish, linger, false
	return len(answer) > 0 || finish
}

func (c *conn) read(cx *waker.Context) (bool, error) {
	if c.r > 0 {
		c.w = copy(c.in, c.in[c.r:c.w])
		c.r = 0
	}
	if c.w == len(c.in) {
		larger := make([]byte, c.handler.room(len(c.in)))
		copy(larger, c.in)
		c.in = larger
	}
	p := c.nc.PollRead(cx, c.in[c.w:])
	if p.IsPending() {
		return false, nil
	}
	n, err := p.Result()
	c.w += n
	c.counts.BytesReceived += uint64(n)
	if err == io.EOF {
		if c.handler.unfinished() || c.r < c.w {
			err = io.ErrUnexpectedEOF
		} else {
			err = errOver
		}
	}
	return true, err
}

// drain throws away what still comes, until the client closes or the time is up.
func (c *conn) drain(cx *waker.Context) (bool, error) {
	if c.timer.Poll(cx).IsReady() {
		return false, errOver
	}
	p := c.nc.PollRead(cx, c.in)
	if p.IsPending() {
		return false, nil
	}
	n, err := p.Result()
	c.counts.BytesReceived += uint64(n)
	if err != nil {
		err = errOver
	}
	return true, err
}

func (c *conn) end(err error) {
	// A client that resets where it could close has got what it wanted.
	if err == errCut {
		c.counts.Cut++
	}
	if err != errOver && (c.handler.unfinished() || !errors.Is(err, syscall.ECONNRESET)) {
		c.counts.Failed++
	}
	// It is open: nobody else closes it.
	_ = c.nc.Close()
	c.timer.Stop()
	wake.Forget(&c.stop)
	c.server.leave(c)
}

// Drop implements future.Dropper, for a runtime that is shut down first.
func (c *conn) Drop() { c.end(errOver) }
