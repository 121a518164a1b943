package sched_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// gated spawns n tasks at the end of a queue, each of which comes to what its gate is given.
func gated(rt *sched.Runtime, q *sched.JoinQueue[int], n int) (gates []chan int) {
	for range n {
		gate := make(chan int, 1)
		gates = append(gates, gate)
		q.Spawn(rt, future.Box(future.FromChan(gate)))
	}
	return gates
}

// Whatever order tasks end in, they are joined in that of their spawns.
func TestJoinQueueKeepsTheOrder(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var q sched.JoinQueue[int]
	gates := gated(rt, &q, 100)
	for i, gate := range slices.Backward(gates) {
		gate <- i
	}
	for i := range gates {
		if v, err := await(q.Next()); v != i || err != nil {
			t.Fatalf("%d, %v; want %d", v, err, i)
		}
	}
	if _, err := await(q.Next()); err != future.ErrEnd || q.Len() != 0 {
		t.Error(err, q.Len())
	}
}

// Who waits is woken when the oldest task ends, and not before; others that end, and looks at the queue, change
// nothing about that.
func TestJoinQueueWakesOnce(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	for name, with := range map[string]func(q *sched.JoinQueue[int], cx *waker.Context) (v int, err error, ready bool){
		"Next": func(q *sched.JoinQueue[int], cx *waker.Context) (int, error, bool) {
			p := q.PollNext(cx)
			v, err := p.Result()
			return v, err, p.IsReady()
		},
		"NextWithID": func(q *sched.JoinQueue[int], cx *waker.Context) (int, error, bool) {
			next := q.NextWithID()
			p := next.Poll(cx)
			j, err := p.Result()
			return j.Value, err, p.IsReady()
		},
	} {
		t.Run(name, func(t *testing.T) {
			var q sched.JoinQueue[int]
			gates := gated(rt, &q, 2)
			woken := make(chan struct{}, 8)
			cx := waker.FromWaker(waker.FromFunc(func() { woken <- struct{}{} }))
			if _, _, ready := with(&q, &cx); ready {
				t.Fatal("ready before its end")
			}
			gates[1] <- 43
			for range 3 {
				if _, _, ok := q.TryNext(); ok {
					t.Fatal("ready before its end")
				}
				if _, _, ok := q.TryNextWithID(); ok {
					t.Fatal("ready before its end")
				}
			}
			if len(woken) != 0 {
				t.Fatal("woken before the end of the oldest task")
			}
			gates[0] <- 42
			select {
			case <-woken:
			case <-soon(t).Done():
				t.Fatal("not woken")
			}
			if v, err, ready := with(&q, &cx); v != 42 || err != nil || !ready || len(woken) != 0 {
				t.Errorf("%d, %v, %t, woken %d times more", v, err, ready, len(woken))
			}
			q.Drop()
		})
	}
}

// A queue that is dropped ends its tasks.
func TestJoinQueueDrop(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	const n = 16
	dropped := make(chan struct{}, n)
	var q sched.JoinQueue[int]
	for range n {
		q.Spawn(rt, held{dropped})
	}
	future.Drop(&q)
	isDropped(t, n, dropped)
	if q.Len() != 0 {
		t.Errorf("%d are left", q.Len())
	}
}

// Spawning and joining in turns, by a task, with a queue that never becomes empty: it does not grow.
func TestJoinQueueAlternating(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	wait(t, sched.Spawn(rt, future.Do(func(co *future.Co) error {
		var q sched.JoinQueue[int]
		q.Spawn(co, future.Value(-2))
		q.Spawn(co, future.Value(-1))
		for i := range 500 {
			if v, err := q.Next().Await(co); err != nil || q.Len() != 1 || v != i-2 {
				t.Errorf("%d, %v, %d are left", v, err, q.Len())
			}
			q.Spawn(co, future.Value(i))
		}
		_, err := q.Shutdown().Await(co)
		return err
	})))
}

// Some are aborted by their own handles, or all by the queue: it tells of each in its turn.
func TestJoinQueueAborts(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var q sched.JoinQueue[int]
	for i := range 16 {
		gate := make(chan int, 1)
		h := q.Spawn(rt, future.Box(future.FromChan(gate)))
		if i%2 != 0 {
			h.Abort()
		} else {
			gate <- i
		}
	}
	for i := range 16 {
		v, err := await(q.Next())
		if aborted := errors.Is(err, sched.ErrAborted); aborted != (i%2 != 0) || !aborted && v != i {
			t.Errorf("task %d came to %d, %v", i, v, err)
		}
	}
	for range 5 {
		q.Spawn(rt, future.Never[int]())
	}
	for range 5 {
		wait(t, q.Spawn(rt, future.Value(7)))
	}
	q.AbortAll()
	if q.Len() != 10 {
		t.Errorf("%d are left of those that were aborted", q.Len())
	}
	for i := range 10 {
		v, err := await(q.Next())
		if aborted := errors.Is(err, sched.ErrAborted); aborted != (i < 5) || !aborted && v != 7 {
			t.Errorf("task %d came to %d, %v", i, v, err)
		}
	}
}

