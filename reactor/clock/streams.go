package clock

import (
	"fmt"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// The streams of this package take one allocation when they are made, and none for an item.

// PollNext implements future.Stream: an Interval is a stream of its ticks, without end.
func (i *Interval) PollNext(cx *waker.Context) future.Poll[time.Time] { return i.PollTick(cx) }

// StopWaiting implements future.Pauser: it ends the wait for a tick, as Drop does.
func (i *Interval) StopWaiting() { i.Drop() }

// over is a stream over another one, and an alarm.
type over[T any] struct {
	s     future.Stream[T]
	alarm reactor.Alarm
}

func on[T any](s future.Stream[T], who string) over[T] {
	if s == nil {
		panic("clock: " + who + ": nil stream; pass a value that implements future.Stream")
	}
	return over[T]{s: s}
}

// Drop implements future.Dropper.
func (o *over[T]) Drop() {
	if s := o.s; s != nil {
		o.s = nil
		o.alarm.Drop()
		future.Drop(s)
	}
}

// StopWaiting implements future.Pauser. The time goes on.
func (o *over[T]) StopWaiting() { future.StopWaiting(o.s) }

// Trace implements future.Traced.
func (o *over[T]) Trace(t *future.Tracer) { t.Child(o.s) }

func (o *over[T]) next(cx *waker.Context) future.Poll[T] {
	if o.s == nil {
		if !cx.Spend() {
			return future.Pending[T]()
		}
		return future.Failed[T](future.ErrEnd)
	}
	return o.s.PollNext(cx)
}

// passed reports whether the alarm has rung, after it has been set to ring in d if it was not.
func (o *over[T]) passed(d time.Duration, cx *waker.Context) bool {
	if !o.alarm.IsSet() {
		o.alarm = reactor.NewAlarm(d)
	}
	return o.alarm.Poll(cx).IsReady()
}

// ItemTimeout returns s with an item that has failed with [ErrTimeout] in each place where the next one
// is waited for longer than d. s goes on: the item that was late comes after. To end there, see
// stream.UntilError. The time in which nobody waits does not count.
func ItemTimeout[T any](s future.Stream[T], d time.Duration) future.Stream[T] {
	return &itemTimeout[T]{over: on(s, "ItemTimeout"), d: d}
}

type itemTimeout[T any] struct {
	over[T]
	d    time.Duration
	told bool // that this item is late
}

func (i *itemTimeout[T]) PollNext(cx *waker.Context) future.Poll[T] {
	p := i.next(cx)
	if p.IsReady() {
		i.told = false
		i.alarm.Drop()
		return p
	}
	if i.told || !i.passed(i.d, cx) {
		return p
	}
	i.told = true
	return future.Failed[T](ErrTimeout)
}

// StopWaiting implements future.Pauser.
func (i *itemTimeout[T]) StopWaiting() {
	i.alarm.Drop()
	i.over.StopWaiting()
}

// Throttle returns s with at least d between two items: after each, s is not asked for that long.
func Throttle[T any](s future.Stream[T], d time.Duration) future.Stream[T] {
	return &throttle[T]{over: on(s, "Throttle"), d: d}
}

type throttle[T any] struct {
	over[T]
	d time.Duration
}

func (t *throttle[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if t.alarm.IsSet() && t.alarm.Poll(cx).IsPending() {
		return future.Pending[T]()
	}
	p := t.next(cx)
	if p.IsReady() && p.Err() != future.ErrEnd {
		t.alarm = reactor.NewAlarm(t.d)
	}
	return p
}

// ChunksTimeout returns the values of s in slices of n, or of less when d has passed since the first one
// of a slice came, and where an error or the end comes. Each slice is a new one, and its receiver's.
func ChunksTimeout[T any](s future.Stream[T], n int, d time.Duration) future.Stream[[]T] {
	if n < 1 {
		panic(fmt.Sprintf("clock: ChunksTimeout of %d; pass 1 or more", n))
	}
	return &chunks[T]{over: on(s, "ChunksTimeout"), n: n, d: d}
}

type chunks[T any] struct {
	over[T]
	n   int
	d   time.Duration
	buf []T
	err error // comes after buf

	alarmFirst bool // s had used up the budget of the last poll
}

func (c *chunks[T]) PollNext(cx *waker.Context) future.Poll[[]T] {
	if c.alarmFirst && c.passed(c.d, cx) {
		return c.take()
	}
	for c.err == nil {
		p := c.next(cx)
		if p.IsPending() {
			if len(c.buf) == 0 {
				return future.Pending[[]T]()
			}
			if c.alarmFirst = cx.Exhausted(); c.passed(c.d, cx) {
				return c.take()
			}
			return future.Pending[[]T]()
		}
		v, err := p.Result()
		if err != nil {
			future.Discard(v)
			c.err = err
			break
		}
		if c.buf == nil {
			c.buf = make([]T, 0, min(c.n, 64))
			c.alarm = reactor.NewAlarm(c.d)
		}
		if c.buf = append(c.buf, v); len(c.buf) == c.n {
			return c.take()
		}
	}
	if len(c.buf) > 0 {
		return c.take()
	}
	err := c.err
	c.err = nil
	return future.Failed[[]T](err)
}

func (c *chunks[T]) take() future.Poll[[]T] {
	buf := c.buf
	c.buf, c.alarmFirst = nil, false
	c.alarm.Drop()
	return future.Ready(buf)
}

// Drop implements future.Dropper.
func (c *chunks[T]) Drop() {
	defer c.over.Drop()
	buf := c.buf
	c.buf, c.err, c.alarmFirst = nil, nil, false
	future.Discard(buf)
}
