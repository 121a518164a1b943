package clock_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

// expire waits for the next value of a queue.
func expire[T any](t *testing.T, q *clock.DelayQueue[T]) clock.Expired[T] {
	t.Helper()
	e, err := future.BlockOn(future.Box(clock.Timeout[clock.Expired[T]](future.Next(q), sleepPatience)))
	if err != nil {
		t.Fatal(err)
	}
	if early := time.Until(e.Deadline); early > 0 {
		t.Fatalf("%v came %v early", e.Value, early)
	}
	return e
}

// values waits for so many values.
func values(t *testing.T, q *clock.DelayQueue[string], n int) (all string) {
	t.Helper()
	for range n {
		all += expire(t, q).Value
	}
	return all
}

// waits polls a queue that must not be ready, and returns how often it has been woken since.
func waits[T any](t *testing.T, q *clock.DelayQueue[T]) *waiter {
	t.Helper()
	w := &waiter{woken: make(chan struct{}, 1)}
	cx := waker.FromWaker(waker.FromFunc(func() {
		select {
		case w.woken <- struct{}{}:
		default:
		}
	}))
	if p := q.PollNext(&cx); p.IsReady() {
		t.Fatal("ready")
	}
	return w
}

type waiter struct{ woken chan struct{} }

func (w *waiter) wait(t *testing.T) {
	t.Helper()
	select {
	case <-w.woken:
	case <-time.After(sleepPatience):
		t.Fatal("never woken")
	}
}

const (
	soon = 5 * time.Millisecond
	late = time.Hour
)

// Values come in the order of their times, and of being set for those of one time, and none is early.
func TestDelayQueueOrder(t *testing.T) {
	var q clock.DelayQueue[string]
	at := time.Now().Add(soon)
	q.InsertAt("d", at.Add(soon))
	q.InsertAt("b", at)
	q.InsertAt("c", at)
	q.Insert("a", -time.Second)
	q.Insert("0", -time.Second)
	if q.Len() != 5 {
		t.Errorf("%d values", q.Len())
	}
	if got := values(t, &q, 5); got != "a0bcd" {
		t.Errorf("they came as %s", got)
	}
}

func TestDelayQueueOfThePast(t *testing.T) {
	var q clock.DelayQueue[string]
	q.InsertAt("a", time.Now().Add(-time.Hour))
	q.InsertAt("b", time.Time{})
	q.Insert("c", 0)
	if got := values(t, &q, 3); got != "bac" {
		t.Errorf("they came as %s", got)
	}
	// Also while somebody waits.
	q.Insert("late", late)
	w := waits(t, &q)
	q.InsertAt("d", time.Now().Add(-time.Second))
	w.wait(t)
	if got := values(t, &q, 1); got != "d" {
		t.Errorf("%s came", got)
	}
	q.Drop()
}

// Empty it is at its end, and goes on when something is inserted.
func TestDelayQueueEmpty(t *testing.T) {
	q := new(clock.DelayQueue[string])
	ends := func() {
		t.Helper()
		for range 2 {
			if _, err := future.BlockOn(future.Box(future.Next(q))); err != future.ErrEnd {
				t.Fatalf("it came to %v", err)
			}
		}
	}
	ends()
	q.Insert("a", soon)
	if got := values(t, q, 1); got != "a" {
		t.Errorf("%s came", got)
	}
	ends()
	k := q.Insert("b", late)
	if v, ok := q.Remove(k); v != "b" || !ok {
		t.Errorf("removed %q, %v", v, ok)
	}
	ends()
}

// Who waits is told when the last value is removed, in either way.
func TestDelayQueueEmptiedWhileItWaits(t *testing.T) {
	for name, empty := range map[string]func(q *clock.DelayQueue[string], k clock.DelayKey){
		"Remove": func(q *clock.DelayQueue[string], k clock.DelayKey) { q.Remove(k) },
		"Clear":  func(q *clock.DelayQueue[string], k clock.DelayKey) { q.Clear() },
	} {
		t.Run(name, func(t *testing.T) {
			var q clock.DelayQueue[string]
			k := q.Insert("a", late)
			w := waits(t, &q)
			empty(&q, k)
			w.wait(t)
			if _, err := future.BlockOn(future.Box(future.Next(&q))); err != future.ErrEnd {
				t.Errorf("it came to %v", err)
			}
			q.Insert("b", soon) // and again, though the same wait has ended before
			q.Insert("c", late)
			if got := values(t, &q, 1); got != "b" {
				t.Errorf("%s came", got)
			}
			w = waits(t, &q)
			q.Clear()
			w.wait(t)
		})
	}
}

// One that is inserted before the first, while somebody waits for that, comes first.
func TestDelayQueueInsertWhileItWaits(t *testing.T) {
	var q clock.DelayQueue[string]
	q.Insert("late", late)
	w := waits(t, &q)
	q.Insert("soon", soon)
	q.Insert("later", 2*late)
	w.wait(t)
	if got := values(t, &q, 1); got != "soon" {
		t.Errorf("%s came", got)
	}
	q.Drop()
	if q.Len() != 0 {
		t.Errorf("%d values after Drop", q.Len())
	}
}

