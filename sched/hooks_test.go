package sched_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// lives notes what hooks are told of each task.
type lives struct {
	mu    sync.Mutex
	of    map[sched.TaskID][]string
	names map[sched.TaskID]string
}

func (l *lives) note(t *testing.T, what string) func(sched.TaskInfo) {
	return func(info sched.TaskInfo) {
		if what == "before" || what == "after" {
			if task, ok := sched.CurrentTask(nil); !ok || task.ID != info.ID || task.Worker != info.Worker {
				t.Errorf("%s a poll of task %v by worker %d CurrentTask is %v", what, info.ID, info.Worker, task)
			}
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.of[info.ID] = append(l.of[info.ID], what)
		if name := info.Name(); name != "" {
			l.names[info.ID] = name
		}
	}
}

// take returns what has been noted of a task.
func (l *lives) take(id sched.TaskID) (life, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.of[id], " "), l.names[id]
}

// Each task is told of when it is spawned, around each of its polls, and when it has ended, in that order and before
// anybody has its result.
func TestHooksTellTheLivesOfTasks(t *testing.T) {
	for _, n := range workerCounts {
		l := &lives{of: map[sched.TaskID][]string{}, names: map[sched.TaskID]string{}}
		ready := make(chan struct{})
		rt := newRuntime(t, sched.Config{Workers: n, Hooks: sched.Hooks{
			Spawn: l.note(t, "spawn"), BeforePoll: l.note(t, "before"), AfterPoll: l.note(t, "after"), End: l.note(t, "end"),
		}})
		polls := 0
		pending := do(func(cx *waker.Context) bool {
			if polls++; polls == 3 {
				return true
			}
			cx.PollAgain()
			return false
		})
		all := []struct {
			name string
			h    sched.JoinHandle[future.Unit]
			want string
		}{
			{"one poll", sched.SpawnWith(rt, sched.Named("one poll"), do(func(*waker.Context) bool { return true })), "spawn before after end"},
			{"three polls", sched.SpawnWith(rt, sched.Named("three polls"), pending), "spawn before after before after before after end"},
			{"panics", sched.SpawnWith(rt, sched.Named("panics"), do(func(*waker.Context) bool { panic("told") })), "spawn before after end"},
			{"child", sched.SpawnWith(rt, sched.Named("parent"), do(func(cx *waker.Context) bool {
				sched.SpawnDetached(cx, signals{ready})
				return true
			})), "spawn before after end"},
		}
		for _, c := range all {
			_, err := c.h.Wait(soon(t))
			if p := (*sched.PanicError)(nil); errors.As(err, &p) != (c.name == "panics") {
				t.Errorf("%s: %v", c.name, err)
			}
			if life, name := l.take(c.h.ID()); life != c.want || c.name != "child" && name != c.name {
				t.Errorf("%s, called %q: %q, want %q", c.name, name, life, c.want)
			}
		}
		heard(t, ready)
		aborted := sched.Spawn(rt, future.Box(clock.Sleep(time.Hour)))
		until(t, "it is pending", func() bool { life, _ := l.take(aborted.ID()); return life == "spawn before after" })
		aborted.Abort()
		aborted.Wait(soon(t))
		if life, name := l.take(aborted.ID()); life != "spawn before after end" || !strings.Contains(name, "clock") {
			t.Errorf("an aborted task called %q: %q", name, life)
		}
		shutdown(t, rt)
		refused := sched.Spawn(rt, future.Value(1))
		if _, err := refused.Wait(soon(t)); !errors.Is(err, sched.ErrShutdown) {
			t.Errorf("a task that was refused comes to %v", err)
		}
		if life, _ := l.take(refused.ID()); life != "spawn end" {
			t.Errorf("a task that was refused: %q", life)
		}
		// The detached one among them, whose end nobody has waited for but Shutdown.
		for id, life := range l.of {
			if spawned, ended := count(life, "spawn"), count(life, "end"); spawned != ended || count(life, "before") != count(life, "after") {
				t.Errorf("task %v: %q", id, life)
			}
		}
		runtime.KeepAlive(all) // or others could have their identities
		if len(l.of) < 6 {
			t.Errorf("%d tasks were told of", len(l.of))
		}
	}
}

func count(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

// signals closes a channel.
type signals struct{ c chan struct{} }

func (s *signals) Poll(*waker.Context) future.Poll[future.Unit] {
	close(s.c)
	return future.Ready(future.Unit{})
}

// The stack of a Spawn hook shows where the task is spawned, and its ID finds that again.
func TestASpawnHookFindsTheSpawner(t *testing.T) {
	for _, n := range []int{1, 2} {
		var spawned, spawners, ended sync.Map
		rt := newRuntime(t, sched.Config{Workers: n, Hooks: sched.Hooks{
			Spawn: func(info sched.TaskInfo) {
				spawners.Store(info.ID, info.Worker)
				var pcs [32]uintptr
				frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
				for f, more := frames.Next(); more; f, more = frames.Next() {
					if strings.Contains(f.Function, "spawnHere") {
						spawned.Store(info.ID, f.Function[strings.LastIndex(f.Function, "."):])
						return
					}
				}
			},
			End: func(info sched.TaskInfo) {
				where, _ := spawned.Load(info.ID)
				ended.Store(info.ID, where)
			},
		}})
		h := spawnHere(rt)
		wait(t, h)
		var child sched.JoinHandle[int]
		worker := -1
		wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
			child, worker = spawnHere(cx), sched.WorkerIndex(cx)
			return true
		})))
		wait(t, child)
		for id, want := range map[sched.TaskID]int{h.ID(): -1, child.ID(): worker} {
			if by, _ := spawners.Load(id); by != want {
				t.Errorf("a task was spawned on worker %v, want %d", by, want)
			}
		}
		for _, id := range []sched.TaskID{h.ID(), child.ID()} {
			if where, _ := ended.Load(id); where != ".spawnHere" {
				t.Errorf("a task was spawned by %v", where)
			}
		}
		shutdown(t, rt)
	}
}

