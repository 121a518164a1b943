package sched_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// blockOnChannel has a name to be seen in a stack.
func blockOnChannel(polled, release chan struct{}) { close(polled); <-release }

func TestAPollThatBlocksIsReportedOnce(t *testing.T) {
	for _, n := range workerCounts {
		r := newReported()
		rt := newRuntime(t, r.config(sched.Config{Workers: n, StallAfter: 20 * time.Millisecond}))
		polled, release := make(chan struct{}), make(chan struct{})
		h := sched.Spawn(rt, do(func(*waker.Context) bool { blockOnChannel(polled, release); return true }))
		<-polled
		s := receive(t, r.stalls, "a channel receive in a poll")
		if s.For < 20*time.Millisecond || s.Worker < 0 || s.Worker >= n {
			t.Errorf("reported %+v", s)
		}
		for _, part := range []string{"blockOnChannel", "chan receive"} {
			if !strings.Contains(string(s.Stack), part) {
				t.Errorf("the stack lacks %q:\n%s", part, s.Stack)
			}
		}
		if n > 1 { // another stall on another worker is another report, and the first one is not told again
			polled, release := make(chan struct{}), make(chan struct{})
			h := sched.Spawn(rt, do(func(*waker.Context) bool { blockOnChannel(polled, release); return true }))
			if second := receive(t, r.stalls, "the second stall"); second.Worker == s.Worker {
				t.Error("the first stall is reported again")
			}
			close(release)
			wait(t, h)
		}
		close(release)
		wait(t, h)
		shutdown(t, rt)
		if len(r.stalls) != 0 {
			t.Errorf("%d reports too many", len(r.stalls))
		}
	}
}

func lockTwice(co *future.Co, mu *sync.Mutex, locked chan<- struct{}, unlock <-chan struct{}) error {
	mu.Lock()
	defer mu.Unlock()
	close(locked)
	_, err := future.Await(co, future.FromChan(unlock))
	return err
}

// A mutex held across an Await stops the worker of whoever locks it next; the stack says where.
func TestAMutexAcrossAnAwaitIsFound(t *testing.T) {
	r := newReported()
	rt := newRuntime(t, r.config(sched.Config{Workers: 2, StallAfter: 20 * time.Millisecond}))
	var mu sync.Mutex
	locked, unlock := make(chan struct{}), make(chan struct{})
	holder := sched.Spawn(rt, future.Async(func(co *future.Co) (future.Unit, error) {
		return future.Unit{}, lockTwice(co, &mu, locked, unlock)
	}))
	<-locked
	second, had := make(chan struct{}), 0
	waiter := sched.Spawn(rt, future.Async(func(co *future.Co) (future.Unit, error) {
		close(second)
		mu.Lock()
		defer mu.Unlock()
		had++
		return future.Unit{}, nil
	}))
	<-second
	s := receive(t, r.stalls, "a mutex that is held")
	if stack := string(s.Stack); !strings.Contains(stack, "TestAMutexAcrossAnAwaitIsFound") || !strings.Contains(stack, "Mutex).Lock") {
		t.Errorf("the stack lacks the async function that waits for the mutex:\n%s", s.Stack)
	}
	mu.Unlock() // what the holder's worker, perhaps the same, cannot do
	wait(t, waiter)
	mu.Lock()
	close(unlock)
	_, _ = holder.Wait(soon(t))
	shutdown(t, rt)
}

func TestErrStuckCarriesStacks(t *testing.T) {
	r := newReported()
	rt := newRuntime(t, r.config(sched.Config{Workers: 2, StallAfter: sched.NoStall}))
	polled, release := make(chan struct{}), make(chan struct{})
	h := sched.Spawn(rt, do(func(*waker.Context) bool { blockOnChannel(polled, release); return true }))
	<-polled
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := rt.Shutdown(ctx)
	var stuck *sched.StuckError
	if !errors.As(err, &stuck) || !errors.Is(err, sched.ErrStuck) {
		t.Fatalf("Shutdown returned %v", err)
	}
	if len(stuck.Workers) != 1 || !strings.Contains(err.Error(), "blockOnChannel") {
		t.Errorf("Shutdown returned %v", err)
	}
	if err := rt.Close(); !errors.Is(err, sched.ErrStuck) {
		t.Errorf("Close of a runtime that is stuck returned %v", err)
	}
	close(release)
	wait(t, h)
	shutdown(t, rt)
	if len(r.stalls) != 0 {
		t.Error("a stall was reported though StallAfter is NoStall")
	}
}
