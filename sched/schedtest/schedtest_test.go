package schedtest_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/schedtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A sleep takes no real time, and exactly as much of the clock's.
func TestTheClockJumps(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{})
	begin := rt.Now()
	if _, err := schedtest.Run(rt, future.Box(clock.Sleep(time.Hour+time.Nanosecond))); err != nil {
		t.Fatal(err)
	}
	if d := rt.Now().Sub(begin); d != time.Hour+time.Nanosecond {
		t.Errorf("a sleep took %v by the clock", d)
	}
}

// Async functions see the clock, and sleeps end in the order of their times, not of the ticks of the wheel.
func TestSleepsEndInOrder(t *testing.T) {
	schedtest.Seeds(t, 10, schedtest.Config{}, func(t *testing.T, rt *schedtest.Runtime) {
		var ended []int
		for i := range 20 {
			d := time.Duration((i*7)%20) * time.Microsecond
			sched.Spawn(rt, future.Do(func(co *future.Co) error {
				begin := clock.Now()
				clock.Sleep(d).Await(co)
				if took := clock.Since(begin); took != d {
					t.Errorf("a sleep of %v took %v", d, took)
				}
				ended = append(ended, int(d/time.Microsecond))
				return nil
			}))
		}
		if err := rt.Advance(time.Millisecond); err != nil {
			t.Fatal(err)
		}
		for i, d := range ended {
			if d != i {
				t.Fatalf("sleeps have ended in the order %v", ended)
			}
		}
		if len(ended) != 20 || rt.Elapsed() != time.Millisecond {
			t.Errorf("%d sleeps have ended in %v", len(ended), rt.Elapsed())
		}
	})
}

// order runs many tasks that wake one another, and returns what was polled where.
func order(t *testing.T, seed uint64) (steps []schedtest.Step, draws []uint64) {
	t.Run(fmt.Sprint(seed), func(t *testing.T) {
		rt := schedtest.New(t, schedtest.Config{Seed: seed, OnStep: func(s schedtest.Step) { steps = append(steps, s) }})
		_, err := schedtest.Run(rt, future.Do(func(co *future.Co) error {
			var set sched.JoinSet[int]
			for i := range 20 {
				set.Spawn(co, future.Async(func(co *future.Co) (int, error) {
					for range i % 5 {
						future.Yield().Await(co)
						clock.Sleep(time.Duration(i) * time.Millisecond).Await(co)
					}
					return i, nil
				}))
				set.Spawn(co, future.Map(future.Box(future.Yield()), func(future.Unit) int { return i }))
			}
			for set.Len() > 0 {
				n, err := set.Next().Await(co)
				if err != nil {
					return err
				}
				draws = append(draws, uint64(n))
			}
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
	})
	return steps, draws
}

// The same seed gives the same polls and steals, another one others.
func TestASeedIsAnOrder(t *testing.T) {
	steps, draws := order(t, 1)
	again, drawn := order(t, 1)
	if fmt.Sprint(steps) != fmt.Sprint(again) || fmt.Sprint(draws) != fmt.Sprint(drawn) {
		t.Errorf("seed 1 gave\n%v\nand then\n%v", steps, again)
	}
	stolen := false
	for _, s := range steps {
		stolen = stolen || s.From >= 0
	}
	if !stolen {
		t.Error("nothing was stolen")
	}
	for seed := uint64(2); ; seed++ {
		if seed == 20 {
			t.Fatal("all seeds give one order")
		}
		if other, _ := order(t, seed); fmt.Sprint(other) != fmt.Sprint(steps) {
			break
		}
	}
}

// Functions that block have the clock stand until they have returned.
func TestBlockingHoldsTheClock(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{})
	slow := future.Blocking(func() (int, error) {
		time.Sleep(20 * time.Millisecond)
		return 7, nil
	})
	if v, err := schedtest.Run(rt, future.Box(clock.Timeout(slow, time.Millisecond))); v != 7 || err != nil {
		t.Errorf("%d, %v; want 7, before the timeout", v, err)
	}
	if d := rt.Elapsed(); d != 0 {
		t.Errorf("the clock has moved by %v", d)
	}
	gate := make(chan struct{})
	_, err := schedtest.Run(rt, future.Do(func(co *future.Co) error {
		h := sched.Spawn(co, future.Box(future.Blocking(func() (int, error) { <-gate; return 0, nil })))
		future.Yield().Await(co)
		h.Abort() // what it runs goes on
		close(gate)
		_, err := h.Await(co)
		if !errors.Is(err, sched.ErrAborted) {
			t.Errorf("an aborted task comes to %v", err)
		}
		return nil
	}))
	if err != nil || rt.Settle() != nil || rt.Elapsed() != 0 {
		t.Errorf("%v after %v", err, rt.Elapsed())
	}
}

// A channel that a goroutine sends to in a while is waited for; one that nobody sends to is not, for longer than Grace.
func TestChannelsAreWaitedForAWhile(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{})
	ch := make(chan int)
	go func() {
		time.Sleep(10 * time.Millisecond)
		ch <- 7
	}()
	if v, err := schedtest.Run(rt, future.Box(clock.Timeout(future.FromChan(ch), time.Hour))); v != 7 || err != nil {
		t.Errorf("%d, %v; want 7, before the timeout", v, err)
	}
	impatient := schedtest.New(t, schedtest.Config{Grace: time.Millisecond})
	_, err := schedtest.Run(impatient, future.Box(clock.Timeout(future.FromChan(make(chan int)), time.Hour)))
	if !errors.Is(err, clock.ErrTimeout) || impatient.Elapsed() != time.Hour {
		t.Errorf("%v after %v; want a timeout after an hour", err, impatient.Elapsed())
	}
}

// A deadlock is an error that says where each task stands.
func TestDeadlocksAreListed(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{Grace: time.Millisecond})
	var first sched.JoinHandle[future.Unit]
	second := sched.Spawn(rt, future.Do(func(co *future.Co) error {
		_, err := first.Await(co)
		return err
	}))
	first = sched.Spawn(rt, future.Do(func(co *future.Co) error {
		_, err := second.Await(co)
		return err
	}))
	_, err := schedtest.Wait(rt, first)
	var deadlock *schedtest.DeadlockError
	if !errors.As(err, &deadlock) || len(deadlock.Tasks) != 2 {
		t.Fatalf("%v; want a deadlock of two tasks", err)
	}
	for _, task := range deadlock.Tasks {
		if len(task.Frames) < 2 {
			t.Errorf("of %s nothing is told but %v", task.Name, task.Frames)
		}
	}
	t.Log(err)
}

