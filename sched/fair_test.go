package sched_test

import (
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Fairness is counted in polls: while the tasks that could starve another one are polled so
// many times, that one is polled at least so often.

// shares polls tasks of two kinds in turns until one has had n polls, and returns how many
// the other had meanwhile.
type shares struct {
	polls [2]atomic.Int64
	n     int64
}

// over notes a poll of a kind and reports whether the test is over.
func (s *shares) over(kind int) bool {
	if s.polls[0].Load() >= s.n || s.polls[1].Load() >= s.n {
		return true
	}
	s.polls[kind].Add(1)
	return false
}

// restless is a task that wants to be polled again, until the test is over.
func (s *shares) restless(kind int) future.Future[future.Unit] {
	return do(func(cx *waker.Context) bool {
		if s.over(kind) {
			return true
		}
		cx.PollAgain()
		return false
	})
}

// pair spawns two tasks that wake one another in turns, so that one always stands in the LIFO
// slot, until the test is over.
func (s *shares) pair(t *testing.T, rt *sched.Runtime, kind int) (hs []sched.JoinHandle[future.Unit]) {
	var cells [2]waker.AtomicWaker
	var turn atomic.Int64
	for me := range int64(2) {
		hs = append(hs, sched.Spawn(rt, do(func(cx *waker.Context) bool {
			if s.over(kind) {
				cells[1-me].Wake()
				return true
			}
			cells[me].Register(cx.Waker())
			if turn.Load() == me {
				turn.Store(1 - me)
				cells[1-me].Wake()
			}
			return false
		})))
	}
	return hs
}

// The intervals are those whose parity, or that of a round of the LIFO slot, let one of the
// queues always come off worst, and the extremes.
var intervals = []int{1, 2, 3, 4, 61, 64, 128, math.MaxInt}

// Neither a plain task nor one bound to the worker waits until the other one's queue is empty,
// whatever stands in the LIFO slot.
func TestQueuesTakeTurnsAtAnyInterval(t *testing.T) {
	const n = 5000
	for _, interval := range intervals {
		rt := newRuntime(t, sched.Config{Workers: 1, EventInterval: interval})
		for _, lifo := range []bool{false, true} {
			s, other := &shares{n: n}, &shares{n: math.MaxInt64}
			stop := hold(t, rt)
			hs := []sched.JoinHandle[future.Unit]{
				sched.Spawn(rt, s.restless(0)),
				sched.Spawn(rt, future.Async(func(co *future.Co) (u future.Unit, err error) {
					_, err = future.Await(co, s.restless(1))
					return u, err
				})),
			}
			if lifo {
				hs = append(hs, other.pair(t, rt, 0)...)
			}
			stop()
			for _, h := range hs[:2] {
				wait(t, h)
			}
			for _, h := range hs[2:] {
				h.Abort()
				_, _ = h.Wait(soon(t))
			}
			for kind, what := range []string{"a plain task", "an async function"} {
				if got := s.polls[kind].Load(); got < n/3 {
					t.Errorf("EventInterval %d, LIFO slot in use %v: %s had %d polls while the other had %d", interval, lifo, what, got, n)
				}
			}
		}
		shutdown(t, rt)
	}
}

// Tasks that wake one another do not keep others from being polled.
func TestTheLIFOSlotLetsOthersRun(t *testing.T) {
	const n = 4000
	for _, interval := range intervals {
		rt := newRuntime(t, sched.Config{Workers: 1, EventInterval: interval})
		s := &shares{n: n}
		stop := hold(t, rt)
		hs := append(s.pair(t, rt, 0), sched.Spawn(rt, s.restless(1)))
		stop()
		for _, h := range hs {
			wait(t, h)
		}
		if got := s.polls[1].Load(); got < n/4 {
			t.Errorf("EventInterval %d: a task was polled %d times while two that wake one another were polled %d times", interval, got, n)
		}
		shutdown(t, rt)
	}
}

// A worker in long polls looks around after each: what comes in from outside, and a timer, wait
// for two of them at most, not for EventInterval.
func TestLongPollsLetInWhatComesFromOutside(t *testing.T) {
	if isPureGo() {
		t.Skip("there every wake-up comes from outside, and the counts are others")
	}
	for _, interval := range []int{0, 64, math.MaxInt} {
		rt := newRuntime(t, sched.Config{Workers: 1, EventInterval: interval, NoPin: true})
		var polls, polledAt, timerAt atomic.Int64
		busy := sched.Spawn(rt, do(func(cx *waker.Context) bool {
			n := polls.Add(1)
			begin := time.Now()
			for time.Since(begin) < 2*time.Millisecond {
			}
			switch {
			case n == 20:
				timer := clock.Sleep(0)
				sched.Spawn(cx, do(func(cx *waker.Context) bool {
					if timer.Poll(cx).IsPending() {
						return false
					}
					timerAt.Store(polls.Load())
					return true
				}))
			case n == 40:
				sent := make(chan struct{})
				go func() { // a goroutine: it is no worker
					defer close(sent)
					sched.Spawn(rt, do(func(*waker.Context) bool { polledAt.Store(polls.Load()); return true }))
				}()
				<-sent
			case n > 60:
				return true
			}
			cx.PollAgain()
			return false
		}))
		wait(t, busy)
		shutdown(t, rt)
		if at := timerAt.Load(); at == 0 || at > 23 {
			t.Errorf("EventInterval %d: a timer that was due in poll 20 came after poll %d", interval, at)
		}
		if at := polledAt.Load(); at == 0 || at > 42 {
			t.Errorf("EventInterval %d: a task from outside that came in poll 40 was polled after poll %d", interval, at)
		}
	}
}

// Polls that become long all at once: the monitor has the worker look around.
func TestTheFirstLongPollIsNoticed(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1, NoPin: true})
	defer shutdown(t, rt)
	var polls, cameAt, polledAt atomic.Int64
	const short = 100_000
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
		switch n := polls.Add(1); {
		case n < short:
		case n == short: // a long one, and what comes in meanwhile
			sent := make(chan struct{})
			go func() {
				defer close(sent)
				sched.Spawn(rt, do(func(*waker.Context) bool { polledAt.Store(polls.Load()); return true }))
			}()
			<-sent
			cameAt.Store(n)
			time.Sleep(50 * time.Millisecond) // ticks of the monitor
		case n > short+10:
			return true
		}
		cx.PollAgain()
		return false
	})))
	if at := polledAt.Load() - cameAt.Load(); polledAt.Load() == 0 || at > 2 {
		t.Errorf("a task that came in a long poll was polled %d polls later", at)
	}
}

