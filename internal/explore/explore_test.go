//go:build explore

package explore_test

import (
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
)

// finds explores a model that is wrong, checks that the explorer says so, and that
// the schedule it prints fails in the same way when replayed.
func finds(t *testing.T, kind explore.FailureKind, body func(x *explore.Run)) *explore.Failure {
	t.Helper()
	r := explore.Explore(explore.Config{}, body)
	if r.Failure == nil {
		t.Fatalf("%d schedules, complete: %v, and no failure; want a %s", r.Schedules, r.Complete, kind)
	}
	if r.Failure.Kind != kind {
		t.Fatalf("want a %s, got %v", kind, r.Failure)
	}
	again := explore.Explore(explore.Config{Replay: r.Failure.Seed}, body)
	if again.Failure == nil || again.Failure.Kind != kind {
		t.Fatalf("replay of %s: want a %s, got %v", r.Failure.Seed, kind, again.Failure)
	}
	if again.Failure.Table != r.Failure.Table {
		t.Fatalf("the replay went another way:\n%s\nthan the failure:\n%s", again.Failure.Table, r.Failure.Table)
	}
	return r.Failure
}

func holds(t *testing.T, body func(x *explore.Run)) explore.Result {
	t.Helper()
	r := explore.Check(t, explore.Config{}, body)
	if !r.Complete {
		t.Fatal("not complete")
	}
	return r
}

func TestLostUpdateIsFound(t *testing.T) {
	type counter struct{ n word.Int32 }
	f := finds(t, explore.Assertion, func(x *explore.Run) {
		var c counter
		x.Label("counter", &c)
		for range 2 {
			x.Go("", func() { c.n.Store(c.n.Load() + 1) })
		}
		x.Finally(func() { x.Assert(c.n.Load() == 2, "counted %d", c.n.Load()) })
	})
	for _, want := range []string{"counted 1", "load", "counter.n", "0 → 1", "thread 1", "explore_test.go:"} {
		if !strings.Contains(f.Error(), want) {
			t.Errorf("the report does not contain %q:\n%v", want, f)
		}
	}
}

func TestAddLosesNothing(t *testing.T) {
	holds(t, func(x *explore.Run) {
		var n word.Int32
		for range 3 {
			x.Go("", func() { n.Inc() })
		}
		x.Finally(func() { x.Assert(n.Load() == 3, "counted %d", n.Load()) })
	})
}

// peterson is Peterson's lock for two threads; giveWay false leaves out the turn,
// early sets the flag too late.
func peterson(giveWay, late bool) func(x *explore.Run) {
	return func(x *explore.Run) {
		var flag [2]word.Bool
		var turn, inside word.Int32
		for me := range 2 {
			x.Go("", func() {
				other := 1 - me
				if !late {
					flag[me].Store(true)
				}
				if giveWay {
					turn.Store(int32(other))
				}
				if late {
					flag[me].Store(true)
				}
				for flag[other].Load() && turn.Load() == int32(other) {
					word.Spin()
				}
				x.Assert(inside.Inc() == 1, "two threads in the critical section")
				inside.Dec()
				flag[me].Store(false)
			})
		}
	}
}

func TestPeterson(t *testing.T) {
	holds(t, peterson(true, false))
	finds(t, explore.Assertion, peterson(false, false))
	finds(t, explore.Assertion, peterson(true, true))
}

// With the store buffers of the hardware both threads could read 0. Go's atomics
// do not allow it.
func TestAtomicsAreSequentiallyConsistent(t *testing.T) {
	seen := map[[2]int32]bool{}
	holds(t, func(x *explore.Run) {
		var a, b word.Int32
		var got [2]int32
		x.Go("", func() { a.Store(1); got[0] = b.Load() })
		x.Go("", func() { b.Store(1); got[1] = a.Load() })
		x.Finally(func() {
			seen[got] = true
			x.Assert(got != [2]int32{0, 0}, "store buffering")
		})
	})
	if len(seen) != 3 {
		t.Fatalf("saw the outcomes %v, want all three", seen)
	}
}

func TestDeadlockIsFound(t *testing.T) {
	f := finds(t, explore.Deadlock, func(x *explore.Run) {
		var a, b explore.Mutex
		x.Label("a", &a)
		x.Label("b", &b)
		x.Go("ab", func() { a.Lock(); b.Lock(); b.Unlock(); a.Unlock() })
		x.Go("ba", func() { b.Lock(); a.Lock(); a.Unlock(); b.Unlock() })
	})
	if !strings.Contains(f.Message, "ab waits to lock b") || !strings.Contains(f.Message, "ba waits to lock a") {
		t.Errorf("the report does not say who waits for what: %v", f)
	}
	holds(t, func(x *explore.Run) {
		var a, b explore.Mutex
		for range 2 {
			x.Go("", func() { a.Lock(); b.Lock(); b.Unlock(); a.Unlock() })
		}
	})
}

// sleeper goes to sleep when there is no work; recheck looks once more after it
// has said so.
func sleeper(recheck bool) func(x *explore.Run) {
	return func(x *explore.Run) {
		var work, asleep word.Bool
		var wake explore.Event
		x.Go("worker", func() {
			for !work.Load() {
				asleep.Store(true)
				if !recheck || !work.Load() {
					wake.Wait()
				}
			}
		})
		x.Go("submitter", func() {
			work.Store(true)
			if asleep.Load() {
				wake.Set()
			}
		})
		x.WhenStuck(func() string {
			if work.Load() {
				return "the worker sleeps, and there is work"
			}
			return ""
		})
	}
}

