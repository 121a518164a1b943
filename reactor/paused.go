package reactor

import (
	"sync"
	"time"

	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/internal/word"
)

// The protocol of paused clocks.
//
// A deadline is a number of nanoseconds on the clock of whoever sets it: on the real one since start,
// less than pausedFrom; on a paused one pausedFrom and more. So each number tells which kind of clock
// it is of, and a reactor turns what it is given into a time on its own clock before it arms a timer.
//
// Which clock is whose: a worker goes by that of its reactor, whatever goroutine runs on its thread;
// a goroutine that is no worker by the one that it has entered, and else by the real one.
//
//	users    nil while no clock is entered and no reactor has one: all that the real clock pays is to
//	         look at that word
//
// Invariant: the clock moves only by its owner, between polls; a timer fires when the clock has been moved
// to its deadline exactly, and never before one that is due earlier.
//
// Rejected: a clock for the process (tests that run in parallel would move each other's time), and
// testing/synctest (a thread that waits in epoll is never "durably blocked", so its time would stand
// still for ever).
const pausedFrom int64 = 1 << 61

// MaxElapsed is how far a [Clock] goes, some 219 years: what is due later is due then.
const MaxElapsed = time.Duration(never - 1<<tickBits - pausedFrom)

// Clock is a time that stands still until its owner moves it, for executors that run tests. Timers in
// a reactor of such a clock, see [NewPaused], fire when it has been moved to their deadlines.
type Clock struct {
	_    word.Align64
	now  word.Int64
	base time.Time
}

// NewClock returns a clock that shows the present time, and stands.
func NewClock() *Clock {
	c := &Clock{base: time.Now()}
	c.now.Store(pausedFrom)
	return c
}

// Now returns what the clock shows. The difference of two such times is exact.
func (c *Clock) Now() time.Time { return c.base.Add(c.Elapsed()) }

// Elapsed returns by how much the clock has been moved.
func (c *Clock) Elapsed() time.Duration { return time.Duration(c.now.Load() - pausedFrom) }

// Move moves the clock on to where so much has elapsed since its beginning, never back. The timers
// that are due fire when [Reactor.Fire] is called.
func (c *Clock) Move(elapsed time.Duration) {
	c.now.Store(max(c.now.Load(), pausedFrom+int64(elapsed)))
}

// clockUser is a goroutine that has entered a clock, or, with no goroutine, a reactor.
type clockUser struct {
	g     uintptr
	clock *Clock
}

var (
	clockWriters sync.Mutex
	clockUsers   word.Pointer[[]clockUser] // nil or never empty
)

// Enter makes c the clock that the calling goroutine goes by where it is no worker: so a time that it
// sets, for a future that it hands to the executor, is one of c. It must call leave before it ends.
// Where goroutines cannot be told apart (see internal/gid) all go by the clock that was entered last.
func (c *Clock) Enter() (leave func()) { return c.use(gid.Current()) }

func (c *Clock) use(g uintptr) (leave func()) {
	u := clockUser{g, c}
	editClocks(func(l []clockUser) []clockUser { return append(l, u) })
	return func() {
		editClocks(func(l []clockUser) []clockUser {
			for i := len(l) - 1; i >= 0; i-- {
				if l[i] == u {
					return append(l[:i], l[i+1:]...)
				}
			}
			return l
		})
	}
}

func editClocks(change func([]clockUser) []clockUser) {
	clockWriters.Lock()
	defer clockWriters.Unlock()
	var l []clockUser
	if old := clockUsers.Load(); old != nil {
		l = append(l, *old...)
	}
	if l = change(l); len(l) == 0 {
		clockUsers.Store(nil)
	} else {
		clockUsers.Store(&l)
	}
}

// Paused returns the paused clock that the caller goes by; nil if it goes by the real one. It does not
// allocate.
func Paused() *Clock {
	if clockUsers.Load() == nil {
		return nil
	}
	return pausedHere()
}

func pausedHere() *Clock {
	if w := thread.Current(); w != nil {
		if h, ok := w.(Host); ok && h.Reactor() != nil {
			return h.Reactor().clock
		}
		return nil
	}
	l := clockUsers.Load()
	if l == nil {
		return nil
	}
	g := gid.Current()
	for i := len(*l) - 1; i >= 0; i-- {
		if u := (*l)[i]; u.g == g && u.g != reactorsOwn {
			return u.clock
		}
	}
	return nil
}

// reactorsOwn is the identity of no goroutine, for the clock of a reactor.
const reactorsOwn = ^uintptr(0)

// Now returns the time on the clock that the caller goes by: time.Now, but for executors of tests.
func Now() time.Time {
	if c := Paused(); c != nil {
		return c.Now()
	}
	return time.Now()
}

// Until returns how long it is until t on the clock that the caller goes by: time.Until, but for
// executors of tests.
func Until(t time.Time) time.Duration {
	if c := Paused(); c != nil {
		return t.Sub(c.Now())
	}
	return time.Until(t)
}

// NewPaused returns a reactor whose timers go by c. Its owner moves c and calls Fire. (Wait waits for
// descriptors and interruptions alone.)
func NewPaused(c *Clock) (*Reactor, error) {
	r, err := New()
	if err == nil {
		r.clock, r.leaveClock = c, c.use(reactorsOwn)
	}
	return r, err
}

// now returns the time on the reactor's clock.
func (r *Reactor) now() int64 {
	if r.clock != nil {
		return r.clock.now.Load()
	}
	return sinceStart()
}

// own returns a deadline as a time on the reactor's clock.
func (r *Reactor) own(when int64) int64 {
	if when == 0 || (when >= pausedFrom) == (r.clock != nil) {
		return when
	}
	return r.translate(when)
}

// translate is apart so that own is small.
func (r *Reactor) translate(when int64) int64 {
	if r.clock == nil {
		panic("reactor: a time on a test runtime's clock is waited for elsewhere, where that clock does not go; " +
			"run the future on the test runtime, or make it on a goroutine that goes by the real clock")
	}
	return r.clock.now.Load() + max(when-sinceStart(), 0)
}

// Next returns how long after the clock's beginning the first timer is due; false if none is set. The owner
// of a reactor of NewPaused calls it.
func (r *Reactor) Next() (elapsed time.Duration, ok bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	when := r.wheel.earliest()
	return time.Duration(when - pausedFrom), when != never
}

// Fire wakes what waits for timers that are due by now, and returns how many those are. The owner of a
// reactor of NewPaused calls it.
func (r *Reactor) Fire() int { return r.fireDue() }
