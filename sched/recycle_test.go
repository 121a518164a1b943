package sched_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"weak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// roamer pends once, so that it has an owner, and may end on another worker.
type roamer struct {
	ran  *atomic.Int64
	seen bool
}

func (r *roamer) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if !r.seen {
		r.seen = true
		cx.PollAgain()
		return future.Pending[future.Unit]()
	}
	r.ran.Add(1)
	return future.Ready(future.Unit{})
}

// What a runtime that was shut down in the middle of its tasks leaves to be used again must
// not be dropped unpolled by the next one.
func TestDetachedTasksOfALaterRuntimeAllRun(t *testing.T) {
	const n = 10_000
	for range 15 {
		var ran atomic.Int64
		first := newRuntime(t, sched.Config{Workers: 4})
		for range n {
			sched.SpawnDetached(first, roamer{ran: &ran})
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = first.Shutdown(ctx) // some are dropped
		ran.Store(0)
		second := newRuntime(t, sched.Config{Workers: 4})
		for range n {
			sched.SpawnDetached(second, roamer{ran: &ran})
		}
		shutdown(t, second)
		if got := ran.Load(); got != n {
			t.Fatalf("%d of %d detached tasks of the second runtime have run", got, n)
		}
	}
}

// alarmed holds a timer by value, which it has set when it ends as how says.
type alarmed struct {
	t    reactor.Timer
	how  func()
	over *atomic.Int64
	_    [8]*int
}

func (c *alarmed) Poll(cx *waker.Context) future.Poll[future.Unit] {
	c.t.Reset(20 * time.Millisecond)
	c.t.Poll(cx)
	c.over.Add(1)
	if c.how == nil {
		return future.Pending[future.Unit]()
	}
	c.how()
	return future.Ready(future.Unit{})
}

// Futures end, in whichever way, while their timers stand in the wheel of their worker: the
// timers of others are not lost.
func TestTimersOfFuturesThatHaveEndedHarmNobody(t *testing.T) {
	const n = 300
	ways := map[string]func(){"finished": func() {}, "panicked": func() { panic("with a timer") }, "goexit": runtime.Goexit, "aborted": nil}
	for name, how := range ways {
		t.Run(name, func(t *testing.T) {
			for _, workers := range workerCounts {
				rt := silently(t, workers)
				var over atomic.Int64
				var sleepers []sched.JoinHandle[future.Unit]
				var ended []sched.JoinHandle[future.Unit]
				wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
					for i := range n {
						sleepers = append(sleepers, sched.Spawn[future.Unit](cx, future.Box(clock.Sleep(time.Duration(15+i%10)*time.Millisecond))))
						ended = append(ended, sched.SpawnValue[future.Unit](cx, alarmed{how: how, over: &over}))
						if how != nil {
							sched.SpawnDetached(cx, alarmed{how: how, over: &over})
						}
					}
					return true
				})))
				for _, h := range ended {
					if how == nil {
						until(t, "all timers are set", func() bool { return over.Load() >= n })
						h.Abort()
					}
					if _, err := h.Wait(soon(t)); (err == nil) != (name == "finished") {
						t.Fatalf("a task that was %s answered %v", name, err)
					}
				}
				for range n { // what is used again is written to
					sched.SpawnDetached(rt, roamer{ran: &over})
				}
				for _, h := range sleepers {
					wait(t, h)
				}
				shutdown(t, rt)
			}
		})
	}
}

