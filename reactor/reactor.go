package reactor

import (
	"runtime"
	"time"

	"github.com/magpie-go/magpie/internal/faults"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of parking.
//
//	parked: awake → asleep     the owner, before it waits
//	        any   → notified   Unpark; who moves it from asleep interrupts the wait
//	        any   → awake      the owner, after its wait
//
// Invariant: an Unpark that begins before Park's first step makes that Park return
// without waiting; one that begins after it interrupts the wait. Further ones before
// the owner is awake again cost one atomic operation and no system call.
//
// The owner may be interrupted once more for an Unpark whose write to the eventfd
// came late: a spurious wake-up. It looks for work and parks again.
//
// Only the owner's Wait takes the interruption back. An Ask for a busy owner leaves it
// where it is: the owner may have gone to sleep meanwhile. (An edge-triggered eventfd
// would be reported once, to that Ask.)
//
// Close must not take the descriptors from under an Unpark that is about to write, nor
// from under a source that is being added or removed: `users` counts those, and Close,
// having made `parked` notified for good and set `ended`, waits until there are none. Who
// counts itself later finds one or the other.
//
// # What a closed reactor leaves behind
//
// Sources and timers may outlive the reactor they wait in: a connection that a task of
// another runtime has taken over, say. Close wakes all that wait in it, after setting
// `ended`. Who is polled then and finds its reactor ended moves to that of its poll, or to
// the shared one; and who sets a timer there wakes the task that waits for it, so that it
// is polled.
//
// Invariant: whatever waits in an ended reactor has been woken since it ended.
//
// Rejected: moving everything to the shared reactor in Close, which would keep that
// running for what nobody waits for any more.
const (
	awake uint32 = iota
	asleep
	notified
)

// Reactor is one poller, the sources registered with it, and a timer wheel. Its owner
// parks in it; every other method may be called by any thread.
type Reactor struct {
	poll       backend
	slab       slab
	parked     word.Uint32
	users      word.Int32 // threads that are using its descriptors without owning it
	ended      word.Bool  // closed, or about to be
	background *background
	report     wake.Report // or nil, see OnWakerPanic
	clock      *Clock      // that its timers go by, nil for the real one; see paused.go
	leaveClock func()

	lock        spin.Lock // guards the wheel and what follows
	wheel       wheel
	spare       *Timer // timers for alarms, linked by next
	spares      int
	asleepUntil int64 // deadline of the wait under way; 0 while awake
	// See watch.go.
	watcher      *Reactor // whose owner waits for the timers of this one
	watchedUntil int64    // until when it waits; 0 while it is awake
}

// Host is what an executor with reactors of its own offers in waker.Context.Ext.
type Host interface {
	// Reactor returns the reactor of the worker that is polling.
	Reactor() *Reactor
}

// From returns the reactor for what is polled with cx: its worker's, or the shared
// background one if its executor has none.
func From(cx *waker.Context) *Reactor {
	if h, ok := cx.Ext().(Host); ok {
		if r := h.Reactor(); r != nil && !r.ended.Load() {
			return r
		}
	}
	return &shared.reactor
}

// New returns a reactor. On Linux it holds two descriptors until Close.
func New() (*Reactor, error) {
	r := new(Reactor)
	if err := r.poll.open(); err != nil {
		return nil, err
	}
	return r, nil
}

// Limit returns what the system does not allow that a reactor would use, in words for
// people, or "". It works without.
func (r *Reactor) Limit() string { return r.poll.limit() }

// OnWakerPanic has f called, by any thread, with what a waker panicked with that the reactor
// called, and with the stack. Whatever a waker does keeps no other from being woken, nor the
// reactor from going on; without f it is logged. It is called before the reactor is used.
func (r *Reactor) OnWakerPanic(f func(v any, stack []byte)) { r.report = f }

// WakerPanicked tells whom OnWakerPanic named, or the log, of a panic of a waker that
// somebody called in the place of r, which may be nil. Any thread may call it.
func (r *Reactor) WakerPanicked(v any, stack []byte) {
	if r == nil || r.report == nil {
		wake.Log(v, stack)
		return
	}
	r.report(v, stack)
}

// Close gives the reactor's descriptors back. Nobody may be parked in it. Whoever waits
// for a source or timer in it is woken, and waits in another reactor from its next poll on.
// Unpark may still be called: it does nothing.
func (r *Reactor) Close() error {
	r.check()
	r.parked.Store(notified)
	r.ended.Store(true)
	for r.users.Load() != 0 {
		word.Spin()
		runtime.Gosched()
	}
	if r.leaveClock != nil {
		r.leaveClock()
	}
	err := r.poll.close()
	r.slab.each(func(src *Source) {
		src.Wake(Read)
		src.Wake(Write)
	})
	r.wakeTimers()
	return err
}

// enter lets the calling thread use the descriptors until leave; false if they are gone,
// or about to be.
func (r *Reactor) enter() bool {
	r.users.Inc()
	if r.ended.Load() {
		r.users.Dec()
		return false
	}
	return true
}

func (r *Reactor) leave() { r.users.Dec() }

// check panics for a reactor that New has not made: its descriptors would be number 0.
func (r *Reactor) check() {
	if r == nil || !r.poll.made() {
		panic("reactor: a nil or zero Reactor: make one with New")
	}
}

// Ask wakes what is ready, without waiting, and returns how many events and timers that
// were. ev is room for events that belongs to the calling thread. Only the owner calls it.
func (r *Reactor) Ask(ev *Events) (int, error) {
	r.check()
	n, err := r.poll.wait(ev, 0)
	faults.Point()
	return r.Deliver(ev, n), err
}

// Park waits until there is something to wake, until Unpark, or at most for a duration
// (negative: without limit), and wakes what is ready. Only the owner calls it. It blocks
// in the operating system, with the Go scheduler informed.
func (r *Reactor) Park(ev *Events, limit time.Duration) (int, error) {
	n, err := r.Wait(ev, limit)
	return r.Deliver(ev, n), err
}

// Wait is the first half of Park, for an owner that has something to do between waking
// up and waking others. It returns how many events it put in ev.
func (r *Reactor) Wait(ev *Events, limit time.Duration) (int, error) {
	r.check()
	if !r.parked.CompareAndSwap(awake, asleep) {
		r.parked.Store(awake)
		n, err := r.poll.wait(ev, 0)
		r.acknowledge(ev, n)
		return n, err
	}
	n, err := r.poll.wait(ev, r.untilDeadline(limit))
	faults.Point()
	r.parked.Store(awake)
	faults.Point()
	r.acknowledge(ev, n)
	r.lock.Lock()
	r.asleepUntil = 0
	r.lock.Unlock()
	return n, err
}

// acknowledge ends the interruption, if the n events in ev tell of one.
func (r *Reactor) acknowledge(ev *Events, n int) {
	for i := range n {
		if token, _ := ev.event(i); token == wakeToken {
			r.poll.acknowledge()
		}
	}
}

// Deliver is the second half of Park: it wakes what the n events in ev and the timers
// that are due are waited for by, and returns how many those were.
func (r *Reactor) Deliver(ev *Events, n int) int { return r.dispatch(ev, n) + r.fireDue() }

// untilDeadline returns how long to wait, and notes it for timers set meanwhile.
func (r *Reactor) untilDeadline(limit time.Duration) time.Duration {
	r.lock.Lock()
	defer r.lock.Unlock()
	deadline := r.wheel.deadline()
	r.asleepUntil = deadline
	if deadline == never || r.clock != nil {
		r.asleepUntil = never
		return limit
	}
	d := max(time.Duration(deadline-sinceStart()), 0)
	if limit >= 0 {
		d = min(d, limit)
	}
	return d
}

// Unpark makes the owner's Park return, or its next one if it is not parked.
func (r *Reactor) Unpark() {
	if r == nil {
		panic("reactor: Unpark of a nil Reactor")
	}
	if r.parked.Load() == notified {
		return
	}
	r.users.Add(1)
	faults.Point()
	if r.parked.Swap(notified) == asleep {
		faults.Point()
		r.poll.wake()
	}
	r.users.Add(-1)
}

// Sources returns how many sources are registered.
func (r *Reactor) Sources() int { return int(r.slab.live.Load()) }

// Timers returns how many timers are set.
func (r *Reactor) Timers() int {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.wheel.count
}

// Waiting reports whether somebody waits for a descriptor that is registered. Only the owner calls it, while
// none of its polls is under way.
func (r *Reactor) Waiting() (some bool) {
	r.slab.each(func(src *Source) {
		for d := range src.dir {
			some = some || src.dir[d].ready.Load()&blocked != 0 && src.dir[d].waker.Waits()
		}
	})
	return some
}

// dispatch delivers the first n events of ev and returns how many found their source.
func (r *Reactor) dispatch(ev *Events, n int) (delivered int) {
	return r.dispatchFrom(0, ev, n)
}

func (r *Reactor) dispatchFrom(next int, ev *Events, n int) (delivered int) {
	defer func() {
		if next < n { // a waker has called runtime.Goexit: it keeps no event from the others
			r.dispatchFrom(next, ev, n)
		}
	}()
	for next < n {
		token, what := ev.event(next)
		next++
		if token == wakeToken || token == watchToken {
			continue
		}
		if src := r.slab.lookup(token); src != nil {
			src.deliver(what)
			delivered++
		}
	}
	return delivered
}
