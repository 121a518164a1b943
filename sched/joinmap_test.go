package sched_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// await waits for an operation, and not for ever.
func await[T any, F future.Op[T]](op F) (T, error) {
	return future.BlockOn(future.Box(clock.Timeout[T](op, patience)))
}

// soonest is what a TryNext comes to as soon as there is something: a task is told of a moment after its own handle
// has told of its end.
func soonest[T any](t *testing.T, try func() (T, error, bool)) (v T, err error) {
	t.Helper()
	testkit.Until(t, "a task is told of that has ended", func() (ok bool) {
		v, err, ok = try()
		return ok
	})
	return v, err
}

// joinMap takes the outcomes of a map until none is left.
func joinMap[K comparable, T any](t *testing.T, m *sched.JoinMap[K, T]) (values map[K]T, errs map[K]error) {
	t.Helper()
	values, errs = map[K]T{}, map[K]error{}
	for m.Len() > 0 {
		j, err := await(m.Next())
		if errors.Is(err, clock.ErrTimeout) {
			t.Fatal(err)
		}
		if m.Has(j.Key) {
			t.Errorf("the key %v is still there when its task was joined", j.Key)
		}
		if err != nil {
			errs[j.Key] = err
			continue
		}
		values[j.Key] = j.Value
	}
	if _, err := await(m.Next()); err != future.ErrEnd {
		t.Errorf("an empty map comes to %v", err)
	}
	return values, errs
}

// Each outcome comes with its key; a map that was detached is empty, and takes others, again and again.
func TestJoinMapOfSleepers(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var m sched.JoinMap[int, int]
	const n = 10
	for i := range n {
		m.Spawn(rt, i, future.Value(i))
		if m.Len() != i+1 {
			t.Fatalf("%d tasks, want %d", m.Len(), i+1)
		}
	}
	m.Detach()
	if _, errs := joinMap(t, &m); m.Len() != 0 || len(errs) != 0 {
		t.Fatal(m.Len(), errs)
	}
	for range 2 {
		for i := range n {
			m.Spawn(rt, i, future.Async(func(co *future.Co) (int, error) {
				_, err := clock.Sleep(time.Duration(n-i) * time.Millisecond).Await(co)
				return 10 * i, err
			}))
		}
		values, errs := joinMap(t, &m)
		for i := range n {
			if values[i] != 10*i {
				t.Errorf("the task of key %d came to %d", i, values[i])
			}
		}
		if len(values) != n || len(errs) != 0 {
			t.Error(values, errs)
		}
	}
}

// held is a future that never ends and says when it is dropped.
type held struct{ dropped chan<- struct{} }

func (held) Poll(*waker.Context) future.Poll[int] { return future.Pending[int]() }
func (h held) Drop()                              { h.dropped <- struct{}{} }

// isDropped waits until n futures were dropped.
func isDropped(t *testing.T, n int, dropped <-chan struct{}) {
	t.Helper()
	for range n {
		select {
		case <-dropped:
		case <-soon(t).Done():
			t.Fatal("tasks of what was dropped go on")
		}
	}
}

// A map that is dropped ends its tasks.
func TestJoinMapDrop(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	const n = 16
	dropped := make(chan struct{}, n)
	var m sched.JoinMap[int, int]
	for i := range n {
		m.Spawn(rt, i, held{dropped})
	}
	future.Drop(&m)
	isDropped(t, n, dropped)
	if m.Len() != 0 || m.Has(0) {
		t.Errorf("%d are left", m.Len())
	}
}

// Spawning and joining in turns, by a task, with a map that never becomes empty.
func TestJoinMapAlternating(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	wait(t, sched.Spawn(rt, future.Do(func(co *future.Co) error {
		var m sched.JoinMap[int, int]
		m.Spawn(co, -1, future.Value(-1))
		m.Spawn(co, -2, future.Value(-2))
		for i := range 200 {
			j, err := m.Next().Await(co)
			if err != nil || m.Len() != 1 || j.Key != j.Value {
				t.Errorf("%v of %d, %v, %d are left", j.Value, j.Key, err, m.Len())
			}
			m.Spawn(co, i, future.Value(i))
		}
		_, err := m.Shutdown().Await(co)
		return err
	})))
}

