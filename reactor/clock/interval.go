package clock

import (
	"fmt"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// Interval is a clock that ticks at a fixed period. Ticks that were missed because the
// task was late are not made up for: the next one comes at the next whole period.
//
// It is a future of its next tick that can be awaited again and again, by one task at a
// time. To drop it, as [future.Select2] and [future.Race] do when it loses, ends that wait
// alone: while nobody waits it holds nothing, and the next poll takes it up where the clock
// would be by then. Only Stop ends it.
type Interval struct {
	period  time.Duration
	next    time.Time
	timer   reactor.Timer
	resting bool // dropped, and so not in the wheel
	stopped bool
}

// NewInterval returns an interval whose first tick is one period from now. The period
// must be positive.
func NewInterval(period time.Duration) (*Interval, error) {
	if period <= 0 {
		return nil, fmt.Errorf("clock: an interval of %v: the period must be more than 0", period)
	}
	i := &Interval{period: period, next: reactor.Now().Add(period)}
	i.timer.Reset(period)
	return i, nil
}

// PollTick is Ready at each tick, with the time that it was due.
func (i *Interval) PollTick(cx *waker.Context) future.Poll[time.Time] {
	if i == nil || i.period == 0 {
		panic("clock: a nil or zero Interval: make one with NewInterval")
	}
	if i.resting {
		i.resting = false
		i.timer.ResetAt(i.next)
	}
	if i.timer.Poll(cx).IsPending() {
		return future.Pending[time.Time]()
	}
	due := i.next
	late := max(reactor.Now().Sub(due), 0)
	i.next = due.Add(late - late%i.period + i.period)
	i.timer.ResetAt(i.next)
	return future.Ready(due)
}

// Poll implements future.Future: like PollTick. An Interval may be polled again after
// it was Ready, for its next tick.
func (i *Interval) Poll(cx *waker.Context) future.Poll[time.Time] { return i.PollTick(cx) }

func (i *Interval) notNil() {
	if i == nil {
		panic("clock: a nil Interval: make one with NewInterval")
	}
}

// Stop stops the clock for good: a tick is never Ready after it.
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
