package clock

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// DelayQueue is a stream of values that come when their time has: sessions that expire, requests to be tried again. A value is
// found by its [DelayKey] until then, to be removed or put off. Of two that come at the same time the one that was
// set first comes first.
//
// The zero DelayQueue is empty and ready to use. It belongs to one task, which inserts, removes and polls. It has one
// timer in the wheel, however many values it holds: to insert, reset or remove one costs a time that grows with the
// logarithm of their number, and no allocation once there was room for as many. It must not be copied once used.
//
// Empty it is at its end (future.ErrEnd), and goes on when something is inserted; a wait that is under
// way when the last value is removed ends so.
type DelayQueue[T any] struct {
	timer   reactor.Timer
	base    time.Time // that times in it are counted from
	slots   []delaySlot[T]
	free    []uint32 // of slots
	heap    []uint32 // of slots, the earliest first
	set     uint64   // how many times were set so far
	armed   int64    // what the timer is set to
	waiting bool     // a poll was Pending, and its waker is with the timer
}

type delaySlot[T any] struct {
	value T
	at    int64  // since base
	order uint64 // among those of the same time
	pos   int    // in the heap
	key   uint64 // of the value; 0 if there is none
}

// DelayKey names a value in a [DelayQueue] for as long as it is there. The zero DelayKey names none.
type DelayKey struct {
	slot uint32
	key  uint64 // no two values ever have the same
}

// Expired is what a [DelayQueue] comes to: a value whose time has come.
type Expired[T any] struct {
	Value    T
	Key      DelayKey // which names nothing any more
	Deadline time.Time
}

// now returns the time since base.
func (q *DelayQueue[T]) now() int64 {
	if q == nil {
		panic("clock: a nil DelayQueue; the zero one is ready to use")
	}
	if q.base.IsZero() {
		q.base = Now()
	}
	return int64(Since(q.base))
}

// after returns when it is d from now.
func (q *DelayQueue[T]) after(d time.Duration) int64 {
	now := q.now()
	if d > 0 && now > math.MaxInt64-int64(d) {
		return math.MaxInt64
	}
	return now + max(int64(d), 0)
}

// Insert puts a value in that comes d from now; at once for 0 or less.
func (q *DelayQueue[T]) Insert(v T, d time.Duration) DelayKey { return q.insert(v, q.after(d)) }

// InsertAt puts a value in that comes at a time; at once if that has passed.
func (q *DelayQueue[T]) InsertAt(v T, at time.Time) DelayKey {
	q.now()
	return q.insert(v, int64(at.Sub(q.base)))
}

func (q *DelayQueue[T]) insert(v T, at int64) DelayKey {
	var i uint32
	if n := len(q.free); n > 0 {
		i, q.free = q.free[n-1], q.free[:n-1]
	} else {
		i = uint32(len(q.slots))
		q.slots = append(q.slots, delaySlot[T]{})
	}
	s := &q.slots[i]
	s.value = v
	q.heap = append(q.heap, i)
	s.pos = len(q.heap) - 1
	q.put(s, at)
	s.key = s.order
	return DelayKey{i, s.key}
}

// put gives a slot that is in the heap its time, and the place for it.
func (q *DelayQueue[T]) put(s *delaySlot[T], at int64) {
	q.set++
	s.at, s.order = at, q.set
	q.sift(s.pos)
	q.rearm()
}

// slot returns the slot of a value that is there, or nil.
func (q *DelayQueue[T]) slot(k DelayKey) *delaySlot[T] {
	if q == nil || k.key == 0 || int(k.slot) >= len(q.slots) || q.slots[k.slot].key != k.key {
		return nil
	}
	return &q.slots[k.slot]
}

// Reset has a value come d from now, instead of when it would have. It reports whether it is still there.
func (q *DelayQueue[T]) Reset(k DelayKey, d time.Duration) bool {
	s := q.slot(k)
	if s != nil {
		q.put(s, q.after(d))
	}
	return s != nil
}

// ResetAt has a value come at a time, instead of when it would have. It reports whether it is still there.
func (q *DelayQueue[T]) ResetAt(k DelayKey, at time.Time) bool {
	s := q.slot(k)
	if s != nil {
		q.put(s, int64(at.Sub(q.base)))
	}
	return s != nil
}

// Deadline returns when a value comes, and whether it is still there.
func (q *DelayQueue[T]) Deadline(k DelayKey) (time.Time, bool) {
	s := q.slot(k)
	if s == nil {
		return time.Time{}, false
	}
	return q.base.Add(time.Duration(s.at)), true
}

