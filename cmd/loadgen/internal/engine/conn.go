package engine

import (
	"fmt"
	"os"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

type connState uint8

const (
	idle connState = iota // no connection
	dialing
	open
	backingOff
	over
)

// After a failure a connection pauses, twice as long after each further one.
const (
	firstPause = 10 * time.Millisecond
	lastPause  = time.Second
)

// never is a time that does not come.
const never = time.Duration(1<<63 - 1)

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
	used    bool   // nc has carried a whole exchange
	carried uint64 // requests that were begun on nc

	flight   flight // what is under way; while there is no connection, what is to be sent again
	next     sent   // the request after those, if taken
	taken    bool
	last     bool          // there is no further one
	ready    time.Duration // before which none is taken
	unsent   []byte
	received int
	buf      []byte
	r, w     int // buf[r:w] is read and not understood yet

	timer reactor.Timer
	armed bool          // timer is set, to fire when what c waits for is due, or before
	fires time.Duration // when it fires
	until time.Duration // of the dial under way, or of the pause
	pause time.Duration

	worker *reactor.Reactor
	shard  *stats.Shard // of worker
}

func (r *run) newConn(i uint64) *conn {
	c := &conn{run: r, flight: newFlight(r.config.depth())}
	if n := r.config.Connections; n > 1 {
		c.ready = time.Duration(float64(r.config.ConnectOver) * float64(i) / float64(n))
	}
	if r.requests != nil {
		c.protocol = newClient(r)
		c.buf = make([]byte, firstBuffer)
	} else {
		c.protocol = newEcho(i, r.config.Size, r.config.depth())
		// Room for one byte more, so that too long a reply shows.
		c.buf = make([]byte, min(r.config.Size*r.config.depth()+1, lastBuffer))
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
		return c.stepIdle(cx)
	case backingOff:
		if !c.isTime(cx, c.until) {
			return false
		}
		c.state = idle
		return true
	case dialing:
		return c.stepDial(cx) || c.dialTimedOut(cx)
	default:
		return c.stepExchange(cx) || c.timedOut(cx)
	}
}

// stepIdle begins a connection, when there is something to send on it.
func (c *conn) stepIdle(cx *waker.Context) bool {
	if c.flight.n == 0 && !c.take() {
		if c.last {
			c.end()
			return true
		}
		return c.isTime(cx, c.ready)
	}
	c.redial()
	return true
}

// take takes the next request, unless that was done. It reports false if there is none yet, or no further one.
func (c *conn) take() bool {
	if c.taken {
		return true
	}
	if c.last || c.ready > 0 && c.run.now() < c.ready {
		return false
	}
	c.ready = 0
	next, ok := c.run.take(c.shard)
	if !ok {
		c.last = true
		return false
	}
	c.next, c.taken = next, true
	return true
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
	c.until = now + left/time.Duration(len(r.addresses)-c.tried)
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
	c.state = open
	c.shard.Connected()
	if n := c.flight.n; n > 0 { // to be sent again
		c.unsent = c.protocol.next(n)
		c.carried = uint64(n)
		c.protocol.expect(false)
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
	for !c.flight.isFull() && (most == 0 || c.carried < most) && c.take() {
		if now == 0 {
			now = c.run.now()
		}
		if !isOpen {
			c.next.at = now
		} else if c.next.at > now {
			c.next.waited = true
			break
		}
		c.next.begun = now
		c.flight.push(c.next)
		c.taken = false
		c.carried++
		switch {
		case !c.next.counted:
		case isOpen:
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
	c.unsent = c.protocol.next(c.flight.n - was)
	if was == 0 {
		c.protocol.expect(c.used)
	}
	return true
}

// complete counts the reply that is complete.
func (c *conn) complete() {
	s := c.flight.pop()
	now := c.run.now()
	if s.counted {
		c.shard.Record(stats.Exchange{
			Latency: now - s.at, Service: now - s.begun, Status: c.protocol.status(),
			Sent: c.protocol.size(), Received: c.received,
		})
	}
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
			c.shard.Fail(err)
		}
	}
	if c.taken && c.nc == nil && (c.run.arrivals == nil || c.next.at <= c.run.now()) {
		// Its time has come, and there is no connection for it. Before that there is time for another attempt.
		c.taken = false
		if c.next.counted {
			c.shard.Fail(err)
		}
	}
	c.next.waited = false // if it is late now, it is for want of a connection
	c.hangUp()
	c.protocol.forget()
	c.tried = 0
	c.pause = min(max(2*c.pause, firstPause), lastPause)
	c.until = c.run.now() + c.pause
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
	c.carried = 0
	c.r, c.w, c.received = 0, 0, 0
	c.unsent = nil
}

// underWay counts what the end of the run finds unfinished.
func (c *conn) underWay() {
	stopped := c.run.stopped
	for i := range c.flight.n {
		if s := c.flight.at(i); s.counted {
			c.shard.Unanswered(max(stopped-s.begun, 0))
		}
	}
	if c.taken && c.next.counted {
		switch {
		case c.run.arrivals != nil && c.next.at < stopped:
			c.shard.Unsent(1)
		case c.state == dialing && c.flight.n == 0 && c.run.arrivals == nil:
			c.shard.Connecting(max(stopped-c.dialed, 0))
		}
	}
}

func (c *conn) end() {
	c.hangUp()
	c.timer.Stop()
	wake.Forget(&c.stop)
	c.state = over
}

// Drop implements future.Dropper, for a runtime that is shut down during a run.
func (c *conn) Drop() { c.end() }

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

// timedOut reports whether something is to be done on an open connection because of the time: a request begins, or the
// oldest has no reply within the timeout, and has failed.
func (c *conn) timedOut(cx *waker.Context) bool {
	late := never
	if c.flight.n > 0 {
		late = c.flight.at(0).begun + c.run.config.Timeout
	}
	begins := never
	switch {
	case c.flight.isFull() || len(c.unsent) > 0:
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
	what := "no reply"
	if c.received > 0 {
		what = fmt.Sprintf("%d bytes of a reply and no more", c.received)
	}
	c.fail(fmt.Errorf("%s within %v: %w", what, c.run.config.Timeout, os.ErrDeadlineExceeded))
	return true
}
