package schedtest_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/fileio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/schedtest"
)

// Files are operations that block elsewhere: the clock stands.
func TestFilesHoldTheClock(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{})
	name := filepath.Join(t.TempDir(), "f")
	_, err := schedtest.Run(rt, future.Box(clock.Timeout(future.Do(func(co *future.Co) error {
		if _, err := fileio.WriteFile(name, []byte("text"), 0o600).Await(co); err != nil {
			return err
		}
		text, err := fileio.ReadFile(name).Await(co)
		if string(text) != "text" {
			t.Errorf("read %q", text)
		}
		return err
	}), time.Nanosecond)))
	if err != nil || rt.Elapsed() != 0 {
		t.Errorf("%v after %v", err, rt.Elapsed())
	}
}

// Hold is for work that the runtime cannot know of.
func TestHold(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{})
	r, w := io.Pipe()
	release := rt.Hold()
	go func() {
		time.Sleep(10 * time.Millisecond)
		_, _ = w.Write([]byte("x"))
		time.Sleep(10 * time.Millisecond)
		release()
	}()
	_, _ = r.Read(make([]byte, 1)) // the goroutine is at work
	if _, err := schedtest.Run(rt, future.Box(clock.Sleep(time.Second))); err != nil || rt.Elapsed() != time.Second {
		t.Errorf("%v after %v", err, rt.Elapsed())
	}
}

// What would wait for the runtime on its own worker is refused.
func TestDriversRefuseWorkers(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{})
	_, err := schedtest.Run(rt, future.Do(func(co *future.Co) error {
		for verb, err := range map[string]error{"Settle": rt.Settle(), "Advance": rt.Advance(1)} {
			if !errors.Is(err, sched.ErrOnWorker) {
				t.Errorf("%s in a poll: %v", verb, err)
			}
		}
		return nil
	}))
	if err != nil {
		t.Error(err)
	}
	if err := rt.Sched().Close(); err != nil {
		t.Error(err)
	}
	if err := rt.Settle(); !errors.Is(err, sched.ErrShutdown) {
		t.Errorf("Settle after Close: %v", err)
	}
}

// A future that a goroutine without the clock has made goes by it from its first poll on; one that was made by the
// clock is not waited for elsewhere.
func TestFuturesChangeClocks(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{})
	made := make(chan future.Future[future.Unit])
	go func() { made <- future.Box(clock.Sleep(time.Hour)) }()
	if _, err := schedtest.Run(rt, <-made); err != nil || rt.Elapsed() > time.Hour || rt.Elapsed() < 59*time.Minute {
		t.Errorf("%v after %v; want an hour, as far as that is known", err, rt.Elapsed())
	}
	defer func() {
		if recover() == nil {
			t.Error("a sleep by a test runtime's clock is waited for by the real one")
		}
	}()
	_, _ = future.BlockOn(future.Box(clock.Sleep(time.Hour)))
}

// Close drops what is left, once, and Shutdown lets it end first, by the clock.
func TestTheEnd(t *testing.T) {
	dropped, ended := 0, 0
	t.Run("Close", func(t *testing.T) {
		rt := schedtest.New(t, schedtest.Config{})
		for range 5 {
			sched.Spawn(rt, future.Do(func(co *future.Co) error {
				defer func() { dropped++ }()
				clock.Sleep(time.Hour).Await(co)
				ended++
				return nil
			}))
		}
		if err := rt.Settle(); err != nil {
			t.Error(err)
		}
	})
	if dropped != 5 || ended != 0 {
		t.Errorf("%d tasks were dropped, %d have ended; want 5, 0", dropped, ended)
	}
	t.Run("Shutdown", func(t *testing.T) {
		rt := schedtest.New(t, schedtest.Config{})
		h := sched.Spawn(rt, future.Box(clock.Sleep(time.Hour)))
		if err := rt.Sched().Shutdown(context.Background()); err != nil || !h.Done() || rt.Elapsed() != time.Hour {
			t.Errorf("%v after %v, ended %t", err, rt.Elapsed(), h.Done())
		}
	})
}

// A poll that calls runtime.Goexit ends its task alone, whichever worker it was on.
func TestGoexitInAPoll(t *testing.T) {
	schedtest.Seeds(t, 10, schedtest.Config{}, func(t *testing.T, rt *schedtest.Runtime) {
		for range 3 {
			others := sched.Spawn(rt, future.Do(func(co *future.Co) error {
				for range 3 {
					clock.Sleep(time.Second).Await(co)
				}
				return nil
			}))
			h := sched.Spawn(rt, future.Then(future.Box(future.Yield()), func(future.Unit) future.Future[int] {
				runtime.Goexit()
				return nil
			}))
			if _, err := schedtest.Wait(rt, h); !errors.Is(err, sched.ErrGoexit) {
				t.Errorf("%v; want ErrGoexit", err)
			}
			if _, err := schedtest.Wait(rt, others); err != nil {
				t.Error(err)
			}
		}
	})
}