// Remove takes a value out, which is the caller's, and reports whether it was still there: it has not come, nor been
// removed.
func (q *DelayQueue[T]) Remove(k DelayKey) (v T, ok bool) {
	s := q.slot(k)
	if s == nil {
		return v, false
	}
	v = q.take(s)
	q.rearm()
	return v, true
}

// Peek returns the key of the value that comes next, whether or not its time has come, and whether there is one.
func (q *DelayQueue[T]) Peek() (DelayKey, bool) {
	if q == nil || len(q.heap) == 0 {
		return DelayKey{}, false
	}
	i := q.heap[0]
	return DelayKey{i, q.slots[i].key}, true
}

// Len returns how many values are in the queue.
func (q *DelayQueue[T]) Len() int { return len(q.heap) }

// Capacity returns how many values there may be before there is more memory to be allocated.
func (q *DelayQueue[T]) Capacity() int { return cap(q.slots) }

// Reserve allocates for n more values. It panics for less than 0.
func (q *DelayQueue[T]) Reserve(n int) {
	if n < 0 {
		panic(fmt.Sprintf("clock: DelayQueue.Reserve of %d; pass 0 or more", n))
	}
	if n -= len(q.free); n > 0 {
		q.slots = append(make([]delaySlot[T], 0, len(q.slots)+n), q.slots...)
	}
	q.heap = append(make([]uint32, 0, cap(q.slots)), q.heap...)
	q.free = append(make([]uint32, 0, cap(q.slots)), q.free...)
}

// Compact gives back the memory that is not needed for what is in the queue at the moment, as far as the keys that are out
// allow: they stay as they are.
func (q *DelayQueue[T]) Compact() {
	n := len(q.slots)
	for n > 0 && q.slots[n-1].key == 0 {
		n--
	}
	q.slots = append(make([]delaySlot[T], 0, n), q.slots[:n]...)
	q.heap = append([]uint32(nil), q.heap...)
	q.free = append([]uint32(nil), slices.DeleteFunc(q.free, func(i uint32) bool { return int(i) >= n })...)
}

// PollNext implements future.Stream: it is ready when the time of the first value has come, with that.
func (q *DelayQueue[T]) PollNext(cx *waker.Context) future.Poll[Expired[T]] {
	now, spent := q.now(), false
	for {
		if len(q.heap) == 0 || q.slots[q.heap[0]].at <= now {
			if !spent && !cx.Spend() {
				return future.Pending[Expired[T]]()
			}
			return q.expire()
		}
		q.waiting = true
		q.rearm()
		if q.timer.Poll(cx).IsPending() {
			return future.Pending[Expired[T]]()
		}
		now, spent = q.armed, true // that has passed
	}
}

// expire takes the first value out, if there is one.
func (q *DelayQueue[T]) expire() future.Poll[Expired[T]] {
	q.waiting = false
	if len(q.heap) == 0 {
		return future.Failed[Expired[T]](future.ErrEnd)
	}
	i := q.heap[0]
	s := &q.slots[i]
	e := Expired[T]{Key: DelayKey{i, s.key}, Deadline: q.base.Add(time.Duration(s.at))}
	e.Value = q.take(s)
	return future.Ready(e)
}

// rearm sets the timer to when the task that waits has something to see: the first value, or that there is none.
func (q *DelayQueue[T]) rearm() {
	if !q.waiting {
		return
	}
	first := int64(math.MinInt64)
	if len(q.heap) > 0 {
		first = q.slots[q.heap[0]].at
	}
	if first != q.armed {
		q.armed = first
		q.timer.ResetAt(q.base.Add(time.Duration(max(first, 0))))
	}
}

// StopWaiting implements future.Pauser. Meanwhile the queue has nothing in the wheel.
func (q *DelayQueue[T]) StopWaiting() {
	q.waiting, q.armed = false, 0
	q.timer.Drop()
}

// Clear takes all values out and discards them (see future.Discard).
func (q *DelayQueue[T]) Clear() {
	values := make([]T, 0, len(q.heap))
	for len(q.heap) > 0 {
		values = append(values, q.take(&q.slots[q.heap[len(q.heap)-1]]))
	}
	q.rearm()
	future.Discard(values)
}

// Drop implements future.Dropper: it stops the timer and discards all values. The queue may be used again.
func (q *DelayQueue[T]) Drop() {
	q.StopWaiting()
	q.Clear()
}