// With AutoAdvance off time stands until it is moved.
func TestAdvance(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{Grace: time.Millisecond})
	rt.AutoAdvance(false)
	h := sched.Spawn(rt, future.Box(clock.Sleep(time.Second)))
	var deadlock *schedtest.DeadlockError
	if _, err := schedtest.Wait(rt, h); !errors.As(err, &deadlock) || deadlock.Timers != 1 {
		t.Errorf("%v; want a deadlock with a timer", err)
	}
	if err := rt.Advance(time.Second - 1); err != nil || h.Done() {
		t.Errorf("%v, ended %t a nanosecond too early", err, h.Done())
	}
	if err := rt.Advance(1); err != nil || !h.Done() {
		t.Errorf("%v, ended %t in time", err, h.Done())
	}
	if err := rt.Advance(-1); err == nil {
		t.Error("time has gone back")
	}
}

// Polls that panic, and that call runtime.Goexit, end their tasks alone.
func TestPanicsEndTasks(t *testing.T) {
	schedtest.Seeds(t, 5, schedtest.Config{}, func(t *testing.T, rt *schedtest.Runtime) {
		var all []sched.JoinHandle[future.Unit]
		for range 8 {
			all = append(all, sched.Spawn(rt, future.Do(func(co *future.Co) error {
				future.Yield().Await(co)
				panic("boom")
			})))
		}
		fine := sched.Spawn(rt, future.Box(clock.Sleep(time.Second)))
		for _, h := range all {
			var p *sched.PanicError
			if _, err := schedtest.Wait(rt, h); !errors.As(err, &p) {
				t.Errorf("%v; want a panic", err)
			}
		}
		if _, err := schedtest.Wait(rt, fine); err != nil {
			t.Error(err)
		}
	})
}

// What cannot be meant fails a test, which would wait for ever or test nothing.
func TestWhatCannotBeMeant(t *testing.T) {
	for what, c := range map[string]struct {
		run  func(t *testing.T)
		says string
	}{
		"grace": {func(t *testing.T) { schedtest.New(t, schedtest.Config{Grace: -time.Second}) }, "Config.Grace is -1s; want NoJump"},
		"seeds": {func(t *testing.T) {
			schedtest.Seeds(t, 0, schedtest.Config{}, func(*testing.T, *schedtest.Runtime) {})
		}, "Seeds of 0 orders: want 1 or more"},
	} {
		if own := os.Getenv("SCHEDTEST_MEANT"); own == what {
			c.run(t)
		} else if own == "" {
			out, err := testkit.Again(t.Name(), "SCHEDTEST_MEANT="+what).CombinedOutput()
			if err == nil || !strings.Contains(string(out), c.says) {
				t.Errorf("%s: %v\n%s", what, err, out)
			}
		}
	}
}

// The environment names the one order that is run, whatever the test says.
func TestSeedsOfTheEnvironment(t *testing.T) {
	t.Setenv("MAGPIE_SEED", "7")
	var names []string
	schedtest.Seeds(t, 3, schedtest.Config{Seed: 100}, func(t *testing.T, _ *schedtest.Runtime) { names = append(names, t.Name()) })
	if len(names) != 1 || names[0] != t.Name()+"/seed=7" {
		t.Errorf("run were %q", names)
	}
}
