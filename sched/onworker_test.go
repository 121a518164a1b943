package sched_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/forkjoin"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
	"github.com/magpie-go/magpie/waker"
)

// places are the ways in which code comes to run on a worker.
var places = map[string]func(cx *waker.Context, body func()){
	"poll": func(_ *waker.Context, body func()) { body() },
	"async function": func(cx *waker.Context, body func()) {
		future.Async(func(*future.Co) (int, error) { body(); return 0, nil }).Poll(cx)
	},
	"iter.Pull": func(_ *waker.Context, body func()) {
		next, stop := iter.Pull(func(yield func(int) bool) { body() })
		next()
		stop()
	},
	"generator": func(_ *waker.Context, body func()) {
		future.NewGenerator(func(*future.Yielder[int]) int { body(); return 0 }).Resume()
	},
	"forked function": func(cx *waker.Context, body func()) {
		par.Join(par.From(cx), func(*par.Worker) {}, func(*par.Worker) { body() })
	},
}

// onEachPlace runs a test on a worker of a runtime of its own, in every way.
func onEachPlace(t *testing.T, test func(t *testing.T, rt *sched.Runtime, cx *waker.Context)) {
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			if isPureGo() && runtime.GOOS == "darwin" || name == "iter.Pull" && runtime.GOOS == "darwin" {
				t.Skip("this system does not tell which thread runs")
			}
			rt := newRuntime(t, sched.Config{Workers: 1})
			defer shutdown(t, rt)
			wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
				place(cx, func() { test(t, rt, cx) })
				return true
			})))
		})
	}
}

func mustRefuse(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, sched.ErrOnWorker) {
		t.Errorf("%s on a worker answered %v", what, err)
	}
}

// What would block a worker is refused there, for its own runtime and for another one.
func TestBlockingCallsOnAWorker(t *testing.T) {
	other := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, other)
	onEachPlace(t, func(t *testing.T, rt *sched.Runtime, _ *waker.Context) {
		for _, rt := range []*sched.Runtime{rt, other} {
			var dropped atomic.Bool
			_, err := sched.Run(context.Background(), rt, future.Future[future.Unit](&noticed{&dropped}))
			mustRefuse(t, "Run", err)
			if !dropped.Load() {
				t.Error("Run has not dropped its future")
			}
			h := sched.Spawn(rt, future.Future[future.Unit](new(gate)))
			_, err = h.Wait(context.Background())
			mustRefuse(t, "Wait", err)
			h.Abort()
			mustRefuse(t, "Shutdown", rt.Shutdown(context.Background()))
			_, err = future.BlockOn(sched.Spawn(rt, future.Value(1)))
			if err != nil { // or it had ended before the first poll
				mustRefuse(t, "BlockOn", err)
			}
		}
		_, err := future.BlockOn(future.Future[future.Unit](new(gate)))
		mustRefuse(t, "BlockOn", err)
		pool := future.NewLocalPool()
		defer pool.Close()
		_, err = future.RunUntil(pool, future.Future[future.Unit](new(gate)))
		mustRefuse(t, "RunUntil", err)
		func() {
			defer func() {
				err, _ := recover().(error)
				mustRefuse(t, "LocalPool.Run", err)
			}()
			pool.Run()
		}()
		if !pool.RunUntilStalled() {
			t.Error("the pool has lost its tasks")
		}
		if v, err := future.BlockOn(future.Value(3)); v != 3 || err != nil {
			t.Errorf("BlockOn of what is ready answered %d, %v", v, err)
		}
	})
}

// noticed is never ready and tells of its Drop.
type noticed struct{ dropped *atomic.Bool }

func (n *noticed) Poll(*waker.Context) future.Poll[future.Unit] { return future.Pending[future.Unit]() }
func (n *noticed) Drop()                                        { n.dropped.Store(true) }