func TestJoinMapKeys(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	var m sched.JoinMap[string, int]
	if keys := slices.Collect(m.Keys()); len(keys) != 0 {
		t.Error(keys)
	}
	m.Spawn(rt, "b", future.Value(1))
	m.Spawn(rt, "a", future.Value(2))
	if keys := slices.Sorted(m.Keys()); !slices.Equal(keys, []string{"a", "b"}) || !m.Has("a") || m.Has("c") {
		t.Error(keys)
	}
	if values, errs := joinMap(t, &m); !maps.Equal(values, map[string]int{"a": 2, "b": 1}) || len(errs) != 0 {
		t.Error(values, errs)
	}
	if keys := slices.Collect(m.Keys()); len(keys) != 0 {
		t.Error(keys)
	}
}

// Tasks are aborted one by one, by a function of their keys and all together: the map tells of each, and the others
// end as they would have.
func TestJoinMapAborts(t *testing.T) {
	const n = 16
	odd := func(key int) bool { return key%2 != 0 }
	for name, c := range map[string]struct {
		abort   func(m *sched.JoinMap[int, int])
		aborted func(key int) bool
	}{
		"by key": {func(m *sched.JoinMap[int, int]) {
			for key := 1; key < n; key += 2 {
				if !m.Abort(key) {
					t.Errorf("there is no task %d to abort", key)
				}
			}
		}, odd},
		"by function": {func(m *sched.JoinMap[int, int]) { m.AbortFunc(odd) }, odd},
		"all":         {(*sched.JoinMap[int, int]).AbortAll, func(key int) bool { return key < n/2 }},
	} {
		t.Run(name, func(t *testing.T) {
			rt := newRuntime(t, sched.Config{Workers: 2})
			defer shutdown(t, rt)
			var m sched.JoinMap[int, int]
			if m.Abort(0) {
				t.Error("a task was aborted that there is not")
			}
			var gates [n]chan int
			for i := range n {
				if name == "all" && !c.aborted(i) {
					wait(t, m.Spawn(rt, i, future.Value(1))) // has ended before
					continue
				}
				gates[i] = make(chan int)
				m.Spawn(rt, i, future.Box(future.FromChan(gates[i])))
			}
			c.abort(&m)
			if m.Len() != n {
				t.Errorf("%d are left of those that were aborted, want %d", m.Len(), n)
			}
			for i, gate := range gates {
				if gate != nil && !c.aborted(i) {
					gate <- 1
				}
			}
			values, errs := joinMap(t, &m)
			for i := range n {
				if c.aborted(i) && !errors.Is(errs[i], sched.ErrAborted) || !c.aborted(i) && values[i] != 1 {
					t.Errorf("task %d came to %d, %v", i, values[i], errs[i])
				}
			}
		})
	}
}

// The end of the runtime is told as a handle would, with the key; and so is a panic.
func TestJoinMapTellsHowTasksEnded(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	var m sched.JoinMap[string, future.Unit]
	m.Spawn(rt, "panics", do(func(*waker.Context) bool { panic("ouch") }))
	_, errs := joinMap(t, &m)
	var p *sched.PanicError
	if !errors.As(errs["panics"], &p) || p.Value != "ouch" {
		t.Error(errs)
	}
	m.Spawn(rt, "lives", future.Never[future.Unit]())
	_ = rt.Close()
	m.Spawn(rt, "late", future.Value(future.Unit{}))
	if _, errs := joinMap(t, &m); len(errs) != 2 || !errors.Is(errs["lives"], sched.ErrShutdown) || !errors.Is(errs["late"], sched.ErrShutdown) {
		t.Error(errs)
	}
}

