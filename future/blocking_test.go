package future_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
)

func TestBlockingRunsElsewhere(t *testing.T) {
	release := make(chan int)
	e := newExecutor()
	f := future.Blocking(func() (int, error) { return <-release, errTest })
	mustPend(t, e, f) // and does not block
	release <- 5
	v, err := drive(e, f)
	if v != 5 || err != errTest {
		t.Errorf("%d, %v; want 5, %v", v, err, errTest)
	}
	mustPanic(t, func() { f.Poll(&e.cx) }, "Blocking polled after Ready")
	future.Drop(f)
	e.balanced(t)
}

func TestBlockingPoolKeepsItsLimitAndItsOrder(t *testing.T) {
	const limit, calls = 3, 40
	pool := &future.BlockingPool{Limit: limit}
	defer pool.Close()
	var now, most word.Int32
	step := make(chan struct{})
	fs := make([]future.Future[int], calls)
	for i := range fs {
		fs[i] = future.BlockingOn(pool, func() (int, error) {
			if n := now.Inc(); n > most.Load() {
				most.Store(n)
			}
			<-step
			now.Dec()
			return i, nil
		})
	}
	go func() {
		for range calls {
			step <- struct{}{}
		}
	}()
	before := runtime.NumGoroutine()
	e := newExecutor()
	all := future.JoinAll(fs...)
	all.Poll(&e.cx)
	if grown := runtime.NumGoroutine() - before; grown > limit+1 {
		t.Errorf("%d more goroutines for %d calls, want at most %d", grown, calls, limit)
	}
	got, err := drive(e, all)
	if err != nil || most.Load() > limit {
		t.Errorf("%v; %d at once, want at most %d", err, most.Load(), limit)
	}
	for i, v := range got {
		if v != i {
			t.Fatalf("result %d is %d", i, v)
		}
	}

	one := &future.BlockingPool{Limit: 1}
	defer one.Close()
	var order []int
	for i := range fs {
		fs[i] = future.BlockingOn(one, func() (int, error) { order = append(order, i); return i, nil })
	}
	if _, err := future.BlockOn(future.JoinAll(fs...)); err != nil {
		t.Error(err)
	}
	for i, v := range order {
		if i != v {
			t.Fatalf("ran in the order %v", order)
		}
	}
}