// A shutdown ends all tasks, of each kind of set, and is over when they are; also one that came to ErrEnd itself.
func TestShutdownOfTasks(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	const n = 5
	var set sched.JoinSet[int]
	var m sched.JoinMap[int, int]
	var q sched.JoinQueue[int]
	for name, c := range map[string]struct {
		spawn func(i int, f future.Future[int]) sched.JoinHandle[int]
		all   func() future.Future[future.Unit]
		n     func() int
	}{
		"JoinSet":   {func(_ int, f future.Future[int]) sched.JoinHandle[int] { return set.Spawn(rt, f) }, func() future.Future[future.Unit] { return future.Box(set.Shutdown()) }, set.Len},
		"JoinMap":   {func(i int, f future.Future[int]) sched.JoinHandle[int] { return m.Spawn(rt, i, f) }, func() future.Future[future.Unit] { return future.Box(m.Shutdown()) }, m.Len},
		"JoinQueue": {func(_ int, f future.Future[int]) sched.JoinHandle[int] { return q.Spawn(rt, f) }, func() future.Future[future.Unit] { return future.Box(q.Shutdown()) }, q.Len},
	} {
		t.Run(name, func(t *testing.T) {
			dropped := make(chan struct{}, n)
			if _, err := c.spawn(0, future.Fail[int](future.ErrEnd)).Wait(soon(t)); err != future.ErrEnd {
				t.Fatal(err)
			}
			for i := range n {
				c.spawn(i+1, held{dropped})
			}
			if _, err := await(future.Of(c.all())); err != nil || c.n() != 0 {
				t.Errorf("%v, %d are left", err, c.n())
			}
			if len(dropped) != n {
				t.Errorf("%d of %d have ended", len(dropped), n)
			}
			if _, err := await(future.Of(c.all())); err != nil {
				t.Errorf("of nothing: %v", err)
			}
		})
	}
}

// Outcomes tell which task they are of, in the order of a queue, and of a set in any.
func TestOutcomesTellTheirTask(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	const n = 300
	var q sched.JoinQueue[int]
	var set sched.JoinSet[int]
	var spawned []sched.TaskID
	inSet := map[sched.TaskID]int{}
	if _, _, ok := set.TryNextWithID(); !ok {
		t.Error("an empty set has to be waited for")
	}
	for i := range n {
		spawned = append(spawned, q.Spawn(rt, future.Value(i)).ID())
		h := set.Spawn(rt, future.Value(i))
		inSet[h.ID()] = i
		wait(t, h)
	}
	for i, id := range spawned {
		j, err := await(q.NextWithID())
		if j.Key != id || j.Value != i || err != nil {
			t.Fatalf("%v, %v; want %v of task %v", j, err, i, id)
		}
	}
	if _, err := await(q.NextWithID()); err != future.ErrEnd {
		t.Error(err)
	}
	for i := range n {
		next := func() (sched.Joined[sched.TaskID, int], error) {
			return await(set.NextWithID())
		}
		if i%2 == 0 {
			next = func() (sched.Joined[sched.TaskID, int], error) { return soonest(t, set.TryNextWithID) }
		}
		j, err := next()
		if want, ok := inSet[j.Key]; !ok || j.Value != want || err != nil {
			t.Fatalf("%v, %v; want %v", j, err, want)
		}
		delete(inSet, j.Key)
	}
	if j, err := await(set.NextWithID()); err != future.ErrEnd || j != (sched.Joined[sched.TaskID, int]{}) {
		t.Error(j, err)
	}
}

// TryNext takes the oldest task when that has ended, and nothing else.
func TestJoinQueueTryNext(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var q sched.JoinQueue[int]
	gates := gated(rt, &q, 3)
	handles := []sched.JoinHandle[int]{}
	none := func(left int) {
		t.Helper()
		for range 5 {
			if _, err, ok := q.TryNext(); ok || err != nil || q.Len() != left {
				t.Fatalf("%v, %t, %d are left, want %d", err, ok, q.Len(), left)
			}
		}
	}
	some := func(want int) {
		t.Helper()
		if v, err, ok := q.TryNext(); v != want || err != nil || !ok {
			t.Fatalf("%d, %v, %t; want %d", v, err, ok, want)
		}
	}
	q.Drop()
	gates = gates[:0]
	for range 3 {
		gate := make(chan int, 1)
		gates = append(gates, gate)
		handles = append(handles, q.Spawn(rt, future.Box(future.FromChan(gate))))
	}
	end := func(i int) {
		gates[i] <- i
		wait(t, handles[i])
	}
	none(3)
	end(0)
	some(0)
	none(2)
	end(2)
	none(2)
	end(1)
	some(1)
	some(2)
	if _, err, ok := q.TryNext(); err != future.ErrEnd || !ok {
		t.Errorf("an empty queue: %v, %t", err, ok)
	}
}

// TryNext takes all that have ended, however many, in one poll: it costs no budget.
func TestJoinQueueTryNextCostsNoBudget(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1, Budget: 8})
	defer shutdown(t, rt)
	var q sched.JoinQueue[int]
	const n = 200
	for i := range n {
		wait(t, q.Spawn(rt, future.Value(i)))
	}
	polls := 0
	wait(t, sched.Spawn(rt, do(func(*waker.Context) bool {
		polls++
		for i := range n {
			take := func() (int, bool) { v, _, ok := q.TryNext(); return v, ok }
			if i%2 == 0 {
				take = func() (int, bool) { j, _, ok := q.TryNextWithID(); return j.Value, ok }
			}
			if v, ok := take(); v != i || !ok {
				t.Errorf("%d, %t; want %d", v, ok, i)
			}
		}
		return true
	})))
	if polls != 1 || q.Len() != 0 {
		t.Errorf("%d polls, %d are left", polls, q.Len())
	}
}