// Joining what has ended costs budget: who does nothing else lets others run.
func TestJoinMapSpendsTheBudget(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1, Budget: 8})
	defer shutdown(t, rt)
	var m sched.JoinMap[int, int]
	const tasks = 80
	for i := range tasks {
		wait(t, m.Spawn(rt, i, future.Value(i))) // has ended
	}
	polls, joined := 0, 0
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
		polls++
		for joined < tasks {
			next := m.Next()
			if next.Poll(cx).IsPending() {
				return false
			}
			joined++
		}
		return true
	})))
	if polls < tasks/8 {
		t.Errorf("%d tasks were joined in %d polls of 8 operations", tasks, polls)
	}
}

// TryNext takes what is there and does not wait for more.
func TestJoinMapTryNext(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var m sched.JoinMap[string, int]
	if _, err, ok := m.TryNext(); err != future.ErrEnd || !ok {
		t.Errorf("an empty map: %v, %t", err, ok)
	}
	gate := make(chan int)
	waits := m.Spawn(rt, "waits", future.Box(future.FromChan(gate)))
	if _, err, ok := m.TryNext(); err != nil || ok || m.Len() != 1 {
		t.Errorf("nobody has ended: %v, %t, %d are left", err, ok, m.Len())
	}
	for i, key := range []string{"a", "b", "c"} {
		wait(t, m.Spawn(rt, key, future.Value(i)))
	}
	got := map[string]int{}
	for range 3 {
		j, err := soonest(t, m.TryNext)
		if err != nil {
			t.Fatal(j, err)
		}
		got[j.Key] = j.Value
	}
	if !maps.Equal(got, map[string]int{"a": 0, "b": 1, "c": 2}) {
		t.Error(got)
	}
	if !m.Abort("waits") {
		t.Error("there is no task to abort")
	}
	if _, err := waits.Wait(soon(t)); !errors.Is(err, sched.ErrAborted) {
		t.Error(err)
	}
	if j, err := soonest(t, m.TryNext); j.Key != "waits" || !errors.Is(err, sched.ErrAborted) || m.Len() != 0 {
		t.Errorf("an aborted task: %v, %v, %d are left", j, err, m.Len())
	}
}

// A task takes the place of another one under its key: the other is ended, and nobody is told of it, whether it has
// ended before or not.
func TestJoinMapReplaces(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	next := func(m *sched.JoinMap[int, int]) (sched.Joined[int, int], error) {
		return await(m.Next())
	}
	var m sched.JoinMap[int, int]
	only := sched.Joined[int, int]{Key: 1, Value: 22}

	wait(t, m.Spawn(rt, 1, future.Value(11))) // has ended
	wait(t, m.Spawn(rt, 1, future.Value(22)))
	if j, err := next(&m); j != only || err != nil || m.Len() != 0 {
		t.Error(j, err, m.Len())
	}

	wait(t, m.Spawn(rt, 1, future.Value(11)))
	last := m.Spawn(rt, 1, future.Value(22))
	wait(t, last)
	if j, err := soonest(t, m.TryNext); j != only || err != nil {
		t.Error(j, err)
	}
	if _, err, ok := m.TryNext(); err != future.ErrEnd || !ok || m.Len() != 0 {
		t.Error(err, ok, m.Len())
	}

	dropped, gate := make(chan struct{}, 1), make(chan int, 1)
	m.Spawn(rt, 1, held{dropped})
	m.Spawn(rt, 1, future.Box(future.FromChan(gate)))
	isDropped(t, 1, dropped)
	if m.Len() != 1 {
		t.Errorf("%d tasks under one key", m.Len())
	}
	if j, err, ok := m.TryNext(); ok {
		t.Errorf("a task that was replaced is told of: %v, %v", j, err)
	}
	gate <- 22
	if j, err := next(&m); j != only || err != nil {
		t.Error(j, err)
	}
	if _, err := next(&m); err != future.ErrEnd {
		t.Error(err)
	}

	for range 200 { // all in one place, and all but one passed over at once
		wait(t, m.Spawn(rt, 1, future.Value(11)))
	}
	wait(t, m.Spawn(rt, 1, future.Value(22)))
	if j, err := soonest(t, m.TryNext); j != only || err != nil || m.Len() != 0 {
		t.Error(j, err, m.Len())
	}
}