// What is spawned and computed on a worker, from wherever, is done.
func TestSpawningAndComputingOnAWorker(t *testing.T) {
	var n atomic.Int64
	onEachPlace(t, func(t *testing.T, rt *sched.Runtime, cx *waker.Context) {
		goAll(cx, &n, 10)
		sched.Spawn[future.Unit](rt, &counting{&n})
		for _, w := range []*par.Worker{par.On(rt), par.From(cx)} {
			sum := 0
			par.Join(w, func(*par.Worker) { sum++ }, func(*par.Worker) {})
			par.WithContext(context.Background(), w, func(w *par.Worker) { par.Checkpoint(w); sum++ })
			if sum != 2 {
				t.Errorf("%d of 2 computations were done", sum)
			}
		}
	})
	if got, want := n.Load(), int64(len(places)*31); got != want {
		t.Errorf("%d tasks ran, want %d", got, want)
	}
}

// A computation in a with a part in b that computes in a again, and so on, deeper than a worker
// serves.
func TestComputationsAcrossRuntimes(t *testing.T) {
	for _, workers := range []int{1, 3} {
		a, b := newRuntime(t, sched.Config{Workers: workers}), newRuntime(t, sched.Config{Workers: workers})
		var across func(depth int) int
		across = func(depth int) int {
			if depth == 0 {
				return 1
			}
			rt := a
			if depth%2 == 0 {
				rt = b
			}
			x, y := par.Call(par.On(rt), func(_ *par.Worker, d int) int { return across(d) }, depth-1,
				func(_ *par.Worker, d int) int { return across(d) }, depth-2+depth%2)
			return x + y
		}
		want := map[int]int{}
		var count func(depth int) int
		count = func(depth int) int {
			if depth == 0 {
				return 1
			}
			if want[depth] == 0 {
				want[depth] = count(depth-1) + count(depth-2+depth%2)
			}
			return want[depth]
		}
		const depth = 14
		if got := across(depth); got != count(depth) {
			t.Errorf("the sum is %d, want %d", got, count(depth))
		}
		shutdown(t, a)
		shutdown(t, b)
	}
}

// Two runtimes that wait for each other's computations, both at once. Each part is done once.
func TestTwoRuntimesThatWaitForEachOther(t *testing.T) {
	var parts atomic.Int32
	a, b := newRuntime(t, sched.Config{Workers: 1}), newRuntime(t, sched.Config{Workers: 1})
	visit := func(from, to *sched.Runtime, here, there chan struct{}) sched.JoinHandle[future.Unit] {
		return sched.Spawn(from, do(func(*waker.Context) bool {
			close(here)
			<-there // both are in a poll
			par.Join(par.On(to), func(*par.Worker) { parts.Add(1) }, func(*par.Worker) { parts.Add(1) })
			return true
		}))
	}
	inA, inB := make(chan struct{}), make(chan struct{})
	x, y := visit(a, b, inA, inB), visit(b, a, inB, inA)
	wait(t, x)
	wait(t, y)
	shutdown(t, a)
	shutdown(t, b)
	if n := parts.Load(); n != 4 {
		t.Errorf("4 parts were done %d times", n)
	}
}

// A panic of the part in another runtime comes to its caller; and when that runtime has ended the
// part is done all the same.
func TestPanicAcrossRuntimes(t *testing.T) {
	a, b := newRuntime(t, sched.Config{Workers: 1}), newRuntime(t, sched.Config{Workers: 1})
	across := func(f func(*par.Worker)) any {
		v, _ := sched.Run(context.Background(), a, future.Func(func(*waker.Context) (p future.Poll[any]) {
			defer func() { p = future.Ready(recover()) }()
			par.Join(par.On(b), f, func(*par.Worker) {})
			return
		}))
		return v
	}
	if v := across(func(*par.Worker) { panic("boom") }); v != "boom" {
		t.Errorf("the panic is %v", v)
	}
	shutdown(t, b)
	done := false
	if v := across(func(*par.Worker) { done = true }); v != nil || !done {
		t.Errorf("after the shutdown: %v, %v", v, done)
	}
	shutdown(t, a)
}

// generating resumes a generator once a poll, and waits for a moment in between.
type generating struct {
	g     *future.Generator[int, int]
	sleep future.Future[future.Unit]
	sum   int
}