// A shutdown drops them, and another runtime uses what they leave.
func TestTimersOfFuturesThatWereShutDownHarmNobody(t *testing.T) {
	for range 3 {
		var over atomic.Int64
		rt := newRuntime(t, sched.Config{Workers: 2})
		for range 500 {
			sched.SpawnDetached(rt, alarmed{over: &over})
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := rt.Shutdown(ctx); errors.Is(err, sched.ErrStuck) {
			t.Fatal(err)
		}
	}
}

// called is a future with a waker's cell by value, that a thread holds.
type called struct {
	cell  waker.AtomicWaker
	shown chan<- *waker.AtomicWaker
	polls int
}

func (c *called) Poll(cx *waker.Context) future.Poll[future.Unit] {
	c.cell.Register(cx.Waker())
	if c.polls++; c.polls == 1 {
		c.shown <- &c.cell
		return future.Pending[future.Unit]()
	}
	return future.Ready(future.Unit{})
}

// Threads wake futures that have just ended: for the race detector to see.
func TestACellOfAFutureThatHasEndedIsNotTouched(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		const n = 300
		cells := make(chan *waker.AtomicWaker, 2*n)
		var hs []sched.JoinHandle[future.Unit]
		for range n {
			hs = append(hs, sched.SpawnValue[future.Unit](rt, called{shown: cells}))
			sched.SpawnDetached(rt, called{shown: cells})
		}
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				limit := soon(t)
				for range n {
					select {
					case cell := <-cells:
						for range 50 {
							cell.Wake()
						}
					case <-limit.Done():
						t.Error("a task has not been polled")
						return
					}
				}
			})
		}
		wg.Wait()
		for _, h := range hs {
			wait(t, h)
		}
	})
}

// A task that was ended on another worker than its owner is used again as well, and one that
// panicked.
func TestWhatOthersEndedIsUsedAgain(t *testing.T) {
	for name, end := range map[string]func(){"returned": func() {}, "panicked": func() { panic("detached") }} {
		t.Run(name, func(t *testing.T) {
			rt := silently(t, 1)
			defer shutdown(t, rt)
			spawn := func() {
				wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
					for range 50 {
						sched.SpawnDetached(cx, ender{end: end})
					}
					return true
				})))
			}
			mustUseAgain(t, spawn)
		})
	}
}

// So is one that no worker spawned.
func TestWhatIsSpawnedOutsideIsUsedAgain(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	var ended atomic.Int64
	total := int64(0)
	spawn := func() {
		for range 50 {
			sched.SpawnDetached(rt, ender{end: func() { ended.Add(1) }})
		}
		total += 50
		until(t, "all have ended", func() bool { return ended.Load() == total })
	}
	mustUseAgain(t, spawn)
}

// mustUseAgain fails if spawn, which has 50 enders run to their end, allocates them each time.
func mustUseAgain(t *testing.T, spawn func()) {
	t.Helper()
	spawn()
	bytes := allocated(func() {
		for range 20 {
			spawn()
		}
	})
	// A panic allocates, less than the task does, whose size this is measured by.
	if bytes > 1000*int64(len(ender{}.room))/2 {
		t.Errorf("1000 tasks of more than %d bytes allocated %d", len(ender{}.room), bytes)
	}
}

type ender struct {
	end  func()
	room [16 << 10]byte
}

func (e *ender) Poll(*waker.Context) future.Poll[future.Unit] {
	e.end()
	return future.Ready(future.Unit{})
}

// allocated returns how many bytes were allocated during f.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// of is a task of a type for each A and B.
type of[A, B any] struct {
	n *atomic.Int64
	_ [4096]byte
	_ [0]A
	_ [0]B
}

func (o *of[A, B]) Poll(*waker.Context) future.Poll[future.Unit] {
	o.n.Add(1)
	return future.Ready(future.Unit{})
}

func spawnOf[A any](cx *waker.Context, n *atomic.Int64) {
	sched.SpawnDetached(cx, of[A, int8]{n: n})
	sched.SpawnDetached(cx, of[A, int16]{n: n})
	sched.SpawnDetached(cx, of[A, int32]{n: n})
	sched.SpawnDetached(cx, of[A, int64]{n: n})
	sched.SpawnDetached(cx, of[A, uint8]{n: n})
	sched.SpawnDetached(cx, of[A, uint16]{n: n})
	sched.SpawnDetached(cx, of[A, uint32]{n: n})
	sched.SpawnDetached(cx, of[A, uint64]{n: n})
	sched.SpawnDetached(cx, of[A, string]{n: n})
	sched.SpawnDetached(cx, of[A, bool]{n: n})
}

