package netio

import (
	"math"
	"net"
	"time"

	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of deadlines.
//
// at is the deadline, for the check before each operation; the timer wakes who waits.
// Setters take the lock, so that both always belong to the same call, and set at first:
// when the timer fires, at has passed. Who waits polls the timer even when no deadline
// is set, so that its waker is there for one set later; the very first deadline, for
// which there was no timer to poll, wakes the waiting tasks by the connection itself: those of
// both directions, for the other one's first deadline finds the timers there.
//
// A timer that returns Ready keeps no waker. If the deadline has been pushed back between
// that answer and the look at `at`, who waits has no waker anywhere: it waits for the
// setter and polls the timer again, until both say that the deadline is over, or the
// timer has the waker.
//
// After Close the timers are stopped under the lock, and setters that come later see
// under the lock that the connection is closed: none stays in a wheel.
//
// Rejected: asking the timer alone (one that nobody polled does not run), and waking the
// connection at each call (a deadline before every read is the common use, and each
// wake-up costs a system call that finds nothing).
type deadlines struct {
	lock spin.Lock
	dir  [2]struct {
		_     word.Align64
		at    word.Int64 // nanoseconds since epoch; 0: none
		timer reactor.Timer
	}
}

// passed reports whether there is a deadline and it is over.
func (l *deadlines) passed(d reactor.Direction) bool {
	at := l.dir[d].at.Load()
	return at != 0 && now() >= at
}

// poll leaves the waker of cx to be woken at the deadline, and reports whether it is over.
func (l *deadlines) poll(cx *waker.Context, d reactor.Direction) bool {
	for {
		fired := l.dir[d].timer.Poll(cx).IsReady()
		if l.passed(d) {
			return true
		}
		if !fired {
			return false
		}
		// It fired for a deadline that has been pushed back since. Under the lock the
		// timer and `at` belong to the same one again.
		l.lock.Lock()
		over := l.passed(d)
		l.lock.Unlock()
		if over {
			return true
		}
	}
}

// set is called under the lock, or before l is published.
func (l *deadlines) set(d reactor.Direction, t time.Time) {
	dir := &l.dir[d]
	if t.IsZero() {
		dir.at.Store(0)
		dir.timer.Stop()
		return
	}
	l.setIn(d, reactor.Until(t))
}

// setIn is set for a deadline that is so far away.
func (l *deadlines) setIn(d reactor.Direction, left time.Duration) {
	dir := &l.dir[d]
	at := max(now()+int64(left), 1)
	if left > 0 && at <= int64(left) {
		at = math.MaxInt64
	}
	dir.at.Store(at)
	dir.timer.Reset(left)
}

func (l *deadlines) stop() {
	l.lock.Lock()
	l.dir[reactor.Read].timer.Stop()
	l.dir[reactor.Write].timer.Stop()
	l.lock.Unlock()
}

var bothDirections = []reactor.Direction{reactor.Read, reactor.Write}

// SetDeadline sets the deadline of reading and of writing. Operations that wait at that
// time, and all that are tried later, fail with an error that errors.Is takes for
// os.ErrDeadlineExceeded, until the deadline is moved; the zero time is none. It takes
// effect on an operation that is waiting already. The first call on a connection
// allocates about 200 bytes, later ones nothing. Any thread may call it. Operations
// never fail early, and up to 16 µs late plus what their thread needs to wake.
func (c *Conn) SetDeadline(t time.Time) error {
	c.check()
	return c.setDeadline(t, bothDirections)
}

// SetReadDeadline is SetDeadline for reading.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.check()
	return c.setDeadline(t, bothDirections[:1])
}

// SetWriteDeadline is SetDeadline for writing. A write that failed so may have been
// carried out in part.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.check()
	return c.setDeadline(t, bothDirections[1:])
}

func (e *endpoint) setDeadline(t time.Time, dirs []reactor.Direction) error {
	if e.isClosed() {
		return e.fail("set", net.ErrClosed)
	}
	l := e.limits.Load()
	if l == nil {
		if t.IsZero() {
			return nil // there is none
		}
		if l = e.firstDeadline(t, dirs); l == nil {
			return nil
		}
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	if e.isClosed() {
		return e.fail("set", net.ErrClosed)
	}
	for _, d := range dirs {
		l.set(d, t)
	}
	return nil
}

// firstDeadline publishes deadlines set to t, or returns those that another thread has
// published first, and which that thread wakes the waiting tasks for.
func (e *endpoint) firstDeadline(t time.Time, dirs []reactor.Direction) (other *deadlines) {
	l := new(deadlines)
	for _, d := range dirs {
		l.set(d, t)
	}
	if !e.limits.CompareAndSwap(nil, l) {
		return e.limits.Load()
	}
	for _, d := range bothDirections {
		e.wake(d)
	}
	return nil
}