func (g *generating) Poll(cx *waker.Context) future.Poll[int] {
	for {
		if g.sleep != nil {
			if g.sleep.Poll(cx).IsPending() {
				return future.Pending[int]()
			}
		}
		s := g.g.Resume()
		if n, done := s.Complete(); done {
			return future.Ready(g.sum + n)
		}
		v, _ := s.Yielded()
		g.sum += v
		g.sleep = future.Box(clock.Sleep(time.Duration(v) * 10 * time.Microsecond))
	}
}

// A generator binds the task that holds it: stealing it would end the process.
func TestGeneratorsInTasks(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var hs []sched.JoinHandle[int]
		for range 200 {
			g := future.NewGenerator(func(y *future.Yielder[int]) int {
				for i := range 20 {
					y.Yield(i)
				}
				return 1000
			})
			hs = append(hs, sched.SpawnValue[int](rt, generating{g: g}))
		}
		for _, h := range hs {
			if got := wait(t, h); got != 1190 {
				t.Errorf("the sum is %d, want 1190", got)
			}
		}
	})
}

// A local pool with async functions binds the task that runs it as well.
func TestLocalPoolsInTasks(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var hs []sched.JoinHandle[future.Unit]
		for range 100 {
			pool := future.NewLocalPool()
			for range 3 {
				future.Spawn(pool, future.Async(func(co *future.Co) (int, error) {
					for range 10 {
						co.Yield()
						clock.Sleep(10 * time.Microsecond).Await(co)
					}
					return 0, nil
				}))
			}
			var sleep future.Future[future.Unit]
			hs = append(hs, sched.Spawn(rt, do(func(cx *waker.Context) bool {
				if sleep != nil && sleep.Poll(cx).IsPending() {
					return false
				}
				for pool.RunUntilStalled() {
					sleep = future.Box(clock.Sleep(20 * time.Microsecond))
					if sleep.Poll(cx).IsPending() {
						return false
					}
				}
				return true
			})))
		}
		for _, h := range hs {
			wait(t, h)
		}
	})
}

// On another thread than its own a generator panics, and the process lives.
func TestGeneratorElsewhere(t *testing.T) {
	if !gid.Known {
		t.Skip("this build cannot tell goroutines apart")
	}
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	numbers := func(y *future.Yielder[int]) int {
		for i := 0; ; i++ {
			y.Yield(i)
		}
	}
	mustSay := func(what string, f func()) {
		t.Helper()
		defer func() {
			if s, _ := recover().(string); !strings.Contains(s, what) {
				t.Errorf("it panicked with %q", s)
			}
		}()
		f()
	}
	onWorker := func(f func()) { wait(t, sched.Spawn(rt, do(func(*waker.Context) bool { f(); return true }))) }

	workers := future.NewGenerator(numbers)
	onWorker(func() { workers.Resume() })
	mustSay("away from the worker", func() { workers.Resume() })
	mustSay("away from the worker", func() { workers.Close() })
	onWorker(func() { workers.Resume(); workers.Close() })

	ours := future.NewGenerator(numbers)
	ours.Resume()
	onWorker(func() {
		mustSay("began on a goroutine", func() { ours.Resume() })
		mustSay("began on a goroutine", func() { ours.Close() })
	})
	ours.Resume()
	ours.Close()
}

// The goroutine of a user's coroutine that has ended is not taken for the worker that it ran on.
func TestEndedCoroutinesAreNobody(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	release := make(chan struct{})
	defer close(release)
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
		for range 100 {
			f := future.Async(func(co *future.Co) (int, error) { co.Yield(); return 0, nil })
			next, stop := iter.Pull(func(func(int) bool) { f.Poll(cx) })
			next()
			stop()
			// A new goroutine often takes over the one that has ended.
			said := make(chan *forkjoin.Worker)
			go func() { said <- forkjoin.OfRuntime(rt); <-release }()
			if w := <-said; !w.Foreign() {
				t.Error("a goroutine is taken for a worker")
				break
			}
			future.Drop(f)
		}
		return true
	})))
}
