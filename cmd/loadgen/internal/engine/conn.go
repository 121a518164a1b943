package engine

import (
	"os"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

type connState uint8

const (
	idle connState = iota
	dialing
	exchanging
	backingOff
	over
)

// After a failure a connection pauses, twice as long after each further one.
const (
	firstPause = 10 * time.Millisecond
	lastPause  = time.Second
)

// conn is one connection's task. Its buffer and its timer are pinned; it is polled by
// one worker at a time, and only stop is touched by others.
type conn struct {
	future.Pinned
	run      *run
	state    connState
	stop     waker.AtomicWaker
	protocol protocol

	dial    future.Future[*netio.Conn]
	address int // of run.addresses, the one to dial
	tried   int // addresses that have failed in this attempt
	nc      *netio.Conn

	counted  bool // the request was begun while measuring
	begun    time.Duration
	unsent   []byte
	sent     int
	received int
	buf      []byte
	r, w     int // buf[r:w] is read and not understood yet

	timer    reactor.Timer
	armed    bool          // timer is set, to fire at deadline or before
	deadline time.Duration // of the dial or request under way
	pause    time.Duration

	worker *reactor.Reactor
	shard  *stats.Shard // of worker
}

func (r *run) newConn(i uint64) *conn {
	c := &conn{run: r}
	if r.request != nil {
		c.protocol = &client{request: r.request, toHead: r.config.Method == "HEAD"}
		c.buf = make([]byte, firstBuffer)
	} else {
		c.protocol = newEcho(i, r.config.Size)
		// Room for one byte more, so that too long a reply shows.
		c.buf = make([]byte, min(r.config.Size+1, lastBuffer))
	}
	return c
}

// Poll implements future.Future. It goes through the states until one has to wait.
func (c *conn) Poll(cx *waker.Context) future.Poll[future.Unit] {
	c.AssertPinned()
	if w := reactor.From(cx); w != c.worker {
		c.worker, c.shard = w, c.run.shardOf(w)
	}
	for c.state != over {
		if c.run.phase.Load() == stopping {
			c.end()
			break
		}
		if c.step(cx) {
			continue
		}
		c.stop.Register(cx.Waker())
		if c.run.phase.Load() != stopping {
			return future.Pending[future.Unit]()
		}
	}
	return future.Ready(future.Unit{})
}

// step goes on in the present state; false: it has to wait, with the waker left where
// the wake-up will come from.
func (c *conn) step(cx *waker.Context) bool {
	switch c.state {
	case idle:
		c.next()
		return true
	case backingOff:
		if c.timer.Poll(cx).IsPending() {
			return false
		}
		c.state = idle
		return true
	case dialing:
		return c.stepDial(cx) || c.timedOut(cx)
	default:
		return c.stepExchange(cx) || c.timedOut(cx)
	}
}

// next begins the next request, or a connection for it.
func (c *conn) next() {
	counted, ok := c.run.begin()
	if !ok {
		c.end()
		return
	}
	c.counted = counted
	if c.nc == nil {
		c.redial()
		return
	}
	c.request()
}

func (c *conn) redial() {
	r := c.run
	c.dial = netio.Dial(r.config.Target.network, r.addresses[c.address])
	c.state = dialing
	c.expect()
}

// expect sets the deadline for what begins now.
func (c *conn) expect() {
	c.begun = c.run.now()
	c.deadline = c.begun + c.run.config.Timeout
}

func (c *conn) stepDial(cx *waker.Context) bool {
	p := c.dial.Poll(cx)
	if p.IsPending() {
		return false
	}
	c.dial = nil
	nc, err := p.Result()
	if err == nil {
		c.tried = 0
		c.nc = nc
		c.shard.Connected()
		c.request()
		return true
	}
	// A name may have several addresses, of which this one did not answer.
	c.address = (c.address + 1) % len(c.run.addresses)
	if c.tried++; c.tried < len(c.run.addresses) {
		c.redial()
		return true
	}
	c.fail(err)
	return true
}

// request begins a request on the connection that there is.
func (c *conn) request() {
	c.unsent = c.protocol.next()
	c.sent, c.received = len(c.unsent), 0
	c.state = exchanging
	c.expect()
}

// complete counts the reply that is complete.
func (c *conn) complete() {
	if c.counted {
		c.shard.Record(stats.Exchange{
			Latency: c.run.now() - c.begun, Status: c.protocol.status(),
			Sent: c.sent, Received: c.received,
		})
	}
	c.pause = 0
	c.state = idle
	if !c.protocol.reusable() {
		c.hangUp()
	}
}

// timedOut tells whether the time for what is under way is up, and if so has failed it.
// The timer is not moved with every request: it fires once per timeout, finds that the
// deadline has moved, and is set to it.
func (c *conn) timedOut(cx *waker.Context) bool {
	for {
		if !c.armed {
			left := c.deadline - c.run.now()
			if left <= 0 {
				c.fail(os.ErrDeadlineExceeded)
				return true
			}
			c.timer.Reset(left)
			c.armed = true
		}
		if c.timer.Poll(cx).IsPending() {
			return false
		}
		c.armed = false
	}
}

// fail counts a failure and backs off.
func (c *conn) fail(err error) {
	if c.counted {
		c.shard.Fail(err)
	}
	c.hangUp()
	c.tried = 0
	c.pause = min(max(2*c.pause, firstPause), lastPause)
	c.timer.Reset(c.pause)
	c.armed = false
	c.state = backingOff
}

// hangUp gives up the connection, or the attempt to make one.
func (c *conn) hangUp() {
	if c.dial != nil {
		future.Drop(c.dial)
		c.dial = nil
	}
	if c.nc != nil {
		// It is open: nobody else closes it.
		_ = c.nc.Close()
		c.nc = nil
	}
	c.r, c.w = 0, 0
	c.unsent = nil
}

func (c *conn) end() {
	c.hangUp()
	c.timer.Stop()
	if w, ok := c.stop.Take(); ok {
		w.Drop()
	}
	c.state = over
}

// Drop implements future.Dropper, for a runtime that is shut down during a run.
func (c *conn) Drop() { c.end() }