// However many types of tasks there are, each has its pool.
func TestEveryTypeOfTaskIsUsedAgain(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	var n atomic.Int64
	round := func() {
		wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
			spawnOf[int8](cx, &n)
			spawnOf[int16](cx, &n)
			spawnOf[int32](cx, &n)
			spawnOf[int64](cx, &n)
			spawnOf[uint8](cx, &n)
			spawnOf[uint16](cx, &n)
			spawnOf[uint32](cx, &n)
			spawnOf[uint64](cx, &n)
			return true
		})))
	}
	round()
	round()
	const rounds = 50
	bytes := allocated(func() {
		for range rounds {
			round()
		}
	})
	if perRound := bytes / rounds; perRound > 2*4096 {
		t.Errorf("80 types of tasks allocate %d bytes a round", perRound)
	}
	if n.Load() == 0 {
		t.Error("nothing ran")
	}
}

// big is a task of 32 KB.
type big struct {
	n *atomic.Int64
	_ [32 << 10]byte
}

func (b *big) Poll(*waker.Context) future.Poll[future.Unit] {
	b.n.Add(1)
	return future.Ready(future.Unit{})
}

// A burst of large tasks keeps little memory, and nothing beyond the end of the runtime.
func TestWhatIsKeptToBeUsedAgainIsBounded(t *testing.T) {
	live := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before, counted := live(), sched.KeptBytes()
	rt := newRuntime(t, sched.Config{Workers: 1})
	var n atomic.Int64
	const tasks, size = 3000, 32 << 10
	release := hold(t, rt)
	for range tasks {
		sched.SpawnDetached(rt, big{n: &n})
	}
	release()
	until(t, "all tasks have run", func() bool { return n.Load() == tasks })
	if kept := live() - before; kept > tasks*size/4 {
		t.Errorf("%d ended tasks of %d bytes keep %d", tasks, size, kept)
	}
	shutdown(t, rt)
	if kept := live() - before; kept > tasks*size/40 {
		t.Errorf("%d ended tasks of %d bytes keep %d beyond the end", tasks, size, kept)
	}
	runtime.KeepAlive(rt)
	if n := sched.KeptBytes(); n != counted {
		t.Errorf("%d bytes are counted as kept after the end, %d before the beginning", n, counted)
	}
}

// What a task used keeps nothing alive once it has ended.
func TestATaskThatHasEndedKeepsNothingAlive(t *testing.T) {
	rt := silently(t, 1)
	defer shutdown(t, rt)
	for name, spawn := range map[string]func(*holder) func(){
		"SpawnValue": func(h *holder) func() {
			j := sched.SpawnValue[future.Unit](rt, *h)
			return func() { _, _ = j.Wait(soon(t)); runtime.KeepAlive(j) }
		},
		"SpawnDetached": func(h *holder) func() { sched.SpawnDetached(rt, *h); return func() {} },
		"with a panic": func(h *holder) func() {
			h.poll = func() { panic("held") }
			sched.SpawnDetached(rt, *h)
			return func() {}
		},
	} {
		refs := make([]weak.Pointer[[64]int], 1)
		done := func() func() {
			thing := new([64]int)
			refs[0] = weak.Make(thing)
			return spawn(&holder{thing: thing, poll: func() {}})
		}()
		done()
		wait(t, sched.Spawn(rt, future.Value(1)))
		until(t, name+": what the task held is collected", func() bool { return testkit.Kept(refs) == 0 })
		done()
	}
}

type holder struct {
	thing *[64]int
	poll  func()
}

func (h *holder) Poll(*waker.Context) future.Poll[future.Unit] {
	h.poll()
	return future.Ready(future.Unit{})
}