func TestLostWakeupIsFound(t *testing.T) {
	f := finds(t, explore.LostWakeup, sleeper(false))
	if !strings.Contains(f.Message, "there is work") {
		t.Errorf("the diagnosis of the model is missing: %v", f)
	}
	holds(t, sleeper(true))
}

func TestStuckMayBeAccepted(t *testing.T) {
	ended := 0
	holds(t, func(x *explore.Run) {
		var never explore.Event
		x.Go("", func() { never.Wait() })
		x.WhenStuck(func() string { return "" })
		x.Finally(func() {
			x.Assert(x.Stuck(), "not stuck")
			ended++
		})
	})
	if ended != 1 {
		t.Fatalf("Finally ran %d times, want once", ended)
	}
}

func TestDataRaceIsFound(t *testing.T) {
	model := func(publish func(ready *word.Bool) bool) func(x *explore.Run) {
		return func(x *explore.Run) {
			ready, data := new(word.Bool), new(int)
			x.Label("data", data)
			x.Go("writer", func() {
				word.Write(unsafe.Pointer(data))
				*data = 42
				ready.Store(true)
			})
			x.Go("reader", func() {
				if publish(ready) {
					word.Read(unsafe.Pointer(data))
					x.Assert(*data == 42, "read %d", *data)
				}
			})
		}
	}
	holds(t, model(func(ready *word.Bool) bool { return ready.Load() }))
	f := finds(t, explore.DataRace, model(func(*word.Bool) bool { return true }))
	if !strings.Contains(f.Message, "data") {
		t.Errorf("the report does not name the memory: %v", f)
	}
	// Writing to the same word is no synchronisation.
	finds(t, explore.DataRace, model(func(ready *word.Bool) bool { ready.Store(true); return true }))
}

func TestWritesAfterReadsRace(t *testing.T) {
	finds(t, explore.DataRace, func(x *explore.Run) {
		done, data := new(word.Bool), new(int)
		x.Go("reader", func() { done.Load(); word.Read(unsafe.Pointer(data)) })
		x.Go("writer", func() { done.Store(true); word.Write(unsafe.Pointer(data)) })
	})
}

func TestLivelockIsFound(t *testing.T) {
	f := finds(t, explore.Livelock, func(x *explore.Run) {
		var n word.Int32
		for range 2 {
			x.Go("", func() {
				for n.Inc() < 0 || n.Dec() >= 0 { // for ever
				}
			})
		}
	})
	if !strings.Contains(f.Table, "left out") {
		t.Errorf("a table of %d lines was not cut", strings.Count(f.Table, "\n"))
	}
}

func TestSpinWaitsForAWrite(t *testing.T) {
	r := holds(t, func(x *explore.Run) {
		var go1, go2 word.Bool
		x.Go("", func() {
			for !go1.Load() {
				word.Spin()
			}
			go2.Store(true)
		})
		x.Go("", func() {
			go1.Store(true)
			for !go2.Load() {
				word.Spin()
			}
		})
	})
	if r.MaxDepth > 6 {
		t.Errorf("%d steps in a schedule: spinning threads took turns", r.MaxDepth)
	}
	finds(t, explore.Deadlock, func(x *explore.Run) {
		var never word.Bool
		x.Go("", func() {
			for !never.Load() {
				word.Spin()
			}
		})
	})
}

func TestPanicIsReported(t *testing.T) {
	f := finds(t, explore.Assertion, func(x *explore.Run) {
		var n word.Int32
		x.Go("", func() { n.Store(1) })
		x.Go("divider", func() { _ = 1 / n.Load() })
	})
	if !strings.Contains(f.Message, "divider: panic: runtime error: integer divide by zero") {
		t.Errorf("report: %v", f)
	}
}

func TestModelMustBeDeterministic(t *testing.T) {
	runs := 0
	r := explore.Explore(explore.Config{}, func(x *explore.Run) {
		runs++
		var a, b word.Int32
		x.Go("", func() {
			if runs%2 == 0 {
				a.Store(1)
			}
			b.Store(1)
		})
		x.Go("", func() { b.Store(2) })
	})
	if r.Failure == nil || r.Failure.Kind != explore.Nondeterminism {
		t.Fatalf("a model that changes from run to run: %+v", r)
	}
}

// Deferred calls that recover must not keep an abandoned thread going.
func TestAbandonedThreadsUnwind(t *testing.T) {
	holds(t, func(x *explore.Run) {
		var n word.Int32
		var never explore.Event
		x.Go("", func() {
			defer func() { _ = recover(); n.Inc() }()
			never.Wait()
		})
		x.Go("", func() { n.Inc() })
		x.WhenStuck(func() string { return "" })
		x.Finally(func() { x.Assert(n.Load() == 1, "an abandoned thread did a step: %d", n.Load()) })
	})
}

// A thread whose function calls runtime.Goexit ends there, its deferred calls done: the
// other threads, and the schedules to come, go on.
func TestGoexitEndsTheThread(t *testing.T) {
	for range 2 {
		r := holds(t, func(x *explore.Run) {
			var n word.Int32
			x.Go("", func() { n.Inc() })
			x.Go("", func() {
				defer n.Inc()
				n.Inc()
				runtime.Goexit()
				n.Store(-1)
			})
			x.Finally(func() { x.Assert(n.Load() == 3, "%d operations", n.Load()) })
		})
		if r.Schedules != 3 {
			t.Errorf("%d schedules of one operation among two", r.Schedules)
		}
	}
}
