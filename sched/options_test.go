package sched_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// A task runs on the worker that it was spawned on, whoever wakes it.
func TestTasksStayWhereTheyWereSpawned(t *testing.T) {
	for _, n := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: n})
		var set sched.JoinSet[int]
		for i := range 8 * n {
			set.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
				for range 20 {
					h := sched.SpawnOn(co, i%n, future.Func(func(cx *waker.Context) future.Poll[int] {
						return future.Ready(sched.WorkerIndex(cx))
					}))
					if on, err := h.Await(co); err != nil || on != i%n {
						return on, errors.Join(err, errors.New("on the wrong worker"))
					}
					here := sched.WorkerIndex(co)
					if on, err := sched.SpawnLocal(co, future.Func(func(cx *waker.Context) future.Poll[int] {
						return future.Ready(sched.WorkerIndex(cx))
					})).Await(co); err != nil || on != here {
						return on, errors.Join(err, errors.New("not on the spawner's worker"))
					}
				}
				return 0, nil
			}))
		}
		for set.Len() > 0 {
			if on, err := sched.Run(soon(t), rt, future.Box(set.Next())); err != nil {
				t.Fatalf("%v: %d", err, on)
			}
		}
		var outside sync.WaitGroup
		for i := range 8 * n {
			outside.Go(func() { // goroutines, whose inboxes differ
				wait(t, sched.SpawnOn(rt, i%n, future.Do(func(co *future.Co) error {
					for range 5 {
						if on := sched.WorkerIndex(co); on != i%n {
							t.Errorf("worker %d polls, want %d", on, i%n)
						}
						clock.Sleep(time.Millisecond).Await(co)
					}
					return nil
				})))
			})
		}
		outside.Wait()
		if sched.WorkerIndex(rt) != -1 {
			t.Error("a goroutine has the index of a worker")
		}
		for _, worker := range []int{-1, n} {
			mustPanic(t, "worker", func() { sched.SpawnOn(rt, worker, future.Value(1)) })
		}
		mustPanic(t, "no worker", func() { sched.SpawnLocal(rt, future.Value(1)) })
		shutdown(t, rt)
	}
}

func mustPanic(t *testing.T, word string, f func()) {
	t.Helper()
	defer func() {
		if v, _ := recover().(string); !strings.Contains(v, word) {
			t.Errorf("panicked with %q; want something about %q", v, word)
		}
	}()
	f()
}

// While a function blocks in place its worker, the only one, polls others, also those that are bound to it.
func TestBlockInPlaceHoldsUpNobody(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	gate := make(chan int)
	blocked := sched.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
		return sched.BlockInPlace(co, func() (int, error) { return <-gate, nil })
	}))
	other := sched.Spawn(rt, future.Do(func(co *future.Co) error {
		clock.Sleep(time.Millisecond).Await(co)
		return nil
	}))
	wait(t, other)
	gate <- 7
	if v, err := blocked.Wait(soon(t)); v != 7 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
	_, err := sched.Run(soon(t), rt, future.Async(func(co *future.Co) (int, error) {
		return sched.BlockInPlace(co, func() (int, error) { panic("boom") })
	}))
	var p *sched.PanicError
	if !errors.As(err, &p) || p.Value != "boom" {
		t.Errorf("a panic comes to %v", err)
	}
	if v, err := sched.BlockInPlace(rt, func() (int, error) { return 7, nil }); v != 7 || err != nil {
		t.Errorf("away from a worker: %d, %v", v, err)
	}
	shutdown(t, rt)
}

var (
	requestID = sched.NewKey[string]("request id")
	depth     = sched.NewKey[int]("depth")
)

// Locals are there in every poll and in the Drop, and in children that inherit, and nowhere else.
func TestTaskLocals(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	get := func(s sched.Spawner) string {
		id, _ := requestID.Get(s)
		return id
	}
	child := func(o sched.Options, co *future.Co) string {
		v, err := sched.SpawnWith(co, o, future.Async(func(co *future.Co) (string, error) {
			future.Yield().Await(co)
			return get(co), nil
		})).Await(co)
		if err != nil {
			t.Error(err)
		}
		return v
	}
	atDrop := make(chan string, 1)
	h := sched.SpawnWith(rt, sched.Options{Locals: []sched.Local{requestID.Value("r1"), depth.Value(1)}}, future.Do(func(co *future.Co) error {
		defer func() { atDrop <- get(nil) }()
		if id, ok := requestID.Get(co); id != "r1" || !ok {
			t.Errorf("%q, %t", id, ok)
		}
		for want, got := range map[string]string{
			"r1": child(sched.Options{Inherit: true}, co),
			"":   child(sched.Options{}, co),
			"r2": child(sched.Options{Inherit: true, Locals: []sched.Local{requestID.Value("r2")}}, co),
		} {
			if got != want {
				t.Errorf("a child has %q, want %q", got, want)
			}
		}
		if v := sched.ContextOf(co).Value(depth); v != 1 {
			t.Errorf("the context has %v", v)
		}
		h, err := sched.Spawn(co, future.Async(func(co *future.Co) (string, error) { return get(co), nil })).Await(co)
		if h != "" || err != nil {
			t.Errorf("a task without locals has %q, %v", h, err)
		}
		atDrop <- "asleep"
		return sleepOn(co)
	}))
	<-atDrop
	h.Abort()
	if v := <-atDrop; v != "r1" {
		t.Errorf("in the Drop the local is %q", v)
	}
	if _, ok := requestID.Get(rt); ok {
		t.Error("a goroutine has a local")
	}
	shutdown(t, rt)
}