// A worker that spins for long looks at its timers meanwhile, and ends with its runtime.
func TestASpinningWorkerFiresTimers(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2, Spin: time.Hour, NoPin: true})
	for range 20 {
		wait(t, sched.Spawn[future.Unit](rt, future.Box(clock.Sleep(100*time.Microsecond))))
	}
	shutdown(t, rt)
}

// It takes what stands behind a long poll, too, for which nobody would wake it.
func TestASpinningWorkerRelievesLongPolls(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2, Spin: time.Hour, NoPin: true})
	taken := wait(t, sched.Spawn(rt, future.Func(func(cx *waker.Context) future.Poll[bool] {
		var polled atomic.Bool
		sched.Spawn(cx, do(func(*waker.Context) bool {
			polled.Store(true)
			return true
		}))
		for limit := time.Now().Add(patience); !polled.Load() && time.Now().Before(limit); {
		}
		return future.Ready(polled.Load())
	})))
	if !taken {
		t.Error("a task waited for the end of the poll that had spawned it, beside a worker that spun")
	}
	shutdown(t, rt)
}

// No budget is too large.
func TestAnyBudgetCompletesOperations(t *testing.T) {
	for _, budget := range []int{1, math.MaxInt32, math.MaxInt} {
		rt := newRuntime(t, sched.Config{Workers: 1, Budget: budget})
		wait(t, sched.Spawn(rt, future.Async(func(co *future.Co) (u future.Unit, err error) {
			for range 10 {
				if _, err = future.Await(co, future.Future[future.Unit](future.Box(clock.Sleep(0)))); err != nil {
					return u, err
				}
			}
			return u, nil
		})))
		shutdown(t, rt)
	}
}

// What waits behind a long poll and is bound to its worker can be seen, while it waits and
// afterwards.
func TestMetricsCountWhatALongPollHolds(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	var cell waker.AtomicWaker
	var parked, woken atomic.Bool
	bound := sched.Spawn(rt, future.Async(func(co *future.Co) (u future.Unit, err error) {
		_, err = future.Await(co, do(func(cx *waker.Context) bool {
			cell.Register(cx.Waker())
			parked.Store(true)
			return woken.Load()
		}))
		return u, err
	}))
	until(t, "the async function waits", parked.Load)
	release := hold(t, rt)
	if m := rt.Metrics(); m.Held != 0 || m.Workers[0].Bound != 0 {
		t.Errorf("before a wake-up: Held %d, Bound %d", m.Held, m.Workers[0].Bound)
	}
	woken.Store(true)
	cell.Wake()
	if n := rt.Metrics().Workers[0].Bound; n != 1 {
		t.Errorf("Bound is %d with an async function behind a long poll, want 1", n)
	}
	time.Sleep(2 * time.Millisecond) // a long poll
	release()
	wait(t, bound)
	until(t, "its end is counted", func() bool { return rt.Metrics().Finished == 2 })
	if m := rt.Metrics(); m.Held != 1 || m.Workers[0].Bound != 0 {
		t.Errorf("afterwards: Held %d, Bound %d; want 1 and 0", m.Held, m.Workers[0].Bound)
	}
	shutdown(t, rt)
}

// until waits until something is so.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for limit := soon(t); !so(); time.Sleep(100 * time.Microsecond) {
		if limit.Err() != nil {
			t.Fatalf("it never comes to pass that %s", what)
		}
	}
}
