package sched_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// What may be done in a function that blocks in place: on a runtime with one worker, which is the one that waits.
func TestWhatBlocksInPlace(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1, Budget: 16})
	defer shutdown(t, rt)
	full := func(n int) *coord.Receiver[int] {
		tx, rx := coord.UnboundedMPSC[int]()
		defer tx.Close()
		for i := range n {
			if err := tx.Send(i); err != nil {
				t.Fatal(err)
			}
		}
		return rx
	}
	count := func(rx *coord.Receiver[int]) (int, error) {
		return future.BlockOn(future.Box(stream.Fold(rx, 0, func(n *int, _ int) error { *n++; return nil })))
	}
	for name, c := range map[string]struct {
		fn   func() (int, error)
		want int
	}{
		"nothing": {func() (int, error) { return 1, nil }, 1},
		"a function that blocks in place": {func() (int, error) {
			return sched.BlockInPlace(rt, func() (int, error) { return 2, nil })
		}, 2},
		"a task of the same runtime that blocks in place": {func() (int, error) {
			return sched.Run(soon(t), rt, future.Async(func(co *future.Co) (int, error) {
				return sched.BlockInPlace(co, func() (int, error) { return 3, nil })
			}))
		}, 3},
		"a task of the same runtime that yields": {func() (int, error) {
			return sched.Run(soon(t), rt, future.Map(future.Box(future.Yield()), func(future.Unit) int { return 4 }))
		}, 4},
		"a future that yields": {func() (int, error) {
			return future.BlockOn(future.Map(future.Box(future.Yield()), func(future.Unit) int { return 5 }))
		}, 5},
		"a runtime of its own": {func() (int, error) {
			own, err := sched.New(sched.Config{Workers: 1})
			if err != nil {
				return 0, err
			}
			defer own.Close()
			return sched.Run(soon(t), own, future.Value(6))
		}, 6},
		"more operations than a budget": {func() (int, error) { return count(full(200)) }, 200},
		"a mutex, more often than a budget": {func() (int, error) {
			var mu coord.Mutex
			n := 0
			return future.BlockOn(future.Async(func(co *future.Co) (int, error) {
				for range 17 {
					g, err := mu.Lock().Await(co)
					if err != nil {
						return n, err
					}
					n++
					g.Unlock()
				}
				return n, nil
			}))
		}, 17},
	} {
		t.Run(name, func(t *testing.T) {
			inPlace := future.Async(func(co *future.Co) (int, error) {
				v, err := sched.BlockInPlace(co, c.fn)
				if err != nil {
					return 0, err
				}
				_, err = future.Yield().Await(co) // the worker has its task again
				return v, err
			})
			for i, f := range []future.Future[int]{inPlace, future.Box(future.Blocking(func() (int, error) {
				return sched.BlockInPlace(rt, c.fn) // in a function that blocks anyway
			}))} {
				if v, err := sched.Run(soon(t), rt, f); v != c.want || err != nil {
					t.Errorf("%d, %v; want %d (case %d)", v, err, c.want, i)
				}
			}
		})
	}
}

// A task that blocks in place with a runtime below it again and again, on one worker.
func TestBlockInPlaceAcrossARun(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	for range 100 {
		_, err := sched.Run(soon(t), rt, future.Async(func(co *future.Co) (int, error) {
			return sched.BlockInPlace(co, func() (int, error) {
				return sched.Run(soon(t), rt, future.Async(func(co *future.Co) (int, error) {
					return sched.BlockInPlace(co, func() (int, error) { return 1, nil })
				}))
			})
		}))
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Tasks that block in place, twice as many as there are workers, leave room for all others.
func TestOthersRunBesideWhatBlocksInPlace(t *testing.T) {
	const blocked, others = 4, 100
	rt := newRuntime(t, sched.Config{Workers: 2})
	gate, inside := make(chan struct{}), make(chan struct{}, blocked)
	var set sched.JoinSet[int]
	for range blocked {
		set.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
			return sched.BlockInPlace(co, func() (int, error) {
				inside <- struct{}{}
				<-gate
				return 0, nil
			})
		}))
	}
	isDropped(t, blocked, inside) // all are there
	var ran sync.WaitGroup
	ran.Add(others)
	for range others {
		sched.SpawnDetached(rt, future.Do(func(*future.Co) error { ran.Done(); return nil }))
	}
	ran.Wait()
	close(gate)
	for set.Len() > 0 {
		if _, err := await(set.Next()); err != nil {
			t.Error(err)
		}
	}
	shutdown(t, rt)
}

