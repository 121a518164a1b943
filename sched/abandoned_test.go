package sched_test

import (
	"context"
	"runtime"
	"testing"
	"weak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// abandon gives up many waits and checks that nothing is kept of them: it may be noise, not
// 16 bytes for each.
func abandon(t *testing.T, once func(i int)) {
	t.Helper()
	n := 100_000
	if testing.Short() {
		n = 20_000
	}
	for i := range 1000 { // whatever is made at first
		once(i)
	}
	before := heap()
	for i := range n {
		once(i)
	}
	if after := heap(); after > before+16*uint64(n) {
		t.Errorf("%d waits that were given up keep %d bytes", n, after-before)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // what the first one left to be swept
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// whole runs f as one task to its end.
func whole(t *testing.T, rt *sched.Runtime, f func(co *future.Co)) {
	t.Helper()
	wait(t, sched.Spawn(rt, future.Async(func(co *future.Co) (future.Unit, error) {
		f(co)
		return future.Unit{}, nil
	})))
}

func TestAbandonedWaitsKeepNothing(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	never := sched.Spawn(rt, do(func(*waker.Context) bool { return false }))
	defer never.Abort()
	join := func() future.Future[future.Unit] { j := never.Join(); return &j }

	for name, other := range map[string]func() future.Future[future.Unit]{
		"Closing": rt.Closing,
		"handle":  func() future.Future[future.Unit] { return never },
		"Join":    join,
		"Ref":     func() future.Future[future.Unit] { return future.Ref[future.Unit](never) },
	} {
		t.Run("Race/"+name, func(t *testing.T) {
			whole(t, rt, func(co *future.Co) {
				abandon(t, func(int) { future.Await(co, future.Race(future.Box(future.Yield()), other())) })
			})
		})
		t.Run("Select2/"+name, func(t *testing.T) {
			whole(t, rt, func(co *future.Co) {
				abandon(t, func(int) { future.Select2(future.Yield(), future.Of(other())).Await(co) })
			})
		})
		t.Run("tasks/"+name, func(t *testing.T) {
			whole(t, rt, func(co *future.Co) {
				abandon(t, func(int) {
					future.Await(co, sched.Spawn(rt, future.Box(future.Select2(future.Yield(), future.Of(other())))))
				})
			})
		})
		t.Run("aborted/"+name, func(t *testing.T) {
			whole(t, rt, func(co *future.Co) {
				abandon(t, func(int) {
					polled := false
					f := other()
					h := sched.Spawn(rt, future.Box(future.Select2(future.Of(f), future.Of(do(func(*waker.Context) bool { polled = true; return false })))))
					future.Yield().Await(co)
					h.Abort()
					future.Await(co, h)
					_ = polled
				})
			})
		})
		t.Run("in turns/"+name, func(t *testing.T) {
			a, b := waker.FromWaker(waker.FromFunc(func() {})), waker.FromWaker(waker.FromFunc(func() {}))
			f, g := other(), other()
			abandon(t, func(i int) {
				if f.Poll(&a).IsReady() || g.Poll(&b).IsReady() {
					t.Error("ready")
				}
			})
			future.Drop(f)
			future.Drop(g)
		})
		t.Run("by many/"+name, func(t *testing.T) {
			var cxs [50]waker.Context
			var fs [50]future.Future[future.Unit]
			for i := range cxs {
				cxs[i], fs[i] = waker.FromWaker(waker.FromFunc(func() {})), other()
			}
			abandon(t, func(i int) {
				if fs[i%50].Poll(&cxs[i%50]).IsReady() {
					t.Error("ready")
				}
			})
			for _, f := range fs {
				future.Drop(f)
			}
		})
	}
	t.Run("Wait", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		abandon(t, func(int) {
			if _, err := never.Wait(ctx); err == nil {
				t.Error("Wait answered nil")
			}
		})
	})
}

// A task that has ended is the collector's, though it once waited for something that has not
// happened yet.
func TestWhatWaitedIsCollected(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	never := sched.Spawn(rt, do(func(*waker.Context) bool { return false }))
	defer never.Abort()
	refs := make([]weak.Pointer[[1024]byte], 300)
	for i := range refs {
		ballast := new([1024]byte)
		refs[i] = weak.Make(ballast)
		var other future.Future[future.Unit] = never
		switch j := never.Join(); i % 3 {
		case 0:
			other = rt.Closing()
		case 1:
			other = &j
		}
		turns := 0
		wait(t, sched.Spawn(rt, future.Box(future.Select2(future.Of(other), future.Of(do(func(cx *waker.Context) bool {
			ballast[turns]++
			turns++
			cx.PollAgain()
			return turns == 3
		}))))))
	}
	// The stack may still show the last one.
	until(t, "the tasks that have ended are collected", func() bool { return testkit.Kept(refs) <= len(refs)/100 })
}

// Of many that wait for one task by its handle most give up, again and again. Those who
// stay hear of its end.
func TestHandleOfACrowd(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		release := false
		var target waker.Waker
		begun := make(chan struct{})
		h := sched.Spawn(rt, do(func(cx *waker.Context) bool {
			if target.IsNoop() {
				target = cx.Waker().Clone()
				close(begun)
			}
			return release
		}))
		<-begun
		var patient, fickle []sched.JoinHandle[future.Unit]
		for i := range 40 {
			f := future.Future[future.Unit](h)
			if j := h.Join(); i%2 == 0 {
				f = &j
			}
			patient = append(patient, sched.Spawn(rt, f))
		}
		for range 40 {
			fickle = append(fickle, sched.Spawn(rt, future.Async(func(co *future.Co) (u future.Unit, err error) {
				for range 100 {
					future.Await(co, future.Race(future.Box(future.Yield()), future.Future[future.Unit](h)))
				}
				return
			})))
		}
		for _, f := range fickle {
			wait(t, f)
		}
		for _, p := range patient {
			if p.Done() {
				t.Fatal("one of those who wait went on before the end")
			}
		}
		release = true
		target.Wake()
		for _, p := range patient {
			wait(t, p)
		}
	})
}

// A wait for a handle that is pending costs what it did; one by Join costs nothing.
func TestWaitingAllocatesLittle(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	never := sched.Spawn(rt, do(func(*waker.Context) bool { return false }))
	defer never.Abort()
	cx := waker.FromWaker(waker.FromFunc(func() {}))
	j := never.Join()
	if n := testing.AllocsPerRun(100, func() { j.Poll(&cx); j.Drop() }); n != 0 {
		t.Errorf("a Join that waits and gives up: %v allocations", n)
	}
	never.Poll(&cx)
	if n := testing.AllocsPerRun(100, func() { never.Poll(&cx); never.Drop() }); n != 0 {
		t.Errorf("a handle that waits and gives up: %v allocations", n)
	}
}
