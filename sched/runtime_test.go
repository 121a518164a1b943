package sched_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// workerCounts are the runtimes that every behaviour is tested on: one worker, one a
// core on this machine or nearly, and more than there are cores.
var workerCounts = []int{1, 2, 8}

// onEach runs a test on a fresh runtime of each size, which must shut down cleanly.
func onEach(t *testing.T, test func(t *testing.T, rt *sched.Runtime)) {
	for _, n := range workerCounts {
		t.Run(fmt.Sprintf("workers=%d", n), func(t *testing.T) {
			rt := newRuntime(t, sched.Config{Workers: n})
			test(t, rt)
			shutdown(t, rt)
		})
	}
}

func newRuntime(t testing.TB, c sched.Config) *sched.Runtime {
	t.Helper()
	rt, err := sched.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

// patience bounds waits that end at once unless something is broken.
const patience = 30 * time.Second

func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func shutdown(t testing.TB, rt *sched.Runtime) {
	t.Helper()
	if err := rt.Shutdown(soon(t)); err != nil {
		t.Fatalf("Shutdown: %v", err)
	}
}

func wait[T any](t testing.TB, h sched.JoinHandle[T]) T {
	t.Helper()
	v, err := h.Wait(soon(t))
	if err != nil {
		t.Fatalf("task: %v", err)
	}
	return v
}

// do is a future of a function that is called at each poll until it answers true.
func do(f func(cx *waker.Context) bool) future.Future[future.Unit] {
	return future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		if f(cx) {
			return future.Ready(future.Unit{})
		}
		return future.Pending[future.Unit]()
	})
}

func TestSpawnFromOutside(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var ran atomic.Int64
		var hs []sched.JoinHandle[future.Unit]
		for range 10_000 {
			hs = append(hs, sched.Spawn(rt, do(func(*waker.Context) bool { ran.Add(1); return true })))
		}
		for _, h := range hs {
			wait(t, h)
		}
		if ran.Load() != 10_000 {
			t.Fatalf("%d polls of 10000 tasks that are ready at once", ran.Load())
		}
	})
}

type countdown struct{ n int }

func (c *countdown) Poll(cx *waker.Context) future.Poll[string] {
	if c.n--; c.n < 0 {
		return future.Ready("done")
	}
	cx.Waker().WakeByRef()
	return future.Pending[string]()
}

func TestSpawnFromInsideAndYield(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var children [100]sched.JoinHandle[string]
		wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
			for i := range children {
				children[i] = sched.SpawnValue[string](cx, countdown{i})
			}
			return true
		})))
		for _, h := range children {
			if got := wait(t, h); got != "done" {
				t.Fatalf("result %q", got)
			}
		}
	})
}

func TestTaskAwaitsTask(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		h := sched.Spawn(rt, future.Then(future.Future[string](sched.SpawnValue[string](rt, countdown{50})),
			func(s string) future.Future[int] { return future.Value(len(s)) }))
		if got := wait(t, h); got != 4 {
			t.Fatalf("got %d, want 4", got)
		}
	})
}

// gate is a future that is ready once opened, by any thread.
type gate struct {
	open  atomic.Bool
	polls atomic.Int64
	cell  waker.AtomicWaker
}

func (g *gate) Poll(cx *waker.Context) future.Poll[future.Unit] {
	g.polls.Add(1)
	if !g.open.Load() {
		if g.cell.Register(cx.Waker()); !g.open.Load() {
			return future.Pending[future.Unit]()
		}
	}
	return future.Ready(future.Unit{})
}

func (g *gate) Open() { g.open.Store(true); g.cell.Wake() }

func TestParkedTasksAreWokenFromOtherThreads(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		gates := make([]gate, 2000)
		var hs []sched.JoinHandle[future.Unit]
		for i := range gates {
			hs = append(hs, sched.Spawn[future.Unit](rt, &gates[i]))
		}
		var wg sync.WaitGroup
		for k := range 8 { // eight threads at once, each waking all
			wg.Go(func() {
				for i := range gates {
					gates[(i+k*250)%len(gates)].Open()
				}
			})
		}
		wg.Wait()
		for _, h := range hs {
			wait(t, h)
		}
	})
}

func TestAWokenTaskIsPolledOnceForManyWakes(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	var g gate
	h := sched.Spawn[future.Unit](rt, &g)
	// A task that holds the only worker while the gate is woken many times over.
	polled := make(chan struct{})
	release := make(chan struct{})
	blocker := sched.Spawn(rt, do(func(*waker.Context) bool { close(polled); <-release; return true }))
	<-polled
	before := g.polls.Load()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				g.Open()
			}
		})
	}
	wg.Wait()
	close(release)
	wait(t, blocker)
	wait(t, h)
	if n := g.polls.Load() - before; n != 1 {
		t.Fatalf("%d polls after 800 wake-ups between two polls, want 1", n)
	}
}

func TestPanicEndsItsTaskAlone(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		cause := errors.New("the cause")
		dropped := new(dropCounter)
		h := sched.Spawn[future.Unit](rt, dropped.with(func() { panic(cause) }))
		_, err := h.Wait(soon(t))
		var p *sched.PanicError
		if !errors.As(err, &p) || !errors.Is(err, cause) || len(p.Stack) == 0 {
			t.Fatalf("a panicked task answered %v", err)
		}
		if dropped.n.Load() != 1 {
			t.Fatalf("its future was dropped %d times, want once", dropped.n.Load())
		}
		wait(t, sched.Spawn(rt, future.Value(1)))
		if m := rt.Metrics(); len(m.Workers) == 0 {
			t.Fatal("no metrics")
		}
	})
}

