package sched_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

type dropCounter struct {
	n     atomic.Int64
	polls atomic.Int64
}

type dropped struct {
	c    *dropCounter
	poll func()
}

func (d *dropCounter) with(poll func()) *dropped { return &dropped{d, poll} }

func (d *dropped) Poll(*waker.Context) future.Poll[future.Unit] {
	d.c.polls.Add(1)
	if d.poll != nil {
		d.poll()
	}
	return future.Pending[future.Unit]()
}

func (d *dropped) Drop() { d.c.n.Add(1) }

// onDrop is a future that waits for ever and does something when it is dropped.
type onDrop func()

func (onDrop) Poll(*waker.Context) future.Poll[future.Unit] { return future.Pending[future.Unit]() }
func (f onDrop) Drop()                                      { f() }

func TestAbortDropsOnce(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		c := new(dropCounter)
		var hs []sched.JoinHandle[future.Unit]
		const n = 500
		for range n {
			hs = append(hs, sched.Spawn[future.Unit](rt, c.with(nil)))
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for _, h := range hs {
					h.Abort()
				}
			})
		}
		wg.Wait()
		for _, h := range hs {
			if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrAborted) {
				t.Fatalf("an aborted task answered %v", err)
			}
		}
		if c.n.Load() != n {
			t.Fatalf("%d drops of %d aborted tasks", c.n.Load(), n)
		}
		shutdown(t, rt) // which makes the counts exact
		if m := rt.Metrics(); m.Aborted != n || m.Dropped != 0 || m.Finished != n {
			t.Fatalf("%d tasks are counted as aborted, %d as dropped, %d as ended", m.Aborted, m.Dropped, m.Finished)
		}
	})
}

// Close gives tasks no time, and that it drops them is no error.
func TestCloseDropsWhatIsLeft(t *testing.T) {
	for _, n := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: n})
		c := new(dropCounter)
		h := sched.Spawn[future.Unit](rt, c.with(nil))
		if err := rt.Close(); err != nil {
			t.Fatalf("Close returned %v", err)
		}
		if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrShutdown) || c.n.Load() != 1 {
			t.Fatalf("a task that Close ended answered %v after %d drops", err, c.n.Load())
		}
		if err := rt.Close(); err != nil {
			t.Fatalf("a second Close returned %v", err)
		}
		var dropped *sched.DroppedError
		if err := rt.Shutdown(soon(t)); !errors.As(err, &dropped) || dropped.Tasks != 1 {
			t.Fatalf("Shutdown after Close returned %v", err)
		}
	}
}

// The runtime's context ends when tasks are dropped, or when the last one has ended; not while
// they have time to end by themselves.
func TestTheContextOfARuntime(t *testing.T) {
	for _, n := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: n})
		ctx, stop := context.WithCancel(rt.Context())
		// A task that ends as soon as its context does.
		h := sched.Spawn(rt, future.WithContext(ctx, future.Future[future.Unit](new(dropCounter).with(nil))))
		late, err := sched.Run(soon(t), rt, future.Value(ctx.Err()))
		if late != nil || err != nil {
			t.Fatalf("the context of a runtime that runs: %v, %v", late, err)
		}
		// One that is dropped finds it over.
		var atDrop error
		sched.Spawn[future.Unit](rt, onDrop(func() { atDrop = context.Cause(ctx) }))
		limit, cancel := context.WithCancel(context.Background())
		closing := rt.Closing()
		watcher := sched.Spawn(rt, future.Then(closing, func(future.Unit) future.Future[error] {
			defer cancel()
			return future.Value(ctx.Err())
		}))
		rt.Shutdown(limit)
		if v, err := watcher.Wait(soon(t)); v != nil || err != nil {
			t.Errorf("when the shutdown began the context was over: %v, %v", v, err)
		}
		if _, err := h.Wait(soon(t)); err == nil {
			t.Error("a task that waits for ever ended well")
		}
		if context.Cause(ctx) != sched.ErrShutdown || atDrop != sched.ErrShutdown {
			t.Errorf("the context ended with %v; a task was dropped when it was %v", context.Cause(ctx), atDrop)
		}
		stop()
	}
}