// A context aborts its task, and the task's own context derives from it and ends with the task.
func TestContextsInAndOut(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	type key struct{}
	cause := errors.New("enough")
	deadline := time.Now().Add(time.Hour)
	parent, stop := context.WithDeadline(context.WithValue(context.Background(), key{}, "v"), deadline)
	defer stop()
	parent, cancel := context.WithCancelCause(parent)
	out := make(chan context.Context, 1)
	task := future.Do(func(co *future.Co) error {
		out <- sched.ContextOf(co)
		return sleepOn(co)
	})
	h := sched.SpawnWith(rt, sched.Options{Context: parent}, task)
	ctx := <-out
	if d, ok := ctx.Deadline(); !ok || !d.Equal(deadline) || ctx.Value(key{}) != "v" || ctx.Err() != nil {
		t.Errorf("the task's context has the deadline %v, the value %v, the error %v", d, ctx.Value(key{}), ctx.Err())
	}
	cancel(cause)
	if _, err := h.Wait(soon(t)); !errors.Is(err, cause) || !errors.Is(context.Cause(ctx), cause) {
		t.Errorf("the task ends with %v, its context with %v", err, context.Cause(ctx))
	}
	// One that is aborted, and one that has ended.
	h = sched.SpawnWith(rt, sched.Named("aborted"), future.Do(func(co *future.Co) error {
		out <- sched.ContextOf(co)
		return sleepOn(co)
	}))
	ctx = <-out
	h.Abort()
	<-ctx.Done()
	if !errors.Is(context.Cause(ctx), sched.ErrAborted) {
		t.Errorf("the context of an aborted task ends with %v", context.Cause(ctx))
	}
	wait(t, sched.SpawnWith(rt, sched.Named("ends"), future.Do(func(co *future.Co) error {
		out <- sched.ContextOf(co)
		return nil
	})))
	if ctx = <-out; ctx.Err() == nil {
		t.Error("the context of a task that has ended goes on")
	}
	shutdown(t, rt)
}

// A name stands in reports, logs and profiles; ids tell tasks apart.
func TestNamesOfTasks(t *testing.T) {
	panics := make(chan *sched.PanicError, 1)
	rt := newRuntime(t, sched.Config{Workers: 2, ProfileTasks: true, OnPanic: func(p *sched.PanicError) { panics <- p }})
	var out bytes.Buffer
	log := slog.New(sched.LogHandler(slog.NewTextHandler(&out, nil))).With("a", 1)
	h := sched.SpawnWith(rt, sched.Named("fetch"), future.Do(func(co *future.Co) error {
		task, ok := sched.CurrentTask(co)
		if !ok || task.Name != "fetch" || task.Worker != sched.WorkerIndex(co) {
			t.Errorf("the current task is %+v, %t", task, ok)
		}
		log.Info("here")
		ctx, done := sched.ContextOf(co), make(chan struct{})
		go func() { log.InfoContext(ctx, "elsewhere"); close(done) }()
		<-done
		var profile bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil || !strings.Contains(profile.String(), `"task":"fetch"`) {
			t.Errorf("the label is not in the profile (%v)", err)
		}
		future.Yield().Await(co)
		panic("boom")
	}))
	_, err := h.Wait(soon(t))
	var p *sched.PanicError
	if !errors.As(err, &p) || p.Task != "fetch" {
		t.Errorf("the task ends with %v", err)
	}
	log.Info("outside")
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	id := "task_id=" + h.ID().String()
	if len(lines) != 3 || !strings.Contains(lines[0], "task=fetch") || !strings.Contains(lines[0], id) || !strings.Contains(lines[1], id) || strings.Contains(lines[2], "task") {
		t.Errorf("logged was\n%s", out.String())
	}
	if other := sched.Spawn(rt, future.Value(1)); other.ID() == h.ID() {
		t.Error("two tasks have one id")
	}
	shutdown(t, rt)
}

// Each poll of a task with a name is a region of that name in a trace.
func TestNamesOfTasksInTraces(t *testing.T) {
	var out bytes.Buffer
	if err := trace.Start(&out); err != nil {
		t.Skip("somebody traces already: ", err)
	}
	rt := newRuntime(t, sched.Config{Workers: 1, ProfileTasks: true})
	wait(t, sched.SpawnWith(rt, sched.Named("a task of TestNamesOfTasksInTraces"), future.Value(1)))
	shutdown(t, rt)
	trace.Stop()
	if !bytes.Contains(out.Bytes(), []byte("a task of TestNamesOfTasksInTraces")) {
		t.Error("the trace does not have the task's name")
	}
}

// SpawnWith takes one allocation, as Spawn does.
func TestNamesCostNothingMore(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	_, err := sched.Run(soon(t), rt, future.Func(func(cx *waker.Context) future.Poll[int] {
		f := future.Func(func(*waker.Context) future.Poll[int] { return future.Ready(1) }) // however often
		if n := testing.AllocsPerRun(100, func() { sched.SpawnWith(cx, sched.Options{Name: "n"}, f) }); n > 1 {
			t.Errorf("SpawnWith allocates %v times", n)
		}
		return future.Ready(0)
	}))
	if err != nil {
		t.Error(err)
	}
	shutdown(t, rt)
}