// Times further off than any wheel are kept.
func TestDelayQueueFarOff(t *testing.T) {
	var q clock.DelayQueue[string]
	k := q.Insert("never", math.MaxInt64)
	q.Insert("in a century", 100*365*24*time.Hour)
	q.Insert("now", soon)
	if got := values(t, &q, 1); got != "now" {
		t.Errorf("%s came", got)
	}
	waits(t, &q)
	if at, ok := q.Deadline(k); !ok || time.Until(at) < 200*365*24*time.Hour {
		t.Errorf("due %v, %v", at, ok)
	}
	q.Drop()
}

// Beside a plain list, for many values and steps.
func TestDelayQueueBesideAList(t *testing.T) {
	const far = time.Hour // nothing comes by itself
	rng := rand.New(rand.NewPCG(1, 2))
	var q clock.DelayQueue[int]
	type item struct {
		key clock.DelayKey
		at  time.Time
		n   int
	}
	var list []item
	begin := time.Now()
	for n := range 3000 {
		at := begin.Add(far + time.Duration(rng.IntN(50))*time.Second)
		switch i := rng.IntN(max(len(list), 1)); {
		case len(list) == 0 || rng.IntN(5) < 3:
			list = append(list, item{q.InsertAt(n, at), at, n})
		case rng.IntN(2) == 0:
			it := list[i]
			list = append(slices.Delete(list, i, i+1), item{it.key, at, it.n}) // it is the last of its time
			if !q.ResetAt(it.key, at) {
				t.Fatal("one that is there was not reset")
			}
		default:
			if v, ok := q.Remove(list[i].key); v != list[i].n || !ok {
				t.Fatalf("removed %d, %v; want %d", v, ok, list[i].n)
			}
			list = slices.Delete(list, i, i+1)
		}
	}
	slices.SortStableFunc(list, func(a, b item) int { return a.at.Compare(b.at) })
	if q.Len() != len(list) {
		t.Fatalf("%d values, want %d", q.Len(), len(list))
	}
	for _, it := range list {
		k, _ := q.Peek()
		if v, ok := q.Remove(k); v != it.n || !ok {
			t.Fatalf("%d comes, %v; want %d", v, ok, it.n)
		}
	}
}

// closing is a value that has to be given back.
type closing struct{ closed *int }

func (c closing) Close() error { *c.closed++; return nil }

// What nobody gets is closed, what was removed is the caller's.
func TestDelayQueueDiscards(t *testing.T) {
	var q clock.DelayQueue[closing]
	n := 0
	for range 3 {
		q.Insert(closing{&n}, late)
	}
	q.Remove(q.Insert(closing{&n}, late))
	if q.Drop(); n != 3 || q.Len() != 0 {
		t.Errorf("%d of 3 were closed, %d are left", n, q.Len())
	}
}

// A wait that is given up has nothing in the wheel, and loses nothing.
func TestDelayQueueGivenUp(t *testing.T) {
	var q, other clock.DelayQueue[string]
	q.Insert("a", soon)
	wait := future.Next(&q)
	cx := waker.FromWaker(waker.FromFunc(func() { t.Error("woken") }))
	if wait.Poll(&cx).IsReady() {
		t.Skip("a machine that takes longer to poll than to wait")
	}
	wait.Drop()
	other.Insert("b", 2*soon) // in the same wheel, and later
	if got := values(t, &other, 1) + values(t, &q, 1); got != "ba" {
		t.Errorf("they came as %s", got)
	}
}

// Values whose time has come are operations: others have their turn between them.
func TestDelayQueueIsCooperative(t *testing.T) {
	var q clock.DelayQueue[string]
	for range 3 {
		q.Insert("a", 0)
	}
	b := waker.NewBudget(2)
	cx := waker.NewContext(waker.FromFunc(func() {}), nil, &b)
	for i, ready := range []bool{true, true, false} {
		if q.PollNext(&cx).IsReady() != ready {
			t.Errorf("poll %d: ready %v", i, !ready)
		}
	}
	if q.Len() != 1 {
		t.Errorf("%d values are left", q.Len())
	}
}

func ExampleDelayQueue() {
	var sessions clock.DelayQueue[string]
	sessions.Insert("Grace", 3*time.Millisecond)
	ada := sessions.Insert("Ada", 2*time.Millisecond)
	sessions.Reset(ada, 5*time.Millisecond) // she was active
	leave := sessions.Insert("Alan", time.Hour)
	sessions.Remove(leave)
	for {
		e, err := future.BlockOn(future.Box(future.Next(&sessions)))
		if err == future.ErrEnd {
			break
		}
		fmt.Println(e.Value, "has expired")
	}
	// Output:
	// Grace has expired
	// Ada has expired
}

func BenchmarkDelayQueue(b *testing.B) {
	var q clock.DelayQueue[int]
	keys := make([]clock.DelayKey, 10_000)
	for i := range keys {
		keys[i] = q.Insert(i, late+time.Duration(i)*time.Millisecond)
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		q.Reset(keys[i%len(keys)], late)
		i += 7
	}
}
