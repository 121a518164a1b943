package reactor

import (
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Alarm is a time to wait for, as a value: an operation by value holds one where a [Timer], which
// must stay where it is, cannot stand. Until it has to wait it is two words. Then it borrows a timer
// from the reactor of whoever polls it, and gives it back when it is ready or dropped; in the long
// run that allocates nothing.
//
// An alarm may be moved at any time, and belongs to one task at a time. The zero Alarm is not set.
type Alarm struct {
	when  int64 // since start; 0: it is not set
	timer *Timer
}

// NewAlarm returns an alarm d from now. A d of 0 or less has passed.
func NewAlarm(d time.Duration) Alarm {
	if d <= 0 {
		return Alarm{when: passed}
	}
	return Alarm{when: after(d)}
}

// passed is a time that need not be waited for.
const passed = 1

// NewAlarmAt returns an alarm at a time.
func NewAlarmAt(at time.Time) Alarm {
	if at == at.Round(0) { // without a monotonic reading
		return NewAlarm(Until(at))
	}
	return Alarm{when: until(at)}
}

// IsSet reports whether the alarm was made by NewAlarm and has neither been ready nor dropped.
func (a *Alarm) IsSet() bool { return a.when != 0 }

// Poll is Ready once, when the time has come. It panics if the alarm is not set.
func (a *Alarm) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if a.when == 0 {
		panic("reactor: poll of an Alarm that is not set; make one with NewAlarm")
	}
	if a.timer == nil {
		if a.when == passed {
			if !cx.Spend() {
				return future.Pending[future.Unit]()
			}
			a.when = 0
			return future.Ready(future.Unit{})
		}
		a.timer = From(cx).borrow()
		a.timer.when.Store(a.when)
	}
	p := a.timer.Poll(cx)
	if p.IsReady() {
		a.Drop()
	}
	return p
}

// Drop gives the alarm up.
func (a *Alarm) Drop() {
	t := a.timer
	a.when, a.timer = 0, nil
	if t != nil {
		t.Drop()
		t.giveBack()
	}
}

// mostSpare bounds the timers that a reactor keeps for alarms: some 100 KB of them.
const mostSpare = 1024

// borrow returns a timer that is stopped, and that nobody else has.
func (r *Reactor) borrow() *Timer {
	r.lock.Lock()
	t := r.spare
	if t != nil {
		r.spare, t.next = t.next, nil
		r.spares--
	}
	r.lock.Unlock()
	if t == nil {
		return new(Timer)
	}
	return t
}

// giveBack leaves a timer that was dropped to the reactor that it was last bound to. It is bound to
// none in the list of spares, so who borrows it is who binds it.
func (t *Timer) giveBack() {
	r := t.lock()
	if r == nil {
		return
	}
	if !r.ended.Load() && r.spares < mostSpare {
		t.reactor.Store(nil)
		t.next, r.spare = r.spare, t
		r.spares++
	}
	r.lock.Unlock()
}
