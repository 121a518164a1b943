package future_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
)

// Tasks of a LocalPool that wait for each other, for channels and for functions that block.

// Each of many tasks waits for one that it spawns, and somebody for all of them.
func TestLocalPoolJoinsManyTasks(t *testing.T) {
	pool := future.NewLocalPool()
	defer pool.Close()
	var handles []future.Future[int]
	for i := range 128 {
		handles = append(handles, future.Spawn(pool, future.Async(func(co *future.Co) (int, error) {
			return future.Await(co, future.Spawn(pool, future.Value(i)))
		})))
	}
	got, err := future.RunUntil(pool, future.JoinAll(handles...))
	for i, v := range got {
		if v != i {
			t.Fatalf("task %d came to %d", i, v)
		}
	}
	if len(got) != 128 || err != nil {
		t.Errorf("%d tasks ended, %v", len(got), err)
	}
}

// What is spawned while the pool runs, by what it runs, is run, and may use another thread.
func TestLocalPoolRunsWhatIsSpawnedMeanwhile(t *testing.T) {
	pool := future.NewLocalPool()
	defer pool.Close()
	got, err := future.RunUntil(pool, future.Then(future.Box(future.Yield()), func(future.Unit) future.Future[int] {
		return future.Spawn(pool, future.Async(func(co *future.Co) (int, error) {
			return future.Await(co, future.Blocking(func() (int, error) { return 7, nil }))
		}))
	}))
	if got != 7 || err != nil {
		t.Errorf("%d, %v; want 7", got, err)
	}
}

// A closed pool drops tasks whose Drops send to one another.
func TestLocalPoolDropsTasksThatTalk(t *testing.T) {
	pool := future.NewLocalPool()
	tx1, rx1 := coord.Oneshot[int]()
	tx2, rx2 := coord.Oneshot[int]()
	dropped := 0
	task := func(own *coord.OneshotReceiver[int], other *coord.OneshotSender[int]) {
		future.Spawn(pool, future.Async(func(co *future.Co) (int, error) {
			defer func() {
				dropped++
				_ = other.Send(1)
			}()
			return own.Recv().Await(co)
		}))
	}
	task(rx1, tx2)
	task(rx2, tx1)
	pool.RunUntilStalled()
	pool.Close()
	if dropped != 2 {
		t.Errorf("%d of 2 tasks were dropped", dropped)
	}
}

// A join of joins waits for all, and who is left of a select that failed goes on.
func TestJoinsAndSelectsOfWhatIsLeft(t *testing.T) {
	e := newExecutor()
	var probes [3]probe[int]
	inner := future.TryJoin(future.Of(&probes[0]), future.Of(&probes[1]))
	f := future.TryJoin(inner, future.Of(&probes[2]))
	for i := range probes {
		mustPend(t, e, &f)
		probes[i].complete(i+1, nil)
		if !e.takeWake() {
			t.Fatalf("child %d did not wake the task", i)
		}
	}
	type pair = future.Pair[int, int]
	mustReady(t, e, &f, future.Pair[pair, int]{First: pair{First: 1, Second: 2}, Second: 3}, nil)

	for _, second := range []error{nil, errTest} {
		a, b := &probe[int]{}, &probe[int]{}
		s := future.Select2(future.Of(a), future.Ref[int](b))
		mustPend(t, e, &s)
		a.complete(0, errTest)
		mustReady(t, e, &s, future.Either[int, int]{Which: 0}, errTest)
		mustPend(t, e, b)
		b.complete(2, second)
		mustReady(t, e, b, 2, second)
	}
	if got, err := future.TryJoinAll[int]().Poll(&e.cx).Result(); len(got) != 0 || err != nil {
		t.Errorf("TryJoinAll of nothing: %v, %v", got, err)
	}
	e.balanced(t)
}

// A loop takes from several futures the one that is ready, in its own order, until all have ended.
func TestLoopOfSelectsInOrder(t *testing.T) {
	e := newExecutor()
	one := future.Value(1)
	two := future.Map(future.Box(future.Yield()), func(future.Unit) int { return 2 })
	three := future.Map(future.Box(future.Yield()), func(future.Unit) int { return 3 })
	got, err := drive(e, future.Async(func(co *future.Co) (order []int, err error) {
		left := []future.Future[int]{two, three, one}
		for len(left) > 0 {
			var lent []future.Future[int]
			won := -1
			for i, f := range left {
				lent = append(lent, future.Map(future.Box(future.Ref[int](f)), func(v int) int { won = i; return v }))
			}
			v, err := future.Await(co, future.Race(lent...))
			if err != nil {
				return order, err
			}
			order = append(order, v)
			left = append(left[:won:won], left[won+1:]...)
		}
		return order, nil
	}))
	if err != nil || len(got) != 3 || got[0] != 1 || got[1] != 2 || got[2] != 3 {
		t.Errorf("%v, %v; want [1 2 3]", got, err)
	}
}
