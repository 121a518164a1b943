package reactor

import (
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a timer.
//
// Its place in the wheel (armed, tick, level, slot, links) is guarded by the lock of
// the reactor it is bound to: the one of its first poll. `when` is the deadline, `fired`
// the deadline that has passed: the timer is ready while fired == when. Firing stores
// fired and takes the waker under the lock, and wakes it after that.
//
// It is bound to another reactor only by a poll that finds its reactor ended, under the
// lock of that one: who takes the lock of a timer's reactor looks once more whether it
// still is that. In an ended reactor no timer is armed; who sets one there wakes the task
// that waits, whose poll moves it.
//
// Invariant: an armed timer is in exactly one slot, no later than its deadline. A reset
// changes `when` and, if need be, the slot under one lock, so a firing that comes first is
// of the old deadline (and no longer equals when), one that comes later is of the new.
//
// A timer that is pushed back stays in its slot, and moves on when that comes up: a
// million idle timeouts that are pushed back with each message are then touched alone,
// and not with their four neighbours in two lists, and each is visited once a period.
// One that is stopped leaves its slot at once: it must not keep its owner alive. As nobody
// touches a timer that is in no slot, but under the lock, its memory is its owner's again
// once Stop or Drop has had the lock.
//
// Rejected: a lock-free wheel (every operation but the insertion needs two neighbours).

// Timer is one deadline that a future can wait for. The zero Timer is stopped. It lives
// inside the future or connection that uses it, must not be copied once polled, and
// neither setting, moving nor stopping it allocates. Its methods may be called by any
// thread, but one task at a time polls it.
type Timer struct {
	_       word.NoCopy
	_       word.Align64
	when    word.Int64 // deadline since start; 0: stopped
	fired   word.Int64 // the deadline that has passed
	reactor word.Pointer[Reactor]
	waker   waker.AtomicWaker

	// Under the reactor's lock.
	tick        uint64
	next, prev  *Timer
	level, slot uint8
	armed       bool
}

// Reset sets the timer to fire d from now. A timer that has fired can be set again. A
// duration of 0 or less fires at once.
func (t *Timer) Reset(d time.Duration) {
	t.check()
	t.reset(after(d))
}

// ResetAt sets the timer to fire at a time. With a time that comes from time.Now, moved
// by any duration, it needs no look at the clock, which is the most of what Reset costs.
func (t *Timer) ResetAt(at time.Time) {
	t.check()
	if at == at.Round(0) { // without a monotonic reading
		t.Reset(Until(at))
		return
	}
	t.reset(until(at))
}

// after returns when it is d from now, for a timer: more than 0.
func after(d time.Duration) int64 {
	if c := Paused(); c != nil {
		return pausedAfter(c.now.Load(), d)
	}
	when := sinceStart() + int64(max(d, 0))
	if when < 0 || when >= pausedFrom {
		return pausedFrom - 1<<tickBits // 73 years
	}
	return when
}

func pausedAfter(now int64, d time.Duration) int64 {
	when := now + int64(max(d, 0))
	if when < 0 {
		return never - 1<<tickBits // too far to be told from never
	}
	return when
}

// until returns when it is the time at, which has a monotonic reading.
func until(at time.Time) int64 {
	if c := Paused(); c != nil {
		return pausedAfter(pausedFrom, at.Sub(c.base))
	}
	return min(max(int64(at.Sub(start)), 0), pausedFrom-1<<tickBits) + 1
}

func (t *Timer) reset(when int64) {
	if r := t.reactor.Load(); r != nil {
		when = r.own(when)
	}
	r := t.lock()
	if r == nil {
		t.when.Store(when)          // armed by the first poll, unless that one came meanwhile
		if r = t.lock(); r != nil { // whose clock may be another one
			r.lock.Unlock()
			t.reset(when)
		}
		return
	}
	t.when.Store(when)
	if r.ended.Load() {
		r.disarm(t)
		r.lock.Unlock()
		wake.Cell(&t.waker, r.report)
		return
	}
	if t.armed && tickAfter(when) >= t.tick {
		r.lock.Unlock()
		return
	}
	sleeper := r.arm(t)
	r.lock.Unlock()
	if sleeper != nil {
		sleeper.Unpark()
	}
	r.used()
}

// Stop stops the timer and reports whether it was set and had not fired.
func (t *Timer) Stop() bool {
	t.check()
	r := t.lock()
	if r == nil {
		return t.when.Swap(0) != 0
	}
	when := t.when.Swap(0)
	r.disarm(t)
	last := r.wheel.count == 0
	r.lock.Unlock()
	if last && r.background != nil {
		r.Unpark()
	}
	return when != 0 && t.fired.Load() != when
}

// Drop stops the timer and lets go of who waits for it. Once it has returned nobody else
// touches the timer, whose memory can be used for something else.
func (t *Timer) Drop() {
	t.Stop()
	wake.Forget(&t.waker)
}

// Poll is Ready once the deadline has passed, and stays so until the timer is set
// again. A stopped timer is Pending, and woken by nobody until it is set.
func (t *Timer) Poll(cx *waker.Context) future.Poll[future.Unit] {
	t.check()
	if t.hasFired() {
		return t.ready(cx)
	}
	t.waker.Register(cx.Waker())
	for {
		r := t.reactor.Load()
		if r != nil && !r.ended.Load() {
			break
		}
		t.adopt(r, From(cx))
	}
	if t.hasFired() {
		return t.ready(cx)
	}
	return future.Pending[future.Unit]()
}

func (t *Timer) check() {
	if t == nil {
		panic("reactor: a nil Timer; the zero one is ready to be Reset")
	}
}

func (t *Timer) ready(cx *waker.Context) future.Poll[future.Unit] {
	if !cx.Spend() {
		return future.Pending[future.Unit]()
	}
	return future.Ready(future.Unit{})
}

func (t *Timer) hasFired() bool {
	when := t.when.Load()
	return when != 0 && t.fired.Load() == when
}

// lock takes the lock of the timer's reactor and returns that; nil if it has none.
func (t *Timer) lock() *Reactor {
	for {
		r := t.reactor.Load()
		if r == nil {
			return nil
		}
		r.lock.Lock()
		if t.reactor.Load() == r {
			return r
		}
		r.lock.Unlock()
	}
}

// adopt binds the timer to r instead of old, which is nil or has ended, and arms it if it
// is set. If r has ended meanwhile the caller adopts anew.
func (t *Timer) adopt(old, r *Reactor) {
	when := t.when.Load()
	if own := r.own(when); own != when {
		t.when.CompareAndSwap(when, own) // else it has been set anew
	}
	if old != nil {
		old.lock.Lock()
		old.disarm(t)
	}
	bound := t.reactor.CompareAndSwap(old, r)
	if old != nil {
		old.lock.Unlock()
	}
	if !bound {
		return
	}
	r.lock.Lock()
	var sleeper *Reactor
	if !r.ended.Load() && t.reactor.Load() == r && t.when.Load() != 0 && !t.hasFired() {
		sleeper = r.arm(t)
	}
	r.lock.Unlock()
	if sleeper != nil {
		sleeper.Unpark()
	}
	r.used()
}

// wakeTimers takes all timers out of a reactor that has ended, and wakes who waits.
func (r *Reactor) wakeTimers() {
	var some [32]waker.Waker // woken in batches, outside the lock
	for {
		r.lock.Lock()
		k := 0
		for k < len(some) {
			t := r.wheel.any()
			if t == nil {
				break
			}
			r.disarm(t)
			some[k], _ = t.waker.Take()
			k++
		}
		r.lock.Unlock()
		wake.All(some[:k], r.report)
		if k < len(some) {
			return
		}
	}
}

// arm puts t, whose when is set, in its slot, and returns the reactor whose owner sleeps for
// longer than that; nil if none does. Under r.lock.
func (r *Reactor) arm(t *Timer) (sleeper *Reactor) {
	r.disarm(t)
	when := t.when.Load()
	if when == t.fired.Load() {
		t.fired.Store(0) // the very deadline that has passed, set anew
	}
	if r.wheel.count == 0 {
		r.wheel.now = max(r.wheel.now, uint64(r.now())>>tickBits)
	}
	t.tick = tickAfter(when)
	t.armed = true
	r.wheel.insert(t)
	return r.sleeperPast(when)
}

// disarm takes t out of the wheel if it is there. Under r.lock.
func (r *Reactor) disarm(t *Timer) {
	if t.armed {
		t.armed = false
		r.wheel.remove(t)
	}
}

// fireDue fires what is due and returns how many timers that were.
func (r *Reactor) fireDue() (n int) {
	var due [32]waker.Waker // woken in batches, outside the lock
	for {
		r.lock.Lock()
		if r.wheel.count == 0 {
			r.lock.Unlock()
			return n
		}
		now := r.now()
		k := 0
		for k < len(due) {
			t := r.nextDue(now)
			if t == nil {
				break
			}
			t.armed = false
			t.fired.Store(t.when.Load())
			due[k], _ = t.waker.Take()
			k++
		}
		r.lock.Unlock()
		wake.All(due[:k], r.report)
		if n += k; k < len(due) {
			return n
		}
	}
}

// nextDue takes a timer that is due out of the wheel; nil if there is none. Under r.lock.
func (r *Reactor) nextDue(now int64) *Timer {
	if r.clock != nil {
		if t := r.wheel.takeDue(now); t != nil {
			return t
		}
	}
	for {
		t := r.wheel.advance(uint64(now) >> tickBits)
		if t == nil {
			return nil
		}
		tick := tickAfter(t.when.Load())
		if tick <= uint64(now)>>tickBits {
			return t
		}
		t.tick = tick // pushed back
		r.wheel.insert(t)
	}
}