func TestBlockingRunsAsManyAsTheLimitTogether(t *testing.T) {
	// Each call waits for all others: the pool must not leave one in line while it
	// has a place, however its goroutines come and go.
	const limit = 4
	pool := &future.BlockingPool{Limit: limit}
	defer pool.Close()
	for range 500 {
		var arrived word.Int32
		all := make(chan struct{})
		fs := make([]future.Future[int], limit)
		for i := range fs {
			fs[i] = future.BlockingOn(pool, func() (int, error) {
				if arrived.Inc() == limit {
					close(all)
				}
				<-all
				return 0, nil
			})
		}
		if _, err := future.BlockOn(future.JoinAll(fs...)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBlockingSubmittedWhileAGoroutineLeaves(t *testing.T) {
	// A call is submitted at the moment the last one ends, when the goroutine that
	// ran it is about to leave; and by a task that changes its waker meanwhile.
	pool := &future.BlockingPool{Limit: 1}
	defer pool.Close()
	a, b := newExecutor(), newExecutor()
	for i := range 5000 {
		f := future.BlockingOn(pool, func() (int, error) { return i, nil })
		f.Poll(&a.cx)
		if v, err := drive(b, f); v != i || err != nil {
			t.Fatalf("%d, %v; want %d", v, err, i)
		}
	}
	a.balanced(t)
	b.balanced(t)
}

func TestBlockingDroppedInLineIsNeverRun(t *testing.T) {
	pool := &future.BlockingPool{Limit: 1}
	e := newExecutor()
	begun, release := make(chan struct{}), make(chan struct{})
	busy := future.BlockingOn(pool, func() (int, error) { close(begun); <-release; return 1, nil })
	mustPend(t, e, busy)
	<-begun
	ran := false
	inLine := future.BlockingOn(pool, func() (int, error) { ran = true; return 2, nil })
	mustPend(t, e, inLine)
	future.Drop(inLine)
	mustPanic(t, func() { inLine.Poll(&e.cx) }, "Blocking polled after Ready")
	future.Drop(busy) // it goes on, and nobody hears of it
	close(release)
	pool.Close()
	if ran {
		t.Error("a call dropped in line was run")
	}
	e.balanced(t)
}

func TestBlockingPanicReachesThePoller(t *testing.T) {
	_, err := future.BlockOn(future.Blocking(func() (int, error) { panic(errTest) }))
	var pe *future.PanicError
	if !errors.As(err, &pe) || pe.Value != errTest || !errors.Is(err, errTest) {
		t.Fatalf("got %v, want a PanicError", err)
	}
	if !strings.Contains(string(pe.Stack), "TestBlockingPanicReachesThePoller") {
		t.Errorf("the stack does not show who panicked:\n%s", pe.Stack)
	}
	_, err = future.BlockOn(future.Blocking(func() (int, error) { panic("text") }))
	if !errors.As(err, &pe) || errors.Unwrap(pe) != nil || !strings.Contains(err.Error(), "panic: text") {
		t.Errorf("got %v", err)
	}
}

func TestBlockingGoexitCostsThePoolNothing(t *testing.T) {
	pool := &future.BlockingPool{Limit: 1}
	defer pool.Close()
	for range 3 {
		_, err := future.BlockOn(future.BlockingOn(pool, func() (int, error) { runtime.Goexit(); return 0, nil }))
		if err != future.ErrGoexit {
			t.Errorf("got %v, want %v", err, future.ErrGoexit)
		}
	}
	if v, err := future.BlockOn(future.BlockingOn(pool, func() (int, error) { return 6, nil })); v != 6 || err != nil {
		t.Errorf("afterwards: %d, %v", v, err)
	}
}

func TestBlockingPoolClose(t *testing.T) {
	pool := &future.BlockingPool{Limit: 1}
	e, e2 := newExecutor(), newExecutor()
	begun, release := make(chan struct{}), make(chan struct{})
	busy := future.BlockingOn(pool, func() (int, error) { close(begun); <-release; return 1, nil })
	mustPend(t, e, busy)
	<-begun
	inLine := future.BlockingOn(pool, func() (int, error) { t.Error("run on a closed pool"); return 2, nil })
	mustPend(t, e2, inLine)
	closed := make(chan struct{})
	go func() { pool.Close(); close(closed) }()
	<-e2.woken
	mustReady(t, e2, inLine, 0, future.ErrClosed)
	select {
	case <-closed:
		t.Error("Close did not wait for the function that runs")
	default:
	}
	close(release)
	<-closed
	mustReady(t, e, busy, 1, nil)
	if _, err := future.BlockOn(future.BlockingOn(pool, func() (int, error) { return 2, nil })); err != future.ErrClosed {
		t.Errorf("after Close: %v, want %v", err, future.ErrClosed)
	}
	pool.Close()
	mustPanic(t, func() { future.BlockingOn(&future.BlockingPool{Limit: -1}, func() (int, error) { return 0, nil }) }, "negative Limit")
}

func TestBlockingDropRacesWithItsRun(t *testing.T) {
	pool := &future.BlockingPool{Limit: 2}
	e := newExecutor()
	var ran word.Int32
	for range 2000 {
		f := future.BlockingOn(pool, func() (int, error) { ran.Inc(); return 1, nil })
		if f.Poll(&e.cx).IsPending() {
			future.Drop(f)
		}
	}
	pool.Close()
	e.balanced(t)
	if n := ran.Load(); n > 2000 {
		t.Errorf("2000 functions ran %d times", n)
	}
}
