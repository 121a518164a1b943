package engine

import (
	"fmt"
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
	address int           // of run.addresses, the one to dial
	tried   int           // addresses that have failed in this attempt
	dialed  time.Duration // when this attempt began
	nc      *netio.Conn
	used    bool // nc has carried a whole exchange

	counted  bool // the request was begun while measuring
	again    bool // it was sent before, on a connection that the server was closing
	begun    time.Duration
	unsent   []byte
	sent     int
	received int
	buf      []byte
	r, w     int // buf[r:w] is read and not understood yet

	timer    reactor.Timer
	armed    bool          // timer is set, to fire at deadline or before
	fires    time.Duration // when it fires
	deadline time.Duration // of the dial or request under way
	pause    time.Duration

	worker *reactor.Reactor
	shard  *stats.Shard // of worker
}

func (r *run) newConn(i uint64) *conn {
	c := &conn{run: r}
	if r.request != nil {
		c.protocol = newClient(r)
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
			c.underWay()
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

// redial tries the next address, at first the one that the last connection of this run
// was made with. The addresses that are left share the time that is left.
func (c *conn) redial() {
	r := c.run
	now := r.now()
	if c.tried == 0 {
		c.address, c.dialed = int(r.address.Load()), now
	}
	left := c.dialed + r.config.Timeout - now
	c.deadline = now + left/time.Duration(len(r.addresses)-c.tried)
	c.dial = netio.Dial(r.config.Target.network, r.addresses[c.address])
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
	c.shard.Connected()
	c.request()
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

// request begins a request on the connection that there is.
func (c *conn) request() {
	c.unsent = c.protocol.next(c.used)
	c.sent, c.received = len(c.unsent), 0
	c.state = exchanging
	if !c.again {
		c.begun = c.run.now()
	}
	c.again = false
	c.deadline = c.begun + c.run.config.Timeout
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
	c.used = true
	if !c.protocol.reusable() {
		c.hangUp()
	}
}

// timedOut reports whether the time for what is under way is up, and if so has failed it.
// The timer is not moved with every request: it fires once per timeout, finds that the
// deadline has moved, and is set to it.
func (c *conn) timedOut(cx *waker.Context) bool {
	for {
		if !c.armed || c.deadline < c.fires {
			left := c.deadline - c.run.now()
			if left <= 0 {
				c.expire()
				return true
			}
			c.timer.Reset(left)
			c.armed, c.fires = true, c.deadline
		}
		if c.timer.Poll(cx).IsPending() {
			return false
		}
		c.armed = false
	}
}

// expire gives up what has not come in time.
func (c *conn) expire() {
	if c.state == dialing {
		future.Drop(c.dial)
		c.dial = nil
		c.nextAddress(fmt.Errorf("dial %s: no answer: %w", c.run.addresses[c.address], os.ErrDeadlineExceeded))
		return
	}
	what := "no reply"
	if c.received > 0 {
		what = fmt.Sprintf("%d bytes of a reply and no more", c.received)
	}
	c.fail(fmt.Errorf("%s within %v: %w", what, c.run.config.Timeout, os.ErrDeadlineExceeded))
}

// fail counts a failure and backs off.
func (c *conn) fail(err error) {
	if c.counted {
		c.shard.Fail(err)
	}
	c.hangUp()
	c.tried, c.again = 0, false
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
	c.used = false
	c.r, c.w = 0, 0
	c.unsent = nil
}

// underWay counts what the end of the run finds unfinished.
func (c *conn) underWay() {
	if !c.counted {
		return
	}
	age := func(since time.Duration) time.Duration { return max(c.run.stopped-since, 0) }
	switch {
	case c.state == exchanging || c.state == dialing && c.again:
		c.shard.Unanswered(age(c.begun))
	case c.state == dialing:
		c.shard.Connecting(age(c.dialed))
	}
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
