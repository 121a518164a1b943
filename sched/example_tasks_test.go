package sched_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
)

// start makes the runtime of an example.
func start() *sched.Runtime {
	rt, err := sched.New(sched.Config{Workers: 2, NoPin: true})
	if err != nil {
		panic(err)
	}
	return rt
}

// The children of a scope end with it; the first that fails ends the others.
func ExampleInScope() {
	rt := start()
	defer rt.Close()
	sum, err := sched.Run(context.Background(), rt, sched.InScope(func(sc *sched.Scope) future.Future[int] {
		left, right := sched.SpawnIn(sc, future.Value(3)), sched.SpawnIn(sc, future.Value(4))
		return future.Map(future.Box(future.Join(left, right)), func(p future.Pair[int, int]) int { return p.First + p.Second })
	}))
	fmt.Println(sum, err)
	_, err = sched.Run(context.Background(), rt, sched.InScope(func(sc *sched.Scope) future.Future[future.Unit] {
		sched.SpawnIn(sc, future.Fail[int](errors.New("no such page")))
		return future.Box(clock.Sleep(time.Hour))
	}))
	fmt.Println(err)
	// Output:
	// 7 <nil>
	// no such page
}

// A child of a scope is a task with a handle.
func ExampleSpawnIn() {
	rt := start()
	defer rt.Close()
	v, err := sched.Run(context.Background(), rt, sched.InScope(func(sc *sched.Scope) future.Future[string] {
		return future.Async(func(co *future.Co) (string, error) {
			return sched.SpawnIn(sc, future.Value("a child's result")).Await(co)
		})
	}))
	fmt.Println(v, err)
	// Output: a child's result <nil>
}

// A task with a name, which reports and logs call it by, and with a context that can end it.
func ExampleSpawnWith() {
	rt := start()
	defer rt.Close()
	ctx, cancel := context.WithCancelCause(context.Background())
	h := sched.SpawnWith(rt, sched.Options{Name: "fetch", Context: ctx}, future.Box(clock.Sleep(time.Hour)))
	cancel(errors.New("no longer wanted"))
	_, err := h.Wait(context.Background())
	fmt.Println(err)
	// Output: no longer wanted
}

// A value that a task has, and its children if they inherit.
func ExampleKey() {
	rt := start()
	defer rt.Close()
	user := sched.NewKey[string]("user")
	greet := func(co *future.Co) (string, error) {
		name, ok := user.Get(co)
		return fmt.Sprint(name, " ", ok), nil
	}
	h := sched.SpawnWith(rt, sched.Options{Locals: []sched.Local{user.Value("ann")}}, future.Do(func(co *future.Co) error {
		for _, o := range []sched.Options{{Inherit: true}, {}} {
			s, err := sched.SpawnWith(co, o, future.Async(greet)).Await(co)
			if err != nil {
				return err
			}
			fmt.Println(s)
		}
		return nil
	}))
	_, err := h.Wait(context.Background())
	fmt.Println(err)
	// Output:
	// ann true
	//  false
	// <nil>
}

// What takes a context is given the task's: it is done when the task is.
func ExampleContextOf() {
	rt := start()
	defer rt.Close()
	var ctx context.Context
	h := sched.SpawnWith(rt, sched.Named("query"), future.Do(func(co *future.Co) error {
		ctx = sched.ContextOf(co)
		fmt.Println(ctx.Err())
		return nil
	}))
	_, _ = h.Wait(context.Background())
	<-ctx.Done()
	fmt.Println(ctx.Err())
	// Output:
	// <nil>
	// context canceled
}

// Which task this is.
func ExampleCurrentTask() {
	rt := start()
	defer rt.Close()
	h := sched.SpawnWith(rt, sched.Named("me"), future.Do(func(co *future.Co) error {
		task, ok := sched.CurrentTask(co)
		fmt.Println(task.Name, ok)
		return nil
	}))
	_, _ = h.Wait(context.Background())
	// Output: me true
}

// Records say which task made them.
func ExampleLogHandler() {
	rt := start()
	defer rt.Close()
	text := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "task_id" { // not the same each time
			return slog.Attr{}
		}
		return a
	}})
	log := slog.New(sched.LogHandler(text))
	h := sched.SpawnWith(rt, sched.Named("fetch"), future.Do(func(*future.Co) error {
		log.Info("began")
		return nil
	}))
	_, _ = h.Wait(context.Background())
	// Output: level=INFO msg=began task=fetch
}

// A task for one worker, such as one that has state for its core.
func ExampleSpawnOn() {
	rt := start()
	defer rt.Close()
	h := sched.SpawnOn(rt, 1, future.Async(func(co *future.Co) (int, error) { return sched.WorkerIndex(co), nil }))
	on, err := h.Wait(context.Background())
	fmt.Println(on, err)
	// Output: 1 <nil>
}

// A child that is never polled beside its parent.
func ExampleSpawnLocal() {
	rt := start()
	defer rt.Close()
	h := sched.Spawn(rt, future.Do(func(co *future.Co) error {
		n := 0 // needs no lock
		child := sched.SpawnLocal(co, future.Do(func(*future.Co) error { n++; return nil }))
		n++
		_, err := child.Await(co)
		fmt.Println(n)
		return err
	}))
	_, _ = h.Wait(context.Background())
	// Output: 2
}

// A call that blocks, deep in code that cannot await.
func ExampleBlockInPlace() {
	rt := start()
	defer rt.Close()
	h := sched.Spawn(rt, future.Async(func(co *future.Co) (string, error) {
		return sched.BlockInPlace(co, func() (string, error) {
			time.Sleep(time.Millisecond)
			return "slept", nil
		})
	}))
	fmt.Println(h.Wait(context.Background()))
	// Output: slept <nil>
}

// One task a key: a second one under the same key takes the place of the first.
func ExampleJoinMap() {
	rt := start()
	defer rt.Close()
	var searches sched.JoinMap[string, string]
	defer searches.Drop()
	searches.Spawn(rt, "ann", future.Box(future.Never[string]()))
	searches.Spawn(rt, "ann", future.Value("magpies")) // she has typed more
	for searches.Len() > 0 {
		found, err := future.BlockOn(future.Box(searches.Next()))
		fmt.Println(found.Key, found.Value, err)
	}
	// Output: ann magpies <nil>
}

// Tasks run at once, and their outcomes come in the order of the spawns.
func ExampleJoinQueue() {
	rt := start()
	defer rt.Close()
	var squares sched.JoinQueue[int]
	defer squares.Drop()
	for i := range 4 {
		squares.Spawn(rt, future.Async(func(co *future.Co) (int, error) { return i * i, nil }))
	}
	for squares.Len() > 0 {
		fmt.Println(future.BlockOn(future.Box(squares.Next())))
	}
	// Output:
	// 0 <nil>
	// 1 <nil>
	// 4 <nil>
	// 9 <nil>
}

// A task that ends with the wait for it.
func ExampleJoinHandle_AbortOnDrop() {
	rt := start()
	defer rt.Close()
	h := sched.Spawn(rt, future.Box(clock.Sleep(time.Hour)))
	_, err := future.BlockOn(future.Box(clock.Timeout(h.AbortOnDrop(), time.Millisecond)))
	fmt.Println(err)
	_, err = h.Wait(context.Background())
	fmt.Println(err)
	// Output:
	// clock: timeout: i/o timeout
	// sched: task aborted
}
