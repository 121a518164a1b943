// Package clock waits for times: [Sleep], [Timeout] and [Interval] are what time.Sleep,
// context.WithTimeout and time.Ticker are elsewhere, without a goroutine or a channel behind them.
//
//	clock.Sleep(time.Second).Await(co)
//	n, err := clock.Timeout(conn.Read(buf), 5*time.Second).Await(co)
//	if errors.Is(err, clock.ErrTimeout) {
//
// Each is a timer in the wheel of the worker that polls it: it costs no allocation, and setting and
// stopping it takes constant time. They are ready no earlier than asked, and up to 16 µs
// late plus what the thread needs to wake.
package clock

import (
	"fmt"
	"os"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// Now returns the time that sleeps go by: that of time.Now, but under a test runtime (sched/schedtest), whose
// clock is its own. What is to be tested so takes its times from here. It does not allocate.
func Now() time.Time { return reactor.Now() }

// Since returns how long ago t was, by Now.
func Since(t time.Time) time.Duration { return reactor.Now().Sub(t) }

// Sleep returns an operation that is ready d after this call. A d of 0 or less is ready at once.
func Sleep(d time.Duration) SleepOp { return SleepOp{reactor.NewAlarm(d)} }

// SleepUntil returns an operation that is ready at a time.
func SleepUntil(at time.Time) SleepOp { return SleepOp{reactor.NewAlarmAt(at)} }

// SleepOp is what [Sleep] returns.
type SleepOp struct{ alarm reactor.Alarm }

// Poll implements future.Future.
func (s *SleepOp) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if s == nil || !s.alarm.IsSet() {
		panic("clock: a SleepOp polled after Ready (or after Drop), or a nil or zero one: make another with Sleep or SleepUntil")
	}
	return s.alarm.Poll(cx)
}

// Drop implements future.Dropper.
func (s *SleepOp) Drop() {
	if s == nil {
		panic("clock: a nil SleepOp: make one with Sleep or SleepUntil")
	}
	s.alarm.Drop()
}

// Await waits, see [future.Await].
func (s SleepOp) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, s) }

// ErrTimeout is the error of what did not end in time. errors.Is also takes it for
// os.ErrDeadlineExceeded.
var ErrTimeout = fmt.Errorf("clock: timeout: %w", os.ErrDeadlineExceeded)

// Timeout returns an operation that becomes what op becomes, or fails with [ErrTimeout] if op
// is not ready d after this call; op is then dropped.
func Timeout[T any, F future.Op[T]](op F, d time.Duration) TimeoutOp[T, F] {
	return TimeoutOp[T, F]{op: future.Hold[T](op, "clock: Timeout"), alarm: reactor.NewAlarm(d)}
}

// TimeoutOp is what [Timeout] returns.
type TimeoutOp[T any, F future.Op[T]] struct {
	op    future.Child[T, F]
	alarm reactor.Alarm
	first bool // the alarm is: op had used up the budget of the last poll
}

// Poll implements future.Future.
func (t *TimeoutOp[T, F]) Poll(cx *waker.Context) future.Poll[T] {
	if !t.op.Live() {
		panic("clock: a Timeout polled after Ready (or after Drop), or a zero one: make another one")
	}
	if t.first && t.alarm.Poll(cx).IsReady() {
		return t.expire()
	}
	if p := t.op.Poll(cx); p.IsReady() {
		t.alarm.Drop()
		return p
	}
	t.first = cx.Exhausted()
	if t.alarm.Poll(cx).IsReady() {
		return t.expire()
	}
	return future.Pending[T]()
}

func (t *TimeoutOp[T, F]) expire() future.Poll[T] {
	t.Drop()
	return future.Failed[T](ErrTimeout)
}

// Drop implements future.Dropper.
func (t *TimeoutOp[T, F]) Drop() {
	if t.op.Live() {
		defer t.op.Drop()
		t.alarm.Drop()
	}
}

// Await waits, see [future.Await].
func (t TimeoutOp[T, F]) Await(co *future.Co) (T, error) { return future.AwaitOp(co, t) }

// Trace implements future.Traced: it is where op stands.
func (t *TimeoutOp[T, F]) Trace(tr *future.Tracer) { tr.Child(&t.op) }