//go:noinline
func spawnHere(s sched.Spawner) sched.JoinHandle[int] { return sched.Spawn(s, future.Value(1)) }

// Every worker says when it starts and stops, and when it goes to sleep and wakes up, in turns.
func TestHooksTellTheLivesOfWorkers(t *testing.T) {
	for _, n := range workerCounts {
		var mu sync.Mutex
		lives := make([][]string, n)
		note := func(what string) func(int) {
			return func(worker int) {
				mu.Lock()
				defer mu.Unlock()
				lives[worker] = append(lives[worker], what)
			}
		}
		rt := newRuntime(t, sched.Config{Workers: n, Hooks: sched.Hooks{
			WorkerStart: note("start"), WorkerStop: note("stop"), Park: note("park"), Unpark: note("unpark"),
		}})
		for i := range n {
			wait(t, sched.SpawnOn(rt, i, do(func(cx *waker.Context) bool {
				mu.Lock()
				defer mu.Unlock()
				if on := lives[sched.WorkerIndex(cx)]; len(on) == 0 || on[0] != "start" {
					t.Errorf("worker %d polls after %q", i, on)
				}
				return true
			})))
			sched.SpawnOn(rt, i, do(func(*waker.Context) bool { panic("told") })).Wait(soon(t)) // its loop begins anew
		}
		until(t, "all sleep", func() bool { return asleep(rt.Metrics()) })
		shutdown(t, rt)
		for i, life := range lives {
			want := []string{"start"}
			for range count(life, "park") {
				want = append(want, "park", "unpark")
			}
			if want = append(want, "stop"); !slices.Equal(life, want) || len(life) < 4 {
				t.Errorf("worker %d: %q", i, life)
			}
		}
	}
}

// A worker does not sleep on what its Park hook has woken or spawned.
func TestAWorkerSeesWhatItsParkHookDoes(t *testing.T) {
	for _, n := range workerCounts {
		var rt *sched.Runtime
		var armed, woken atomic.Bool
		var parked waker.AtomicWaker
		var act func(worker int) sched.JoinHandle[future.Unit]
		hs := make(chan sched.JoinHandle[future.Unit], 1)
		rt = newRuntime(t, sched.Config{Workers: n, Hooks: sched.Hooks{Park: func(worker int) {
			if armed.CompareAndSwap(true, false) {
				hs <- act(worker)
			}
		}}})
		ready := func() future.Future[future.Unit] { return do(func(*waker.Context) bool { return true }) }
		for what, does := range map[string]func(worker int) sched.JoinHandle[future.Unit]{
			"a task is woken": func(int) sched.JoinHandle[future.Unit] {
				woken.Store(true)
				parked.Wake()
				return sched.Spawn(rt, ready())
			},
			"a task is spawned": func(int) sched.JoinHandle[future.Unit] { return sched.Spawn(rt, ready()) },
			"a task is bound":   func(worker int) sched.JoinHandle[future.Unit] { return sched.SpawnOn(rt, worker, ready()) },
			"a task that sleeps": func(int) sched.JoinHandle[future.Unit] {
				return sched.Spawn[future.Unit](rt, future.Box(clock.Sleep(time.Millisecond)))
			},
		} {
			woken.Store(what != "a task is woken")
			waits := sched.Spawn(rt, do(func(cx *waker.Context) bool {
				parked.Register(cx.Waker())
				return woken.Load()
			}))
			act = does
			armed.Store(true)
			wait(t, sched.Spawn(rt, future.Value(1))) // after which a worker parks
			select {
			case h := <-hs:
				wait(t, h)
			case <-soon(t).Done():
				t.Fatalf("%s: no worker has called the hook", what)
			}
			wait(t, waits)
		}
		shutdown(t, rt)
	}
}

// A task is woken by another one that a second goroutine runs.
func TestARunIsWokenByAnother(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var at waker.AtomicWaker
		var mu sync.Mutex
		told := false
		parked := make(chan struct{}, 1)
		var other sync.WaitGroup
		other.Go(func() {
			<-parked
			_, err := sched.Run(context.Background(), rt, do(func(*waker.Context) bool {
				mu.Lock()
				told = true
				mu.Unlock()
				at.Wake()
				return true
			}))
			if err != nil {
				t.Error(err)
			}
		})
		_, err := sched.Run(soon(t), rt, do(func(cx *waker.Context) bool {
			at.Register(cx.Waker())
			select {
			case parked <- struct{}{}:
			default:
			}
			mu.Lock()
			defer mu.Unlock()
			return told
		}))
		if err != nil {
			t.Error(err)
		}
		other.Wait()
	})
}

// To call hooks allocates nothing.
func TestHooksAllocateNothing(t *testing.T) {
	var calls atomic.Int64
	hook := func(info sched.TaskInfo) { calls.Add(1) }
	rt := newRuntime(t, sched.Config{Workers: 1, Hooks: sched.Hooks{Spawn: hook, BeforePoll: hook, AfterPoll: hook, End: hook}})
	defer shutdown(t, rt)
	allocs := testing.AllocsPerRun(50, func() {
		wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
			for range 100 {
				sched.SpawnDetached(cx, parent{func() {}, 3})
			}
			return true
		})))
	})
	if allocs > 30 { // some for Spawn, Wait and their closures
		t.Errorf("%v allocations for 100 detached tasks", allocs)
	}
	if calls.Load() < 50*100*(4+2*3) {
		t.Errorf("hooks were called %d times", calls.Load())
	}
}
