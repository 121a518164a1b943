package clock

import (
	"fmt"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// Retry returns an operation that waits for the future that try makes, and if that fails for another
// one, until one succeeds. b says how long it waits in between, after which errors, and when it gives up:
// then it fails with an error that wraps the last one, or is it if there was one try alone. An error that
// b does not try again after is handed on as it is. A value that came beside an error is the caller's if
// that is the last, and else discarded (see [future.Discard]).
//
//	conn, err := clock.Retry(clock.Backoff{Tries: 5}, dial).Await(co)
//
// try is called inside the poll; it must not block. Retry takes one allocation beside what try takes.
// Dropped, it drops the try that is under way.
func Retry[T any](b Backoff, try func() future.Future[T]) future.BoxedOp[T] {
	if try == nil {
		panic("clock: Retry: nil func; pass one that makes a future for each try")
	}
	return future.Of[T](&retry[T]{b: b.check(), try: try})
}

// retry waits for f, or for the alarm if that is set. It is over when try is nil.
type retry[T any] struct {
	b     Backoff
	try   func() future.Future[T]
	f     future.Future[T]
	alarm reactor.Alarm
	n     int       // tries that were begun
	last  time.Time // by which tries must begin
}

func (r *retry[T]) Poll(cx *waker.Context) future.Poll[T] {
	if r.try == nil {
		panic("clock: Retry polled after Ready (or after Drop): make a new one")
	}
	for {
		if r.alarm.IsSet() && r.alarm.Poll(cx).IsPending() {
			return future.Pending[T]()
		}
		if r.f == nil {
			r.begin()
		}
		p := r.f.Poll(cx)
		if p.IsPending() {
			return p
		}
		r.f = nil
		v, err := p.Result()
		if err == nil || !r.again(cx, &err) {
			r.try = nil
			return future.Done(v, err)
		}
		future.Discard(v)
	}
}

func (r *retry[T]) begin() {
	f := r.try()
	if f == nil {
		panic("clock: Retry: nil future from its func; pass back a value that implements future.Future")
	}
	if r.n++; r.n == 1 && r.b.Within > 0 {
		r.last = Now().Add(r.b.Within)
	}
	r.f = f
}

// again sets the alarm for another try, or reports that there is none and makes err what to fail with.
func (r *retry[T]) again(cx *waker.Context, err *error) bool {
	if r.b.Retry != nil && !r.b.Retry(*err) {
		return false
	}
	d := r.b.delayIn(cx, r.n)
	if r.n == r.b.Tries || r.b.Within > 0 && r.last.Sub(Now()) < d {
		if r.n > 1 {
			*err = fmt.Errorf("clock: given up after %d tries: %w", r.n, *err)
		}
		return false
	}
	r.alarm = reactor.NewAlarm(d)
	return true
}

// Drop implements future.Dropper.
func (r *retry[T]) Drop() {
	f := r.f
	r.f, r.try = nil, nil
	r.alarm.Drop()
	future.Drop(f)
}

// Trace implements future.Traced.
func (r *retry[T]) Trace(t *future.Tracer) {
	if r.f != nil {
		t.Child(r.f)
		return
	}
	t.At("clock.Retry", "", 0, nil)
}
