package sched_test

import (
	"net"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// quiesced returns the metrics of a runtime whose workers all sleep.
func quiesced(t *testing.T, rt *sched.Runtime) (m sched.Metrics) {
	t.Helper()
	until(t, "all workers sleep", func() bool {
		before := rt.Metrics() // one worker may wake another after that one was looked at, but not without work
		m = rt.Metrics()
		return asleep(before) && asleep(m) && before.Counts == m.Counts
	})
	return m
}

// heard waits for a word on a channel, or its end.
func heard(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-soon(t).Done():
		t.Fatal("not a word")
	}
}

// occupy has every worker in a poll until release is called.
func occupy(t *testing.T, rt *sched.Runtime) (release func()) {
	t.Helper()
	gate, in := make(chan struct{}), make(chan struct{})
	var hs []sched.JoinHandle[future.Unit]
	for i := range rt.Workers() {
		hs = append(hs, sched.SpawnOn(rt, i, do(func(*waker.Context) bool {
			in <- struct{}{}
			<-gate
			return true
		})))
		heard(t, in)
	}
	return func() {
		close(gate)
		for _, h := range hs {
			wait(t, h)
		}
	}
}

// What comes from other threads stands in inboxes until a worker looks.
func TestMetricsTellWhatWaitsInInboxes(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		waiting := func() (n int) {
			for _, w := range rt.Metrics().Workers {
				n += w.Inbox
			}
			return n
		}
		quiesced(t, rt)
		if n := waiting(); n != 0 {
			t.Errorf("%d tasks wait in the inboxes of a runtime without tasks", n)
		}
		parked, ready := new(waker.AtomicWaker), false
		woken := sched.Spawn(rt, do(func(cx *waker.Context) bool {
			parked.Register(cx.Waker())
			return ready
		}))
		until(t, "the task is parked", func() bool { return rt.Metrics().Polls > 0 })
		quiesced(t, rt)
		release := occupy(t, rt)
		const each = 10
		var hs []sched.JoinHandle[int]
		for i := range each {
			hs = append(hs, sched.Spawn(rt, future.Value(i)), sched.SpawnWith(rt, sched.Options{Priority: sched.High}, future.Value(i)))
		}
		ready = true
		parked.Wake()
		if n := waiting(); n != 2*each+1 {
			t.Errorf("%d tasks wait in the inboxes, want the %d that were spawned and the one that was woken", n, 2*each)
		}
		release()
		wait(t, woken)
		for _, h := range hs {
			wait(t, h)
		}
		if n := waiting(); n != 0 {
			t.Errorf("%d tasks wait in the inboxes after the last has ended", n)
		}
	})
}

// A worker is busy in its polls, and not while it sleeps.
func TestMetricsTellForHowLongWorkersWereBusy(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	const lasts = 2 * time.Millisecond
	before := quiesced(t, rt)
	wait(t, sched.Spawn(rt, do(func(*waker.Context) bool {
		for begin := time.Now(); time.Since(begin) < lasts; {
		}
		return true
	})))
	after := quiesced(t, rt)
	if busy := after.Busy - before.Busy; busy < lasts {
		t.Errorf("a worker was busy for %v in a poll of %v", busy, lasts)
	}
	if after.Busy != after.Workers[0].Busy || after.Busy > after.Uptime {
		t.Errorf("busy for %v in all, its one worker for %v, of %v", after.Busy, after.Workers[0].Busy, after.Uptime)
	}

	var h sched.JoinHandle[future.Unit]
	var sleeps time.Duration // from when `before` was read, at least
	for nap := 50 * time.Millisecond; sleeps <= 0; nap *= 2 {
		begin := time.Now()
		h = sched.Spawn[future.Unit](rt, future.Box(clock.Sleep(nap)))
		until(t, "the timer is set", func() bool { return rt.Metrics().Workers[0].Timers == 1 || h.Done() })
		before = quiesced(t, rt)
		sleeps = nap - time.Since(begin)
	}
	wait(t, h)
	after = quiesced(t, rt)
	if busy, all := after.Busy-before.Busy, after.Uptime-before.Uptime; busy > all-sleeps/2 {
		t.Errorf("a worker was busy for %v of %v, and slept for %v", busy, all, sleeps)
	}
	if after.Noops-before.Noops >= after.Parks-before.Parks {
		t.Errorf("%d of %d sleeps were for nothing; one has ended with a timer", after.Noops-before.Noops, after.Parks-before.Parks)
	}
}

// An event that nobody waits for wakes a worker for nothing.
func TestMetricsCountSleepsThatEndForNothing(t *testing.T) {
	if !reactor.Descriptors {
		t.Skip("no descriptors here")
	}
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	ln, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	h := sched.Spawn(rt, fn(func(co *future.Co) error {
		_, err := ln.Accept().Await(co)
		return err
	}))
	until(t, "a listener is registered", func() bool { return rt.Metrics().Workers[0].Sources == 1 })
	h.Abort()
	if _, err := h.Wait(soon(t)); err == nil {
		t.Fatal("an aborted task ended well")
	}
	before := quiesced(t, rt)
	until(t, "a sleep ends for nothing", func() bool {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		m := rt.Metrics()
		return m.Noops > before.Noops && m.Events > before.Events // the events of the listener, not of timers: there are none
	})
	if m := quiesced(t, rt); m.Polls != before.Polls {
		t.Errorf("%d polls of no task", m.Polls-before.Polls)
	}
}

// spends is ready after so many operations.
type spends struct{ left int }

func (s *spends) Poll(cx *waker.Context) future.Poll[int] {
	for ; s.left > 0; s.left-- {
		if !cx.Spend() {
			return future.Pending[int]()
		}
	}
	return future.Ready(0)
}

// A poll that uses its budget up is counted once, whatever it is made of, and one that just gets by is not.
func TestMetricsCountPollsThatUseTheirBudgetUp(t *testing.T) {
	const budget = 8
	rt := newRuntime(t, sched.Config{Workers: 1, Budget: budget})
	defer shutdown(t, rt)
	for _, c := range []struct {
		what string
		f    future.Future[int]
		want uint64
	}{
		{"less than the budget", &spends{budget - 1}, 0},
		{"the budget", &spends{budget}, 0},
		{"three times the budget", &spends{3 * budget}, 2},
		{"two at once", future.Map(future.Box(future.Join(future.Of[int](&spends{budget + 1}), future.Of[int](&spends{budget + 1}))), func(future.Pair[int, int]) int { return 0 }), 2},
		{"async", future.Async(func(co *future.Co) (int, error) { return future.Await(co, &spends{budget + 1}) }), 1},
	} {
		before := quiesced(t, rt)
		wait(t, sched.Spawn(rt, c.f))
		if n := quiesced(t, rt).RanOut - before.RanOut; n != c.want {
			t.Errorf("%s: %d polls have used up the budget, want %d", c.what, n, c.want)
		}
	}
}

// How many functions run that block is told by their pool.
func TestAPoolTellsHowManyRun(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var pool future.BlockingPool
		if n := pool.Stats().Running; n != 0 {
			t.Errorf("%d functions run on a new pool", n)
		}
		gate := make(chan struct{})
		h := sched.Spawn[int](rt, future.Box(future.BlockingOn(&pool, func() (int, error) { <-gate; return 1, nil })))
		until(t, "one function runs", func() bool { return pool.Stats().Running == 1 })
		close(gate)
		wait(t, h)
		until(t, "none runs", func() bool { return pool.Stats().Running == 0 })
	})
}