func TestShutdownDropsWhatIsLeftOnce(t *testing.T) {
	for _, n := range workerCounts {
		c := new(dropCounter)
		rt := newRuntime(t, sched.Config{Workers: n})
		var hs []sched.JoinHandle[future.Unit]
		const tasks = 3000
		for range tasks {
			hs = append(hs, sched.Spawn[future.Unit](rt, c.with(nil)))
		}
		restless := sched.Spawn(rt, do(func(cx *waker.Context) bool { cx.Waker().WakeByRef(); return false }))
		reason := errors.New("enough")
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(reason)
		for range 2 { // the second call tells the same
			var dropped *sched.DroppedError
			if err := rt.Shutdown(ctx); !errors.As(err, &dropped) || dropped.Tasks != tasks+1 || !errors.Is(err, reason) {
				t.Fatalf("Shutdown that drops %d tasks returned %v", tasks+1, err)
			}
		}
		if m := rt.Metrics(); m.Dropped != tasks+1 || m.Aborted != 0 {
			t.Fatalf("%d tasks are counted as dropped, %d as aborted", m.Dropped, m.Aborted)
		}
		if c.n.Load() != tasks {
			t.Fatalf("workers=%d: %d drops of %d parked tasks", n, c.n.Load(), tasks)
		}
		for _, h := range append(hs, restless) {
			if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrShutdown) {
				t.Fatalf("a task that the shutdown ended answered %v", err)
			}
		}
		late := c.with(nil)
		if _, err := sched.Spawn[future.Unit](rt, late).Wait(soon(t)); !errors.Is(err, sched.ErrShutdown) {
			t.Fatalf("Spawn after Shutdown answered %v", err)
		}
		if c.n.Load() != tasks+1 {
			t.Fatal("a future spawned after Shutdown was not dropped")
		}
		if n := rt.Metrics().Refused; n != 1 {
			t.Fatalf("%d futures are counted as refused", n)
		}
	}
}

func TestShutdownWaitsForTasksToEnd(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		h := sched.Spawn(rt, future.Then(rt.Closing(), func(future.Unit) future.Future[string] {
			return future.Future[string](&countdown{1000})
		}))
		sleeper := sched.Spawn(rt, future.Map(future.Future[future.Unit](future.Box(clock.Sleep(5*time.Millisecond))),
			func(future.Unit) string { return "slept" }))
		shutdown(t, rt)
		if got := wait(t, h) + wait(t, sleeper); got != "doneslept" {
			t.Fatalf("tasks that had time to end answered %q", got)
		}
	})
}

func TestAPollThatDoesNotReturn(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	polled, release := make(chan struct{}), make(chan struct{})
	stuck := sched.Spawn(rt, do(func(*waker.Context) bool { close(polled); <-release; return true }))
	<-polled
	// The other worker serves everything, timers and queues of both.
	for range 100 {
		wait(t, sched.Spawn[future.Unit](rt, future.Box(clock.Sleep(time.Millisecond))))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := rt.Shutdown(ctx); !errors.Is(err, sched.ErrStuck) {
		t.Fatalf("Shutdown with a poll that does not return answered %v", err)
	}
	close(release)
	shutdown(t, rt)
	wait(t, stuck)
}

func TestTimersOfAStuckWorkerFire(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	// Both workers arm timers, then one of them is held: all timers must fire.
	var hs []sched.JoinHandle[future.Unit]
	for range 200 {
		hs = append(hs, sched.Spawn[future.Unit](rt, future.Box(clock.Sleep(2*time.Millisecond))))
	}
	polled, release := make(chan struct{}), make(chan struct{})
	stuck := sched.Spawn(rt, do(func(*waker.Context) bool { close(polled); <-release; return true }))
	<-polled
	for _, h := range hs {
		wait(t, h)
	}
	close(release)
	wait(t, stuck)
}

// A worker in a long poll and a peer that is never idle, so never steals: what is spawned
// from outside must not wait in the inbox of the first.
func TestABusyPeerRelievesAHeldWorker(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	release := hold(t, rt)
	restless := sched.Spawn(rt, do(func(cx *waker.Context) bool { cx.PollAgain(); return false }))
	var wg sync.WaitGroup
	for range 16 { // goroutines, so that both inboxes are used
		wg.Go(func() { wait(t, sched.Spawn(rt, future.Value(1))) })
	}
	wg.Wait()
	restless.Abort()
	release()
}

// The task woken last waits in its worker's LIFO slot. If the poll that woke it goes on and
// on, a peer must take it out of there.
func TestATaskBehindALongPollIsTaken(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	ran := make(chan struct{})
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
		sched.Spawn(cx, do(func(*waker.Context) bool { close(ran); return true }))
		<-ran
		return true
	})))
}
