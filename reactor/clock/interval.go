package clock

import (
	"fmt"
	"math"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// Interval is a clock that ticks at a fixed period. What becomes of ticks that were missed because
// the task was late, [Interval.OnMissed] says: by default they are not made up for, and the next
// one comes at the next whole period.
//
// It is a future of its next tick that can be awaited again and again, by one task at a
// time. To drop it, as [future.Select2] and [future.Race] do when it loses, ends that wait
// alone: while nobody waits it holds nothing, and the next poll takes it up where the clock
// would be by then. Only Stop ends it.
type Interval struct {
	period  time.Duration
	next    time.Time
	timer   reactor.Timer
	missed  MissedTicks
	behind  bool // next has passed already: its poll need not wait for the wheel to come round
	resting bool // dropped, and so not in the wheel
	stopped bool
}

// MissedTicks is what an [Interval] does about ticks that were due while its task did something
// else. In each case a tick tells the time that it was due, and the first late one comes at once.
type MissedTicks uint8

const (
	// SkipMissed leaves out what was missed: the next tick comes at the next whole period.
	SkipMissed MissedTicks = iota
	// BurstMissed makes up for it: ticks come one right after the other until they have caught up.
	BurstMissed
	// DelayMissed begins anew: the next tick comes a period after the one before was handed out. So
	// two are never closer than a period, and all of them drift by what each was late.
	DelayMissed
)

// NewInterval returns an interval whose first tick is one period from now. The period
// must be positive.
func NewInterval(period time.Duration) (*Interval, error) {
	return NewIntervalAt(reactor.Now().Add(period), period)
}

// NewIntervalAt returns an interval whose first tick is at a time; one that has passed is now. The
// period must be positive.
func NewIntervalAt(first time.Time, period time.Duration) (*Interval, error) {
	if period <= 0 {
		return nil, fmt.Errorf("clock: an interval of %v: the period must be more than 0", period)
	}
	i := &Interval{period: period}
	i.ResetAt(first)
	return i, nil
}

// OnMissed sets what becomes of ticks that were missed, and returns the interval.
func (i *Interval) OnMissed(m MissedTicks) *Interval {
	i.mustBe()
	if m > DelayMissed {
		panic(fmt.Sprintf("clock: Interval.OnMissed(%d): want SkipMissed, BurstMissed or DelayMissed", m))
	}
	i.missed = m
	return i
}

// Period returns how long after one another ticks are due.
func (i *Interval) Period() time.Duration {
	i.mustBe()
	return i.period
}

// Reset has the next tick come one period from now, and the others after it. It also starts an interval
// that was stopped.
func (i *Interval) Reset() {
	i.mustBe()
	i.ResetAt(reactor.Now().Add(i.period))
}

// ResetAfter is Reset for a next tick d from now, sooner or later than a period; at once for a d of 0 or less.
func (i *Interval) ResetAfter(d time.Duration) { i.ResetAt(reactor.Now().Add(max(d, 0))) }

// ResetAt is Reset for a next tick at a time, sooner or later than a period; at once for one that has passed.
func (i *Interval) ResetAt(at time.Time) {
	i.mustBe()
	i.stopped = false
	i.setNext(at, reactor.Now())
}

// setNext sets when the next tick is due. The timer is set for one that is behind too: somebody may wait.
func (i *Interval) setNext(at, now time.Time) {
	i.next, i.behind = at, !at.After(now)
	if !i.resting {
		i.timer.ResetAt(at)
	}
}

// PollTick is Ready at each tick, with the time that it was due.
func (i *Interval) PollTick(cx *waker.Context) future.Poll[time.Time] {
	i.mustBe()
	if i.resting {
		i.resting = false
		i.setNext(i.next, reactor.Now())
	}
	if i.behind && !i.stopped {
		if !cx.Spend() {
			return future.Pending[time.Time]()
		}
	} else if i.timer.Poll(cx).IsPending() {
		return future.Pending[time.Time]()
	}
	due, now := i.next, reactor.Now()
	i.setNext(i.after(due, now), now)
	return future.Ready(due)
}

// after returns when the tick is due after one that was due and is handed out now.
func (i *Interval) after(due, now time.Time) time.Time {
	switch i.missed {
	case BurstMissed:
		return due.Add(i.period)
	case DelayMissed:
		return now.Add(i.period)
	}
	late := max(now.Sub(due), 0)
	passed := late - late%i.period
	if passed > math.MaxInt64-i.period { // due was ages ago, as the zero time is
		return now.Add(i.period)
	}
	return due.Add(passed + i.period)
}

// Poll implements future.Future: like PollTick. An Interval may be polled again after
// it was Ready, for its next tick.
func (i *Interval) Poll(cx *waker.Context) future.Poll[time.Time] { return i.PollTick(cx) }

func (i *Interval) mustBe() {
	if i == nil || i.period == 0 {
		panic("clock: a nil or zero Interval: make one with NewInterval")
	}
}

func (i *Interval) notNil() {
	if i == nil {
		panic("clock: a nil Interval: make one with NewInterval")
	}
}

// Stop stops the clock: no tick is Ready after it, unless it is Reset.
func (i *Interval) Stop() {
	i.notNil()
	i.stopped, i.resting = true, false
	i.timer.Stop()
}

// Drop implements future.Dropper: it ends the wait for a tick, and not the clock.
func (i *Interval) Drop() {
	i.notNil()
	if !i.stopped {
		i.resting = true
		i.timer.Stop()
	}
}

// Await waits for the next tick, see [future.Await].
func (i *Interval) Await(co *future.Co) (time.Time, error) { return future.Await[time.Time](co, i) }
