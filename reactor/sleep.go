package reactor

import (
	"fmt"
	"os"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// SleepFuture is what [Sleep] returns.
type SleepFuture struct {
	timer Timer
	made  bool
	done  bool
}

// Sleep returns a future that is ready d after this call.
func Sleep(d time.Duration) *SleepFuture {
	s := &SleepFuture{made: true}
	s.timer.Reset(d)
	return s
}

// SleepUntil returns a future that is ready at a time.
func SleepUntil(at time.Time) *SleepFuture { return Sleep(time.Until(at)) }

// Poll implements future.Future.
func (s *SleepFuture) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if s == nil || !s.made {
		panic("reactor: a nil or zero SleepFuture: make one with Sleep or SleepUntil")
	}
	if s.done {
		panic("reactor: a Sleep was polled after it was Ready; make another one")
	}
	p := s.timer.Poll(cx)
	s.done = p.IsReady()
	return p
}

// Drop implements future.Dropper.
func (s *SleepFuture) Drop() {
	if s == nil {
		panic("reactor: a nil SleepFuture: make one with Sleep or SleepUntil")
	}
	s.timer.Stop()
}

// ErrTimeout is the error of a future that did not end in time. errors.Is also takes
// it for os.ErrDeadlineExceeded.
var ErrTimeout = fmt.Errorf("reactor: timeout: %w", os.ErrDeadlineExceeded)

type timeout[T any] struct {
	f     future.Future[T]
	timer Timer
	first bool // the timer is: f had used up the budget of the last poll
}

// Timeout returns a future that becomes what f becomes, or fails with [ErrTimeout] if f
// is not ready d after this call; f is then dropped.
func Timeout[T any](f future.Future[T], d time.Duration) future.Future[T] {
	if f == nil {
		panic("reactor: Timeout of a nil future")
	}
	t := &timeout[T]{f: f}
	t.timer.Reset(d)
	return t
}

func (t *timeout[T]) Poll(cx *waker.Context) future.Poll[T] {
	if t.f == nil {
		panic("reactor: a Timeout was polled after it was Ready")
	}
	if t.first && t.timer.Poll(cx).IsReady() {
		return t.expire()
	}
	if p := t.f.Poll(cx); p.IsReady() {
		t.timer.Stop()
		t.f = nil
		return p
	}
	t.first = cx.Exhausted()
	if t.timer.Poll(cx).IsReady() {
		return t.expire()
	}
	return future.Pending[T]()
}

func (t *timeout[T]) expire() future.Poll[T] {
	t.Drop()
	return future.Failed[T](ErrTimeout)
}

func (t *timeout[T]) Drop() {
	if f := t.f; f != nil {
		t.f = nil // its Drop may panic
		t.timer.Stop()
		future.Drop(f)
	}
}

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
	timer   Timer
	resting bool // dropped, and so not in the wheel
	stopped bool
}

// NewInterval returns an interval whose first tick is one period from now. The period
// must be positive.
func NewInterval(period time.Duration) (*Interval, error) {
	if period <= 0 {
		return nil, fmt.Errorf("reactor: an interval of %v: the period must be more than 0", period)
	}
	i := &Interval{period: period, next: time.Now().Add(period)}
	i.timer.Reset(period)
	return i, nil
}

// PollTick is Ready at each tick, with the time that it was due.
func (i *Interval) PollTick(cx *waker.Context) future.Poll[time.Time] {
	if i == nil || i.period == 0 {
		panic("reactor: a nil or zero Interval: make one with NewInterval")
	}
	if i.resting {
		i.resting = false
		i.timer.ResetAt(i.next)
	}
	if i.timer.Poll(cx).IsPending() {
		return future.Pending[time.Time]()
	}
	due := i.next
	late := max(time.Since(due), 0)
	i.next = due.Add(late - late%i.period + i.period)
	i.timer.ResetAt(i.next)
	return future.Ready(due)
}

// Poll implements future.Future: like PollTick. An Interval may be polled again after
// it was Ready, for its next tick.
func (i *Interval) Poll(cx *waker.Context) future.Poll[time.Time] { return i.PollTick(cx) }

func (i *Interval) notNil() {
	if i == nil {
		panic("reactor: a nil Interval: make one with NewInterval")
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