// When it goes on, a task that has blocked in place has its budget: of a full channel it takes as much as that allows.
func TestTheBudgetAfterBlockInPlace(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1, Budget: 16})
	defer shutdown(t, rt)
	tx, rx := coord.UnboundedMPSC[int]()
	for range 1024 {
		if err := tx.Send(1); err != nil {
			t.Fatal(err)
		}
	}
	tx.Close()
	taken := 0
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
		if _, err := sched.BlockInPlace(cx, func() (int, error) { return 0, nil }); err != nil {
			t.Error(err)
		}
		for {
			op := rx.Recv()
			p := op.Poll(cx)
			if p.IsPending() {
				op.Drop()
				return true
			}
			if p.Err() != nil {
				t.Error("took everything in one poll")
				return true
			}
			taken++
		}
	})))
	if taken == 0 || taken > 16 {
		t.Errorf("%d were taken in a poll of 16 operations", taken)
	}
	rx.Drop()
}

// What a poll has woken before it blocks in place is woken before that is over.
func TestWakesBeforeBlockInPlace(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	inside, gate := make(chan struct{}), make(chan struct{})
	woken := make(chan struct{}, 1)
	h := sched.Spawn(rt, do(func(cx *waker.Context) bool {
		own := cx.WithWaker(waker.FromFunc(func() { woken <- struct{}{} }))
		yield := future.Yield()
		if yield.Poll(&own).IsReady() {
			t.Error("a yield is ready at once")
		}
		_, err := sched.BlockInPlace(cx, func() (int, error) { close(inside); <-gate; return 0, nil })
		if err != nil {
			t.Error(err)
		}
		return true
	}))
	<-inside
	select {
	case <-woken:
	case <-soon(t).Done():
		t.Error("not woken while its task blocks in place")
	}
	close(gate)
	wait(t, h)
}

// A runtime is closed while a task blocks in place for something that the Drop of another one does.
func TestCloseBesideBlockInPlace(t *testing.T) {
	for _, n := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: n})
		inside, gate := make(chan struct{}), make(chan struct{})
		sched.SpawnDetached(rt, future.Do(func(co *future.Co) error {
			_, err := sched.BlockInPlace(co, func() (int, error) { close(inside); <-gate; return 0, nil })
			return err
		}))
		<-inside
		begun := make(chan struct{})
		sched.SpawnDetached(rt, future.Do(func(co *future.Co) error {
			defer close(gate)
			close(begun)
			_, err := future.Never[int]().Await(co)
			return err
		}))
		<-begun
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := rt.Shutdown(ctx); err == nil {
			t.Error("a shutdown that dropped tasks did not say so")
		}
		<-gate
	}
}

// A local pool is another executor: who blocks in place in a poll of its futures names the runtime, and is told so.
// In a Drop, which is no poll, the worker is found by its thread.
// A function that calls runtime.Goexit ends the poll that waits for it.
func TestBlockInPlaceOfAGoexit(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	_, err := sched.Spawn(rt, future.Do(func(co *future.Co) error {
		_, err := sched.BlockInPlace(co, func() (int, error) {
			runtime.Goexit()
			return 1, nil
		})
		t.Errorf("its caller goes on, with %v", err)
		return nil
	})).Wait(soon(t))
	if !errors.Is(err, sched.ErrGoexit) {
		t.Errorf("the task ends with %v", err)
	}
}

func TestBlockInPlaceInLocalPools(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	blockWith := func(s sched.Spawner) (message string) {
		defer func() {
			if v := recover(); v != nil {
				message = fmt.Sprint(v)
			}
		}()
		_, err := sched.BlockInPlace(s, func() (int, error) { return 1, nil })
		return fmt.Sprint(err)
	}
	refused := func(where, message string) {
		if !strings.Contains(message, "BlockInPlace by a future of another executor; pass a Runtime") {
			t.Errorf("%s: %q", where, message)
		}
	}
	wait(t, sched.Spawn(rt, do(func(*waker.Context) bool {
		pool := future.NewLocalPool()
		_, err := future.RunUntil(pool, future.Do(func(co *future.Co) error {
			refused("RunUntil", blockWith(co))
			if message := blockWith(rt); message != "<nil>" {
				t.Errorf("with the runtime: %s", message)
			}
			return nil
		}))
		if err != nil {
			t.Error(err)
		}
		future.Spawn(pool, future.Do(func(co *future.Co) error {
			refused("Spawn", blockWith(co))
			return nil
		}))
		pool.RunUntilStalled()
		future.Spawn(pool, future.Do(func(co *future.Co) error {
			defer func() {
				if message := blockWith(co); message != "<nil>" {
					t.Errorf("in a Drop: %s", message)
				}
			}()
			_, err := future.Never[int]().Await(co)
			return err
		}))
		pool.RunUntilStalled()
		pool.Close()
		return true
	})))
}
