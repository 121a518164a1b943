package clock_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/reactor/clock"
)

func TestDelayQueueReset(t *testing.T) {
	var q clock.DelayQueue[string]
	a := q.Insert("a", soon)
	b := q.Insert("b", late)
	c := q.Insert("c", late+1)
	// The first is put off, the last comes first.
	if !q.Reset(a, 2*late) || !q.Reset(c, soon) {
		t.Error("they are not there")
	}
	if got := values(t, &q, 1); got != "c" {
		t.Errorf("%s came", got)
	}
	if q.Reset(c, soon) || q.ResetAt(c, time.Now()) {
		t.Error("one that has come was reset")
	}
	// Put off again and again, and at last for now.
	for i := range 5 {
		q.Reset(b, late*time.Duration(2+i))
	}
	if !q.ResetAt(b, time.Now().Add(-time.Second)) {
		t.Error("it is not there")
	}
	if got := values(t, &q, 1); got != "b" {
		t.Errorf("%s came", got)
	}
	if k, ok := q.Peek(); k != a || !ok {
		t.Errorf("next is %v, %v", k, ok)
	}
	q.Drop()
}

// A reset moves the time at which who waits is woken, back and forth.
func TestDelayQueueResetWhileItWaits(t *testing.T) {
	var q clock.DelayQueue[string]
	a, b := q.Insert("a", late), q.Insert("b", late)
	w := waits(t, &q)
	q.Reset(b, soon)
	w.wait(t)
	if got := values(t, &q, 1); got != "b" {
		t.Errorf("%s came", got)
	}
	w = waits(t, &q)
	q.Reset(a, 0)
	w.wait(t)
	if got := values(t, &q, 1); got != "a" {
		t.Errorf("%s came", got)
	}
	// There and back: nothing comes early.
	c := q.Insert("c", late)
	waits(t, &q)
	q.Reset(c, 2*late)
	q.Reset(c, soon)
	if got := values(t, &q, 1); got != "c" {
		t.Errorf("%s came", got)
	}
}

// A key names its value while it is there, and no other one after that.
func TestDelayQueueKeys(t *testing.T) {
	var q clock.DelayQueue[string]
	var none clock.DelayKey
	a := q.Insert("a", 0)
	if at, ok := q.Deadline(a); !ok || time.Since(at) < 0 {
		t.Errorf("due %v, %v", at, ok)
	}
	if e := expire(t, &q); e.Key != a {
		t.Errorf("the key of %q is %v, not %v", e.Value, e.Key, a)
	}
	b := q.Insert("b", late) // in the same slot
	for _, k := range []clock.DelayKey{none, a} {
		if v, ok := q.Remove(k); ok {
			t.Errorf("the key of nothing has removed %q", v)
		}
		if _, ok := q.Deadline(k); ok || q.Reset(k, soon) {
			t.Error("the key of nothing names something")
		}
	}
	if v, ok := q.Remove(b); v != "b" || !ok {
		t.Errorf("removed %q, %v", v, ok)
	}
	if _, ok := q.Remove(b); ok {
		t.Error("removed twice")
	}
	// One whose time has come may still be removed, until it was polled.
	c := q.Insert("c", -1)
	if v, ok := q.Remove(c); v != "c" || !ok {
		t.Errorf("removed %q, %v", v, ok)
	}
}

func TestDelayQueuePeek(t *testing.T) {
	var q clock.DelayQueue[string]
	if _, ok := q.Peek(); ok {
		t.Error("an empty queue has a next")
	}
	b := q.Insert("b", late)
	a := q.Insert("a", 0)
	for _, want := range []clock.DelayKey{a, b} {
		if k, ok := q.Peek(); k != want || !ok {
			t.Errorf("next is %v, %v; want %v", k, ok, want)
		}
		q.Remove(want)
	}
}

func TestDelayQueueCapacity(t *testing.T) {
	var q clock.DelayQueue[int]
	q.Reserve(100)
	c := q.Capacity()
	if c < 100 {
		t.Fatalf("capacity %d", c)
	}
	keys := make([]clock.DelayKey, 100)
	allocs := testing.AllocsPerRun(10, func() {
		for i := range keys {
			keys[i] = q.Insert(i, late)
		}
		for _, k := range keys {
			q.Reset(k, late)
		}
		for _, k := range keys {
			q.Remove(k)
		}
	})
	if allocs >= 1 || q.Capacity() != c {
		t.Errorf("%v allocations, capacity %d after %d", allocs, q.Capacity(), c)
	}
}

// Compact gives memory back, and leaves values and keys alone.
func TestDelayQueueCompact(t *testing.T) {
	var q clock.DelayQueue[string]
	q.Compact()
	var keys []clock.DelayKey
	for range 100 {
		keys = append(keys, q.Insert("x", late))
	}
	a := q.Insert("a", late)
	slices.Reverse(keys[50:])
	for _, k := range keys[50:] {
		q.Remove(k)
	}
	b := q.Insert("b", 2*late) // in a slot that is free
	q.Remove(a)
	q.Compact()
	if q.Len() != 51 || q.Capacity() != 51 {
		t.Errorf("%d values, capacity %d", q.Len(), q.Capacity())
	}
	for _, k := range append(keys[50:], a) {
		if _, ok := q.Remove(k); ok {
			t.Error("removed twice")
		}
	}
	q.Insert("new", late) // which none of the old keys names
	for _, k := range append(keys[50:], a) {
		if _, ok := q.Deadline(k); ok {
			t.Error("an old key names a new value")
		}
	}
	for _, k := range keys[:50] {
		if v, ok := q.Remove(k); v != "x" || !ok {
			t.Errorf("removed %q, %v", v, ok)
		}
	}
	w := waits(t, &q)
	if !q.Reset(b, 0) {
		t.Error("it is not there")
	}
	w.wait(t)
	if got := values(t, &q, 1); got != "b" {
		t.Errorf("%s came", got)
	}
	q.Clear()
	q.Compact()
	if q.Capacity() != 0 {
		t.Errorf("capacity %d of an empty queue", q.Capacity())
	}
}

func TestDelayQueueMisuse(t *testing.T) {
	for want, f := range map[string]func(){
		"a nil DelayQueue": func() { (*clock.DelayQueue[int])(nil).Insert(1, 0) },
		"Reserve of -1":    func() { new(clock.DelayQueue[int]).Reserve(-1) },
	} {
		func() {
			defer func() {
				if v := fmt.Sprint(recover()); !strings.Contains(v, want) {
					t.Errorf("it panics with %s, want %s", v, want)
				}
			}()
			f()
		}()
	}
}
