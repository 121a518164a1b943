package sched_test

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// hooksThat returns hooks that all do the same.
func hooksThat(do func(hook string)) sched.Hooks {
	task := func(hook string) func(sched.TaskInfo) { return func(sched.TaskInfo) { do(hook) } }
	worker := func(hook string) func(int) { return func(int) { do(hook) } }
	return sched.Hooks{
		WorkerStart: worker("WorkerStart"), WorkerStop: worker("WorkerStop"), Park: worker("Park"), Unpark: worker("Unpark"),
		Spawn: task("Spawn"), BeforePoll: task("BeforePoll"), AfterPoll: task("AfterPoll"), End: task("End"),
	}
}

// All hooks panic, always: every panic is told, and no task and no worker comes to harm.
func TestPanicsOfHooksAreTold(t *testing.T) {
	for _, n := range workerCounts {
		var mu sync.Mutex
		told := map[string]bool{}
		rt := newRuntime(t, sched.Config{
			Workers: n,
			Hooks:   hooksThat(func(hook string) { panic("in " + hook) }),
			OnPanic: func(p *sched.PanicError) {
				mu.Lock()
				defer mu.Unlock()
				name, of := strings.CutPrefix(p.Task, "sched.Hooks.")
				if told[name] = true; !of || p.Value != "in "+name || !strings.Contains(string(p.Stack), "hooks_fail_test.go") {
					t.Errorf("a panic of a hook is told as %v of %q, from\n%s", p.Value, p.Task, p.Stack)
				}
			},
		})
		for range 10 {
			var child sched.JoinHandle[string]
			h := sched.Spawn(rt, do(func(cx *waker.Context) bool {
				child = sched.SpawnValue[string](cx, countdown{3})
				return true
			}))
			wait(t, h)
			if got := wait(t, child); got != "done" {
				t.Errorf("a task among hooks that panic comes to %q", got)
			}
			_, err := sched.Spawn(rt, do(func(*waker.Context) bool { panic("my own") })).Wait(soon(t))
			if p := (*sched.PanicError)(nil); !errors.As(err, &p) || p.Value != "my own" {
				t.Errorf("a task that panics comes to %v", err)
			}
		}
		if rt.Metrics().HookPanics < 10*(2+1+4+2) {
			t.Errorf("%d panics of hooks are counted", rt.Metrics().HookPanics)
		}
		shutdown(t, rt)
		mu.Lock()
		if len(told) != 8 {
			t.Errorf("only the panics of %v were told", told)
		}
		mu.Unlock()
	}
}

// A hook that calls runtime.Goexit ends a task at most; whoever waits for it is told, and the worker goes on.
func TestGoexitOfHooks(t *testing.T) {
	for _, n := range workerCounts {
		for _, hook := range []string{"WorkerStart", "WorkerStop", "Park", "Unpark", "Spawn", "BeforePoll", "AfterPoll", "End"} {
			var armed atomic.Bool
			rt := newRuntime(t, sched.Config{Workers: n, Hooks: hooksThat(func(at string) {
				if at == hook && (strings.HasPrefix(hook, "Worker") || armed.CompareAndSwap(true, false)) {
					runtime.Goexit()
				}
			})})
			f := &saysDrop{}
			isDropped := func() bool { return f.dropped.Load() }
			armed.Store(true)
			handle := make(chan sched.JoinHandle[int], 1)
			go func() { // which a Spawn hook ends
				defer close(handle)
				handle <- sched.Spawn[int](rt, f)
			}()
			if h, spawned := <-handle; spawned == (hook == "Spawn") {
				t.Errorf("%s: Spawn has returned: %v", hook, spawned)
			} else if spawned {
				v, err := h.Wait(soon(t))
				if hook == "BeforePoll" {
					until(t, "the future of a task that ends before its poll is dropped", isDropped)
					if !errors.Is(err, sched.ErrGoexit) {
						t.Errorf("%s: the task comes to %v", hook, err)
					}
				} else if v != 1 || err != nil {
					t.Errorf("%s: the task comes to %d, %v", hook, v, err)
				}
			} else {
				until(t, "the future of a task that was not spawned is dropped", isDropped)
			}
			for range 3 * n { // and all goes on
				wait(t, sched.Spawn(rt, future.Value(1)))
			}
			until(t, "every task has ended", func() bool { m := rt.Metrics(); return m.Spawned == m.Finished })
			shutdown(t, rt)
		}
	}
}

// A task whose AfterPoll calls runtime.Goexit while it is pending ends, also if the poll has panicked.
func TestGoexitAfterAPollThatIsNotReady(t *testing.T) {
	for _, panics := range []bool{false, true} {
		var armed atomic.Bool
		rt := newRuntime(t, sched.Config{Workers: 1, Hooks: sched.Hooks{AfterPoll: func(sched.TaskInfo) {
			if armed.CompareAndSwap(true, false) {
				runtime.Goexit()
			}
		}}})
		armed.Store(true)
		_, err := sched.Spawn(rt, do(func(*waker.Context) bool {
			if panics {
				panic("and its hook ends the goroutine")
			}
			return false
		})).Wait(soon(t))
		if !errors.Is(err, sched.ErrGoexit) {
			t.Errorf("panics %v: the task comes to %v", panics, err)
		}
		if got := wait(t, sched.SpawnValue[string](rt, countdown{2})); got != "done" {
			t.Errorf("the next task comes to %q", got)
		}
		shutdown(t, rt)
	}
}

// saysDrop is ready at once, unless it is dropped before.
type saysDrop struct{ dropped atomic.Bool }

func (d *saysDrop) Poll(*waker.Context) future.Poll[int] { return future.Ready(1) }
func (d *saysDrop) Drop()                                { d.dropped.Store(true) }
