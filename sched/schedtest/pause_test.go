package schedtest_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/schedtest"
	"github.com/magpie-go/magpie/waker"
)

// Advance moves the clock by exactly what it is told, however little.
func TestAdvanceIsExact(t *testing.T) {
	for _, step := range []time.Duration{0, 1, 1234 * time.Microsecond, time.Millisecond, 3_141_592} {
		rt := schedtest.New(t, schedtest.Config{})
		begin := clock.Now()
		for i := range 3 {
			if err := rt.Advance(step); err != nil {
				t.Fatal(err)
			}
			want := time.Duration(i+1) * step
			if got := clock.Since(begin); got != want || rt.Elapsed() != want {
				t.Errorf("%d steps of %v have moved the clock by %v", i+1, step, got)
			}
		}
	}
}

// A sleep ends when the clock has reached its end in steps of any size, polled before or not, and not before.
func TestSleepsEndByAdvance(t *testing.T) {
	for _, polled := range []bool{true, false} {
		rt := schedtest.New(t, schedtest.Config{})
		rt.AutoAdvance(false)
		sleep := clock.Sleep(time.Millisecond)
		var h sched.JoinHandle[future.Unit]
		if polled {
			h = sched.Spawn(rt, future.Box(sleep))
		}
		for range 3 {
			if err := rt.Advance(333333 * time.Nanosecond); err != nil {
				t.Fatal(err)
			}
		}
		if !polled {
			h = sched.Spawn(rt, future.Box(sleep))
		}
		if err := rt.Settle(); err != nil || h.Done() {
			t.Errorf("a sleep of 1 ms has ended after 999,999 ns (%v)", err)
		}
		if err := rt.Advance(1); err != nil || !h.Done() {
			t.Errorf("a sleep of 1 ms has not ended after it (%v)", err)
		}
	}
}

// A sleep that was made before others, in one task, ends at its own time.
func TestSleepsOfOneTask(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{})
	_, err := schedtest.Run(rt, future.Do(func(co *future.Co) error {
		first := future.Box(clock.Sleep(100 * time.Millisecond))
		for _, d := range []time.Duration{99 * time.Millisecond, 2 * time.Millisecond} {
			clock.Sleep(d).Await(co)
			ready := false
			peek := future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
				ready = first.Poll(cx).IsReady()
				return future.Ready(future.Unit{})
			})
			if _, err := future.Await[future.Unit](co, peek); err != nil {
				return err
			}
			if want := rt.Elapsed() >= 100*time.Millisecond; ready != want {
				t.Errorf("after %v a sleep of 100 ms is ready: %t", rt.Elapsed(), ready)
			}
		}
		return nil
	}))
	if err != nil {
		t.Error(err)
	}
}

// Ticks come at their times exactly, and what a sleep has missed is skipped.
func TestIntervalsGoByTheClock(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{})
	begin := clock.Now()
	_, err := schedtest.Run(rt, future.Do(func(co *future.Co) error {
		ticks, err := clock.NewInterval(10 * time.Millisecond)
		if err != nil {
			return err
		}
		defer ticks.Stop()
		for _, want := range []time.Duration{10, 20, 30, 60} {
			if want == 60 {
				clock.Sleep(25 * time.Millisecond).Await(co)
				if due, err := ticks.Await(co); err != nil || due.Sub(begin) != 40*time.Millisecond {
					t.Errorf("a late tick was due at %v (%v)", due.Sub(begin), err)
				}
			}
			due, err := ticks.Await(co)
			if err != nil || due.Sub(begin) != want*time.Millisecond || rt.Elapsed() != want*time.Millisecond {
				t.Errorf("a tick was due at %v and came at %v (%v); want %d ms", due.Sub(begin), rt.Elapsed(), err, want)
			}
		}
		return nil
	}))
	if err != nil {
		t.Error(err)
	}
}

// A function that blocks lets the clock go when it has returned, or panicked, or was never run, also if nobody
// awaits its task.
func TestBlockingLetsTheClockGo(t *testing.T) {
	for name, fn := range map[string]func() (int, error){
		"returns": func() (int, error) { time.Sleep(time.Millisecond); return 7, nil },
		"panics":  func() (int, error) { panic("boom") },
	} {
		t.Run(name, func(t *testing.T) {
			rt := schedtest.New(t, schedtest.Config{})
			h := sched.Spawn(rt, future.Box(future.Blocking(fn)))
			if _, err := schedtest.Run(rt, future.Box(clock.Sleep(15*time.Second))); err != nil || rt.Elapsed() != 15*time.Second || !h.Done() {
				t.Errorf("%v after %v", err, rt.Elapsed())
			}
		})
	}
	t.Run("dropped in line", func(t *testing.T) {
		rt := schedtest.New(t, schedtest.Config{})
		pool := &future.BlockingPool{Limit: 1}
		gate := make(chan struct{})
		running := future.BlockingOn(pool, func() (int, error) { <-gate; return 0, nil })
		_, err := schedtest.Run(rt, future.Do(func(co *future.Co) error {
			first := sched.Spawn(co, future.Box(running))
			future.Yield().Await(co)
			inLine := sched.Spawn(co, future.Box(future.BlockingOn(pool, func() (int, error) { return 0, nil })))
			future.Yield().Await(co)
			inLine.Abort()
			close(gate)
			if _, err := inLine.Await(co); !errors.Is(err, sched.ErrAborted) {
				t.Errorf("an aborted call comes to %v", err)
			}
			_, err := first.Await(co)
			clock.Sleep(time.Second).Await(co)
			return err
		}))
		if err != nil || rt.Elapsed() != time.Second {
			t.Errorf("%v after %v", err, rt.Elapsed())
		}
	})
}

// Random numbers come from the seed, and go on from where they were.
func TestRandomNumbersComeFromTheSeed(t *testing.T) {
	draw := func(seed uint64) (numbers [4]uint64) {
		rt := schedtest.New(t, schedtest.Config{Seed: seed, Workers: 1})
		for i := range numbers {
			f := future.Func(func(cx *waker.Context) future.Poll[uint64] { return future.Ready(cx.Rand()) })
			numbers[i], _ = schedtest.Run[uint64](rt, f)
		}
		return numbers
	}
	first := draw(1)
	if again := draw(1); again != first {
		t.Errorf("seed 1 gives %v and then %v", first, again)
	}
	if other := draw(2); other == first || first[0] == first[1] {
		t.Errorf("seed 1 gives %v, seed 2 %v", first, other)
	}
	cx := waker.FromWaker(waker.Noop())
	if a, b := cx.Rand(), cx.Rand(); a == b {
		t.Error("without an executor a number comes twice")
	}
}

// A clock goes as far as there are times, and no further.
func TestAdvanceHasAnEnd(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{})
	h := sched.Spawn(rt, future.Box(clock.Sleep(time.Hour)))
	const far = 200 * 365 * 24 * time.Hour
	for _, c := range []struct {
		d  time.Duration
		ok bool
	}{{math.MaxInt64, false}, {far, true}, {far, false}, {math.MaxInt64, false}, {time.Second, true}} {
		before := rt.Elapsed()
		err := rt.Advance(c.d)
		if moved := rt.Elapsed() - before; (err == nil) != c.ok || c.ok && moved != c.d || !c.ok && moved != 0 {
			t.Errorf("Advance by %v: %v, and it has moved by %v", c.d, err, moved)
		}
	}
	if !h.Done() {
		t.Error("a sleep of an hour is not over")
	}
}
