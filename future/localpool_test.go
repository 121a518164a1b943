package future_test

import (
	"errors"
	"runtime"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

func TestLocalPoolRunsTasksInTheOrderTheyWereWoken(t *testing.T) {
	pool := future.NewLocalPool()
	defer pool.Close()
	var order []int
	for i := range 3 {
		future.Spawn(pool, future.Async(func(co *future.Co) (future.Unit, error) {
			for range 3 {
				order = append(order, i)
				co.Yield()
			}
			return future.Unit{}, nil
		}))
	}
	pool.Run()
	for i, got := range order {
		if got != i%3 {
			t.Fatalf("order %v, want each in its turn", order)
		}
	}
	if len(order) != 9 {
		t.Errorf("%d turns, want 9", len(order))
	}
}

func TestLocalPoolHandles(t *testing.T) {
	pool := future.NewLocalPool()
	defer pool.Close()
	h := future.Spawn(pool, future.Async(func(co *future.Co) (int, error) {
		inner := future.Spawn(pool, future.Then(future.Box(future.Yield()), func(future.Unit) future.Future[int] { return future.Value(20) }))
		v, err := future.Await(co, inner)
		return v + 1, err
	}))
	v, err := future.RunUntil(pool, future.Map(h, double))
	if v != 42 || err != nil {
		t.Errorf("%d, %v; want 42", v, err)
	}
	e := newExecutor()
	mustPanic(t, func() { h.Poll(&e.cx) }, "LocalHandle polled after Ready")
}

func TestLocalPoolHandleOnAnotherThread(t *testing.T) {
	pool := future.NewLocalPool()
	defer pool.Close()
	for i := range 200 {
		h := future.Spawn(pool, future.Map(future.Box(future.Yield()), func(future.Unit) int { return i }))
		got := make(chan int)
		go func() {
			v, _ := future.BlockOn(h)
			got <- v
		}()
		pool.Run()
		if v := <-got; v != i {
			t.Fatalf("got %d, want %d", v, i)
		}
	}
}

func TestLocalPoolWokenByManyThreads(t *testing.T) {
	pool := future.NewLocalPool()
	defer pool.Close()
	const tasks, rounds = 8, 200
	var threads sync.WaitGroup
	for range tasks {
		future.Spawn(pool, future.Async(func(co *future.Co) (int, error) {
			for i := range rounds {
				s := newSignal()
				threads.Go(func() { s.fire(i) })
				if v, _ := future.Await[int](co, s); v != i {
					t.Errorf("got %d, want %d", v, i)
				}
			}
			return 0, nil
		}))
	}
	pool.Run()
	threads.Wait()
}

func TestLocalPoolRunUntilLeavesTheRest(t *testing.T) {
	pool := future.NewLocalPool()
	rest := &probe[int]{}
	h := future.Spawn[int](pool, rest)
	if v, err := future.RunUntil(pool, future.Value(1)); v != 1 || err != nil {
		t.Fatalf("%d, %v", v, err)
	}
	if !pool.RunUntilStalled() {
		t.Error("RunUntilStalled says that no task is left")
	}
	rest.complete(5, nil)
	if pool.RunUntilStalled() {
		t.Error("RunUntilStalled says that a task is left")
	}
	mustReady(t, newExecutor(), h, 5, nil)
	pool.Run()
	pool.Close()
}

func TestLocalPoolCloseDropsTheRestOnce(t *testing.T) {
	pool := future.NewLocalPool()
	polled, fresh, done := &probe[int]{}, &probe[int]{}, &probe[int]{}
	done.complete(1, nil)
	h := future.Spawn[int](pool, polled)
	future.Spawn[int](pool, done)
	pool.RunUntilStalled()
	future.Spawn[int](pool, fresh)
	w := polled.w
	pool.Close()
	pool.Close()
	w.WakeByRef() // a late wake-up finds a closed pool
	pool.Run()
	if polled.drops != 1 || fresh.drops != 1 || done.drops != 0 {
		t.Errorf("drops: waiting %d, not yet polled %d, ended %d; want 1, 1, 0", polled.drops, fresh.drops, done.drops)
	}
	if fresh.polls != 0 || polled.polls != 1 {
		t.Error("polled after Close")
	}
	mustReady(t, newExecutor(), h, 0, future.ErrDropped)
	mustPanic(t, func() { future.Spawn(pool, future.Value(1)) }, "LocalPool that is closed")
}

func TestLocalPoolTaskThatPanics(t *testing.T) {
	pool := future.NewLocalPool()
	defer pool.Close()
	bad := &probe[int]{panics: errTest}
	h := future.Spawn[int](pool, bad)
	good := future.Spawn(pool, future.Value(1))
	mustPanic(t, pool.Run, errTest.Error())
	pool.Run()
	e := newExecutor()
	mustReady(t, e, good, 1, nil)
	_, err := h.Poll(&e.cx).Result()
	var pe *future.PanicError
	if !errors.As(err, &pe) || !errors.Is(err, errTest) || len(pe.Stack) == 0 {
		t.Errorf("the handle ends with %v, want a PanicError with the value and a stack", err)
	}
	if bad.drops != 1 {
		t.Errorf("the future that panicked was dropped %d times", bad.drops)
	}
}

// A task that calls runtime.Goexit ends the goroutine that runs the pool, and itself: whoever
// waits for it is told, and the pool can be run by another goroutine.
func TestLocalPoolTaskThatCallsGoexit(t *testing.T) {
	pool := future.NewLocalPool()
	defer pool.Close()
	polls := 0
	bad := future.Spawn(pool, future.Func(func(*waker.Context) future.Poll[int] {
		polls++
		runtime.Goexit()
		return future.Ready(1)
	}))
	waits := future.Spawn(pool, future.Map(future.Settle(bad), func(r future.Result[int]) error { return r.Err }))
	var ended sync.WaitGroup
	ended.Go(pool.Run)
	ended.Wait()
	if pool.RunUntilStalled() {
		t.Error("tasks are left")
	}
	e := newExecutor()
	if err, _ := waits.Poll(&e.cx).Result(); err != future.ErrGoexit || polls != 1 {
		t.Errorf("polled %d times, the handle ends with %v; want once and %v", polls, err, future.ErrGoexit)
	}
}

func TestLocalPoolMisuse(t *testing.T) {
	pool := future.NewLocalPool()
	defer pool.Close()
	for _, call := range []func(){pool.Run, pool.Close} {
		future.Spawn(pool, future.Func(func(*waker.Context) future.Poll[int] {
			call()
			return future.Ready(1)
		}))
		mustPanic(t, pool.Run, "LocalPool", "one of its tasks")
	}
}

func TestLocalHandleAbandoned(t *testing.T) {
	pool := future.NewLocalPool()
	defer pool.Close()
	task := &probe[int]{}
	h := future.Spawn[int](pool, task)
	e := newExecutor()
	mustPend[int](t, e, h)
	future.Drop(h)
	e.balanced(t)
	pool.RunUntilStalled()
	task.complete(1, nil)
	pool.Run()
	if task.polls != 2 || task.drops != 0 || e.wakes.Load() != 0 {
		t.Errorf("%d polls, %d drops, %d wake-ups of who left; want 2, 0, 0", task.polls, task.drops, e.wakes.Load())
	}
}
