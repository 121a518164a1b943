package sched_test

import (
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
	"github.com/magpie-go/magpie/waker"
)

// counting is a future that counts its polls and is ready.
type counting struct{ n *atomic.Int64 }

func (c *counting) Poll(*waker.Context) future.Poll[future.Unit] {
	c.n.Add(1)
	return future.Ready(future.Unit{})
}

// goAll spawns 3n counting futures with a context.
func goAll(cx *waker.Context, n *atomic.Int64, count int) {
	for range count {
		sched.Spawn[future.Unit](cx, &counting{n})
		sched.SpawnValue[future.Unit](cx, counting{n})
		sched.SpawnDetached(cx, counting{n})
	}
}

// keep returns a context of a poll that has ended.
func keep(t *testing.T, rt *sched.Runtime) *waker.Context {
	t.Helper()
	var kept waker.Context
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
		kept = cx.WithWaker(waker.Noop())
		return true
	})))
	return &kept
}

// Spawning works wherever it is called: with a context that was kept by goroutines.
func TestGoWithAKeptContext(t *testing.T) {
	const goroutines, each = 4, 2000
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var n atomic.Int64
		cx := keep(t, rt)
		var stop atomic.Bool
		busy := sched.Spawn(rt, do(func(cx *waker.Context) bool { // the worker's own queue is in use
			goAll(cx, new(atomic.Int64), 10)
			cx.PollAgain()
			return stop.Load()
		}))
		var all sync.WaitGroup
		for range goroutines {
			all.Go(func() { goAll(cx, &n, each) })
		}
		all.Wait()
		stop.Store(true)
		wait(t, busy)
		shutdownWaits(t, rt, &n, 3*goroutines*each)
	})
}

// shutdownWaits shuts rt down, for which every task has to end, and looks how many have.
func shutdownWaits(t *testing.T, rt *sched.Runtime, n *atomic.Int64, want int64) {
	t.Helper()
	shutdown(t, rt)
	if got := n.Load(); got != want {
		t.Errorf("%d of %d tasks were polled", got, want)
	}
}

// With a context that forked functions have taken along, on whichever worker they run.
func TestGoFromForkedFunctions(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var n atomic.Int64
		wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
			par.For(par.From(cx), 4000, func(int) { goAll(cx, &n, 1) })
			return true
		})))
		shutdownWaits(t, rt, &n, 3*4000)
	})
}

// The context of a runtime that has ended refuses, like the runtime.
func TestGoAfterShutdown(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	cx := keep(t, rt)
	shutdown(t, rt)
	if _, err := sched.Spawn[future.Unit](cx, &counting{new(atomic.Int64)}).Wait(soon(t)); err != sched.ErrShutdown {
		t.Errorf("the task ended with %v", err)
	}
}

// Timers and descriptors that are waited for with a context away from its worker.
func TestWaitWithAKeptContext(t *testing.T) {
	if isPureGo() {
		t.Skip("where goroutines cannot be told apart a context that is away from its worker is not recognised")
	}
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	kept := keep(t, rt)
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range 50 {
		woken := make(chan struct{}, 100)
		cx := kept.WithWaker(waker.FromFunc(func() {
			select {
			case woken <- struct{}{}:
			default:
			}
		}))
		sleep := clock.Sleep(100 * time.Microsecond)
		for sleep.Poll(&cx).IsPending() {
			<-woken
		}
		var conn *netio.Conn
		for conn == nil {
			p := l.PollAccept(&cx)
			if p.IsPending() {
				go func() {
					if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
						c.Close()
					}
				}()
				<-woken
				continue
			}
			if conn, err = p.Result(); err != nil {
				t.Fatal(err)
			}
		}
		conn.Close()
	}
}

// An async function cannot be run by a thread that its context does not belong to.
func TestAsyncWithAKeptContext(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	cx := keep(t, rt)
	defer func() {
		if s, _ := recover().(string); !strings.Contains(s, "away from the thread") {
			t.Errorf("it panicked with %q", s)
		}
	}()
	future.Async(func(co *future.Co) (int, error) { co.Yield(); return 0, nil }).Poll(cx)
}

// A worker's scratch is not for those who are not on it, and its computer is.
func TestScratchAndComputerWithAKeptContext(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	cx := keep(t, rt)
	var own *byte
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool { own = &sched.Scratch(cx)[0]; return true })))
	if &sched.Scratch(cx)[0] == own {
		t.Error("a goroutine was lent the worker's buffer")
	}
	x, y := 0, 0
	par.Join(par.From(cx), func(*par.Worker) { x = 1 }, func(*par.Worker) { y = 1 })
	if x+y != 2 {
		t.Error("the functions were not called")
	}
}

// A forked function asks for another poll of the task whose context it was given, while the worker
// polls another one on top of the computation.
func TestPollAgainFromAForkedFunction(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	var served, asked atomic.Bool
	polls := 0
	h := sched.Spawn(rt, do(func(cx *waker.Context) bool {
		if polls++; polls > 1 {
			return true
		}
		stolen := make(chan struct{})
		par.Join(par.From(cx), func(w *par.Worker) {
			<-stolen // so the other worker is busy, and this one serves
			sched.Spawn(cx, do(func(*waker.Context) bool {
				served.Store(true)
				for !asked.Load() {
					runtime.Gosched()
				}
				return true
			}))
			for !asked.Load() {
				par.Checkpoint(w)
			}
		}, func(*par.Worker) {
			close(stolen)
			for !served.Load() {
				runtime.Gosched()
			}
			cx.PollAgain()
			asked.Store(true)
		})
		return false
	}))
	wait(t, h)
}
