package sched_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// A peer that looks after a reactor whose owner has meanwhile gone to sleep must not
// keep the owner's wake-up to itself.
func TestAPeersTurnLosesNoUnpark(t *testing.T) {
	r, err := reactor.New()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var over atomic.Bool
	var peer, owner sync.WaitGroup
	peer.Go(func() {
		for ev := new(reactor.Events); !over.Load(); runtime.Gosched() {
			if _, err := r.AskAsPeer(ev); err != nil {
				t.Error(err)
				return
			}
		}
	})
	woken := make(chan struct{}, 1)
	owner.Go(func() {
		for ev := new(reactor.Events); !over.Load(); {
			if _, err := r.Park(ev, -1); err != nil {
				t.Error(err)
				return
			}
			select {
			case woken <- struct{}{}:
			default: // woken once more than it was asked for
			}
		}
	})
	defer func() {
		over.Store(true)
		peer.Wait()
		r.Unpark()
		owner.Wait()
	}()
	limit := soon(t)
	for i := range 1000 {
		r.Unpark()
		select {
		case <-woken:
		case <-limit.Done():
			t.Fatalf("unpark %d did not wake the owner", i)
		}
	}
}

// A task may begin an async function after it has moved to another worker: from then on
// it stays there.
func TestAsyncFunctionBegunAfterMoving(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		moved := func(i int) future.Future[int] {
			// The yields are where tasks are stolen.
			return future.Then[string](&countdown{20}, func(string) future.Future[int] {
				return future.Async(func(co *future.Co) (int, error) {
					for range 5 {
						co.Yield()
						if _, err := clock.Sleep(0).Await(co); err != nil {
							return 0, err
						}
					}
					return i, nil
				})
			})
		}
		var hs []sched.JoinHandle[int]
		wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
			for i := range 2000 { // all on one worker's queue
				hs = append(hs, sched.Spawn(cx, moved(i)))
			}
			return true
		})))
		for i, h := range hs {
			if got := wait(t, h); got != i {
				t.Fatalf("async function %d answered %d", i, got)
			}
		}
	})
}

// The same when the runtime is shut down while they wait.
func TestAsyncFunctionBegunAfterMovingIsDroppedAtHome(t *testing.T) {
	for _, n := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: n})
		var waiting sync.WaitGroup
		var undone atomic.Int64
		var hs []sched.JoinHandle[int]
		const tasks = 500
		waiting.Add(tasks)
		wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
			for range tasks {
				hs = append(hs, sched.Spawn(cx, future.Then[string](&countdown{20}, func(string) future.Future[int] {
					return future.Async(func(co *future.Co) (int, error) {
						defer undone.Add(1)
						waiting.Done()
						return future.Await[int](co, future.Func(func(*waker.Context) future.Poll[int] { return future.Pending[int]() }))
					})
				})))
			}
			return true
		})))
		waiting.Wait()
		if err := rt.Close(); err != nil {
			t.Fatal(err)
		}
		for _, h := range hs {
			if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrShutdown) {
				t.Fatalf("a task that the shutdown ended answered %v", err)
			}
		}
		if undone.Load() != tasks {
			t.Fatalf("%d of %d async functions ran what they deferred", undone.Load(), tasks)
		}
	}
}

// However late a spawner is, its task ends: it runs, or it is refused or dropped.
func TestSpawnDuringShutdownLosesNoTask(t *testing.T) {
	rounds := 300
	if testing.Short() {
		rounds = 60
	}
	for round := range rounds {
		rt := newRuntime(t, sched.Config{Workers: workerCounts[round%len(workerCounts)], NoPin: true})
		c := new(dropCounter)
		var spawned atomic.Int64
		var spawners sync.WaitGroup
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		begun := make(chan struct{}, 4)
		for range 4 {
			spawners.Go(func() {
				for i := range 500 {
					h := sched.Spawn[future.Unit](rt, c.with(nil))
					spawned.Add(1)
					if i == 0 {
						begun <- struct{}{}
					}
					if h.Done() { // refused, or dropped: the shutdown has begun
						if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrShutdown) {
							t.Errorf("answered %v", err)
						}
						return
					}
				}
			})
		}
		<-begun
		_ = rt.Shutdown(ctx) // with many tasks to drop it may find the workers busy
		var dropped *sched.DroppedError
		if err := rt.Shutdown(soon(t)); !errors.As(err, &dropped) {
			t.Fatalf("Shutdown returned %v", err)
		}
		spawners.Wait()
		if c.n.Load() != spawned.Load() {
			t.Fatalf("round %d: %d drops of %d tasks that never end", round, c.n.Load(), spawned.Load())
		}
	}
}
