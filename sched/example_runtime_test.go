package sched_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// runtimeOf returns a runtime of two workers.
func runtimeOf() *sched.Runtime {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		panic(err)
	}
	return rt
}

// A program that shares its cores with others: two workers, which are not pinned and sleep at
// once.
func ExampleNew() {
	rt, err := sched.New(sched.Config{Workers: 2, NoPin: true, Spin: sched.NoSpin})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	fmt.Println(rt.Workers())
	_, err = sched.New(sched.Config{Workers: -1})
	fmt.Println(err != nil)
	// Output:
	// 2
	// true
}

// Run is for main functions and tests: it waits for the end of what it runs, and ends it with its
// context.
func ExampleRun() {
	rt := runtimeOf()
	defer rt.Close()
	ctx, cancel := context.WithTimeoutCause(context.Background(), time.Millisecond, errors.New("that was too long"))
	defer cancel()
	_, err := sched.Run(ctx, rt, future.Do(func(co *future.Co) error {
		_, err := clock.Sleep(time.Hour).Await(co)
		return err
	}))
	fmt.Println(err)
	// Output: that was too long
}

func ExampleSpawn() {
	rt := runtimeOf()
	defer rt.Close()
	h := sched.Spawn(rt, future.Async(func(co *future.Co) (string, error) {
		child := sched.Spawn(co, future.Value("from a task of a task")) // co spawns, too
		return child.Await(co)
	}))
	fmt.Println(h.Wait(context.Background()))
	// Output: from a task of a task <nil>
}

// launch is a state machine.
type launch struct{ n int }

func (c *launch) Poll(cx *waker.Context) future.Poll[string] {
	if c.n > 0 {
		c.n--
		cx.PollAgain()
		return future.Pending[string]()
	}
	return future.Ready("lift-off")
}

// Task and future are one allocation.
func ExampleSpawnValue() {
	rt := runtimeOf()
	defer rt.Close()
	fmt.Println(sched.SpawnValue[string](rt, launch{n: 3}).Wait(context.Background()))
	// Output: lift-off <nil>
}

// hit is a task that nobody waits for.
type hit struct {
	on   *atomic.Int64
	last chan<- bool
}

func (h *hit) Poll(*waker.Context) future.Poll[future.Unit] {
	if h.on.Add(1) == 1000 {
		h.last <- true
	}
	return future.Ready(future.Unit{})
}

// Tasks without a handle allocate nothing, in the long run.
func ExampleSpawnDetached() {
	rt := runtimeOf()
	defer rt.Close()
	var hits atomic.Int64
	last := make(chan bool, 1)
	for range 1000 {
		sched.SpawnDetached(rt, hit{&hits, last})
	}
	<-last
	fmt.Println(hits.Load())
	// Output: 1000
}

// Shutdown gives tasks time to end, and says if it had to drop some.
func ExampleRuntime_Shutdown() {
	rt := runtimeOf()
	sched.Spawn[future.Unit](rt, future.Box(clock.Sleep(time.Hour)))
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	err := rt.Shutdown(ctx)
	var dropped *sched.DroppedError
	fmt.Println(errors.As(err, &dropped) && dropped.Tasks == 1, errors.Is(err, context.DeadlineExceeded))

	_, err = sched.Spawn(rt, future.Value(1)).Wait(context.Background())
	fmt.Println(errors.Is(err, sched.ErrShutdown))
	// Output:
	// true true
	// true
}

// A task learns that it is to come to an end.
func ExampleRuntime_Closing() {
	rt := runtimeOf()
	h := sched.Spawn(rt, future.Async(func(co *future.Co) (string, error) {
		first, err := future.Select2(clock.Sleep(time.Hour), future.Of(rt.Closing())).Await(co)
		return fmt.Sprint("put away, by ", first.Which), err
	}))
	fmt.Println(rt.Shutdown(context.Background()))
	fmt.Println(h.Wait(context.Background()))
	// Output:
	// <nil>
	// put away, by 1 <nil>
}

// What a task starts elsewhere ends with the runtime.
func ExampleRuntime_Context() {
	rt := runtimeOf()
	ctx, cancel := context.WithTimeout(rt.Context(), time.Hour)
	defer cancel()
	rt.Close()
	<-ctx.Done()
	fmt.Println(context.Cause(ctx))
	// Output: sched: runtime is shut down
}

func ExampleRuntime_Metrics() {
	rt := runtimeOf()
	for range 10 {
		sched.Spawn(rt, future.Value(1)).Wait(context.Background())
	}
	rt.Close()
	m := rt.Metrics()
	fmt.Println(m.Spawned, m.Finished, m.Panics, len(m.Workers))
	// Output: 10 10 0 2
}

// Any number wait for one task: here some that are lent its handle, beside a timer.
func ExampleJoinHandle_Borrow() {
	rt := runtimeOf()
	defer rt.Close()
	stop := sched.Spawn[future.Unit](rt, future.Box(clock.Sleep(time.Millisecond)))
	wait := func() future.AsyncOp[int] {
		return future.Async(func(co *future.Co) (int, error) {
			first, err := future.Select2(clock.Sleep(time.Hour), future.Ref[future.Unit](stop)).Await(co)
			return first.Which, err
		})
	}
	a, b := sched.Spawn(rt, wait()), sched.Spawn(rt, wait())
	fmt.Println(a.Wait(context.Background()))
	fmt.Println(b.Wait(context.Background()))
	// Output:
	// 1 <nil>
	// 1 <nil>
}

// One wait of a state machine, without an allocation.
func ExampleJoinHandle_Join() {
	rt := runtimeOf()
	defer rt.Close()
	h := sched.Spawn(rt, future.Value(20))
	both := future.Join(h.Join(), h.Join())
	fmt.Println(future.BlockOn(&both))
	// Output: {20 20} <nil>
}
