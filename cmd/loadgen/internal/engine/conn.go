package engine

import (
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

type connState uint8

const (
	idle connState = iota // no connection
	dialing
	greeting // before the first request
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
	run      *part
	state    connState
	stop     waker.AtomicWaker
	protocol protocol
	traits   traits // of protocol, as are the next ones, each of them nil if it has none of that
	greeter  greeter
	talker   talker
	limiter  limiter
	order    unordered
	abandons abandoner
	judge    judge
	stepper  stepper

	dial    future.Future[stream]
	address int           // of run.addresses, the one to dial
	tried   int           // addresses that have failed in this attempt
	dialed  time.Duration // when this attempt began
	nc      stream
	used    bool   // nc has carried a whole exchange
	carried uint64 // requests that were begun on nc

	flight   flight // what is under way; while there is no connection, what is to be sent again
	next     sent   // the request after those, if taken
	taken    bool
	last     bool          // there is no further one
	ready    time.Duration // before which none is taken
	turn     turn          // of a stepper
	unsent   []byte
	control  bool // unsent is what talker has to say
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

// newConn makes the i-th connection of a part. Each of the run has a number of its own, too.
func (r *part) newConn(i, number uint64) *conn {
	c := &conn{run: r, flight: newFlight(r.config.depth())}
	if n := r.config.Connections; n > 1 {
		c.ready = time.Duration(float64(r.config.ConnectOver) * float64(i) / float64(n))
	}
	p, buffer := r.plan.connection(number)
	c.protocol, c.traits, c.buf = p, p.traits(), make([]byte, buffer)
	c.greeter, _ = p.(greeter)
	c.talker, _ = p.(talker)
	c.limiter, _ = p.(limiter)
	c.order, _ = p.(unordered)
	c.abandons, _ = p.(abandoner)
	c.judge, _ = p.(judge)
	c.stepper, _ = p.(stepper)
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
	case greeting:
		return c.stepGreet(cx) || c.greetTimedOut(cx)
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
	if c.goesOn() {
		c.next, c.taken = sent{counted: c.turn.counted, onward: true}, true
		return true
	}
	next, ok := c.run.take(c.shard)
	if !ok {
		c.last = true
		return false
	}
	c.next, c.taken = next, true
	c.turn.counted = next.counted
	return true
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
	c.unsent, c.control = nil, false
	c.protocol.forget()
}

// underWay counts what the end of the run finds unfinished.
func (c *conn) underWay() {
	stopped := c.run.stopped
	for i := range c.flight.n {
		if s := c.flight.at(i); s.counted {
			c.shard.Unanswered(max(stopped-s.begun, 0))
		}
	}
	if c.goesOn() && c.turn.counted {
		c.shard.Unfinished(c.run.lane)
	}
	if c.taken && c.next.counted && !c.next.onward {
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