func TestGoexitEndsItsTaskAlone(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		for range 3 {
			_, err := sched.Spawn(rt, do(func(*waker.Context) bool { runtime.Goexit(); return true })).Wait(soon(t))
			if !errors.Is(err, sched.ErrGoexit) {
				t.Fatalf("a task that called Goexit answered %v", err)
			}
		}
		for range 2 * rt.Workers() {
			wait(t, sched.Spawn(rt, future.Value(1)))
		}
	})
}

func TestDetachedTasksAllRunAndAreRecycled(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		const n = 20_000
		var ran atomic.Int64
		all := make(chan struct{})
		once := func() {
			if ran.Add(1) == n {
				close(all)
			}
		}
		for range n / 2 {
			sched.SpawnDetached(rt, parent{once, 2})
		}
		select {
		case <-all:
		case <-soon(t).Done():
			t.Fatalf("%d of %d detached tasks have run", ran.Load(), n)
		}
	})
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	var tick sched.JoinHandle[future.Unit]
	allocs := testing.AllocsPerRun(50, func() {
		tick = sched.Spawn(rt, do(func(cx *waker.Context) bool {
			for range 100 {
				sched.SpawnDetached(cx, parent{func() {}, 3})
			}
			return true
		}))
		wait(t, tick)
	})
	if allocs > 30 { // of 100 spawns; some for Spawn, Wait and their closures
		t.Errorf("%v allocations for 100 detached tasks", allocs)
	}
}

// parent yields, spawns a child until it has no more, and calls done.
type parent struct {
	done  func()
	depth int
}

func (p *parent) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if p.depth--; p.depth > 0 {
		cx.PollAgain()
		return future.Pending[future.Unit]()
	}
	if p.depth == 0 {
		sched.SpawnDetached(cx, parent{p.done, -1})
	}
	p.done()
	return future.Ready(future.Unit{})
}

func TestStealing(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var hs []sched.JoinHandle[string]
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
		for range 2000 { // all on one worker's queue
			hs = append(hs, sched.SpawnValue[string](cx, countdown{500}))
		}
		return true
	})))
	for _, h := range hs {
		wait(t, h)
	}
	if m := rt.Metrics(); m.Steals == 0 || m.Stolen == 0 {
		t.Fatalf("2000 tasks on one worker's queue, another one idle, and no steal: %+v", m)
	}
}

func TestWrongUse(t *testing.T) {
	for _, c := range []sched.Config{
		{Workers: -1}, {Workers: 1 << 20}, {SpareProcs: -7}, {Budget: -1}, {EventInterval: -1}, {Spin: -5},
		{Workers: 2, CPUs: []int{0}}, {Workers: 1, CPUs: []int{-3}}, {Workers: 1, CPUs: []int{0}, NoPin: true},
	} {
		if rt, err := sched.New(c); err == nil {
			shutdown(t, rt)
			t.Errorf("New(%+v) did not fail", c)
		}
	}
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("Spawn of a nil future did not panic")
			}
		}()
		sched.Spawn[int](rt, nil)
	}()
	if isPureGo() {
		return // a call that would block a worker cannot be told there
	}
	_, err := sched.Run(soon(t), rt, future.Func(func(*waker.Context) future.Poll[int] {
		_, err := sched.Run(soon(t), rt, future.Value(1))
		return future.Failed[int](err)
	}))
	if !errors.Is(err, sched.ErrOnWorker) {
		t.Errorf("Run on a worker answered %v", err)
	}
}

func TestProcsAreRaisedAndGivenBack(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	a := newRuntime(t, sched.Config{Workers: 5})
	b := newRuntime(t, sched.Config{Workers: 3, SpareProcs: 2})
	during := runtime.GOMAXPROCS(0)
	shutdown(t, a)
	shutdown(t, b)
	if after := runtime.GOMAXPROCS(0); after != before {
		t.Errorf("GOMAXPROCS is %d after, %d before", after, before)
	}
	if _, set := os.LookupEnv("GOMAXPROCS"); !set && during < 11 {
		t.Errorf("GOMAXPROCS was %d beside 8 workers and 3 spare", during)
	}
}

func TestAsyncFunctionStaysOnItsWorker(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var hs []sched.JoinHandle[int]
		for i := range 300 {
			hs = append(hs, sched.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
				for range 20 {
					if _, err := future.Await(co, future.Future[string](&countdown{3})); err != nil {
						return 0, err
					}
					if i%3 == 0 {
						if _, err := clock.Sleep(100 * time.Microsecond).Await(co); err != nil {
							return 0, err
						}
					}
				}
				return i, nil
			})))
		}
		for i, h := range hs {
			if got := wait(t, h); got != i {
				t.Fatalf("async function %d answered %d", i, got)
			}
		}
	})
}

func TestSpawnAndWaitFromManyGoroutines(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 200 {
					wait(t, sched.SpawnValue[string](rt, countdown{2}))
				}
			})
		}
		wg.Wait()
	})
}
