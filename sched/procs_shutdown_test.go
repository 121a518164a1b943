package sched_test

import (
	"iter"
	"os"
	"runtime"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// GOMAXPROCS that the program changes while a runtime lives is the program's.
func TestGOMAXPROCSThatTheProgramSets(t *testing.T) {
	if os.Getenv("GOMAXPROCS") != "" {
		t.Skip("the environment sets it")
	}
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	rt := newRuntime(t, sched.Config{Workers: before})
	runtime.GOMAXPROCS(before + 7)
	shutdown(t, rt)
	if got := runtime.GOMAXPROCS(0); got != before+7 {
		t.Errorf("GOMAXPROCS is %d after the shutdown, the program has set %d", got, before+7)
	}
}

// Of several runtimes, ended in the order they were made, those that live keep what they need.
func TestGOMAXPROCSOfSeveralRuntimes(t *testing.T) {
	if os.Getenv("GOMAXPROCS") != "" {
		t.Skip("the environment sets it")
	}
	before := runtime.GOMAXPROCS(0)
	a := newRuntime(t, sched.Config{Workers: before})
	b := newRuntime(t, sched.Config{Workers: before + 2})
	shutdown(t, a)
	if got, want := runtime.GOMAXPROCS(0), before+3; got != want {
		t.Errorf("GOMAXPROCS is %d with one of two runtimes left, want %d", got, want)
	}
	shutdown(t, b)
	if got := runtime.GOMAXPROCS(0); got != before {
		t.Errorf("GOMAXPROCS is %d in the end, was %d", got, before)
	}
}

// While a runtime closes its tasks may still spawn, also from a coroutine that nobody knows of.
func TestTasksSpawnWhileClosing(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var hs []sched.JoinHandle[int]
		closing, begun := rt.Closing(), make(chan struct{})
		first := true
		sched.Spawn(rt, do(func(cx *waker.Context) bool {
			if first {
				first = false
				close(begun)
			}
			if closing.Poll(cx).IsPending() {
				return false
			}
			hs = append(hs, sched.Spawn(cx, future.Value(7)))
			next, stop := iter.Pull(func(func(int) bool) { hs = append(hs, sched.Spawn(cx, future.Value(7))) })
			next()
			stop()
			return true
		}))
		<-begun
		shutdown(t, rt)
		if len(hs) != 2 {
			t.Fatalf("%d tasks were spawned", len(hs))
		}
		for i, h := range hs {
			if runtime.GOOS == "darwin" && i == 1 {
				break // where a coroutine is not recognised
			}
			if v := wait(t, h); v != 7 {
				t.Errorf("a task answered %d, want 7", v)
			}
		}
	})
}
