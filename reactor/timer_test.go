package reactor_test

import (
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// host is an executor's worker with a reactor of its own, driven by the test.
type host struct {
	r  *reactor.Reactor
	ev reactor.Events
	cx waker.Context
	n  int // wake-ups
}

func newHost(t testing.TB) *host {
	r, err := reactor.New()
	if err != nil {
		t.Fatal(err)
	}
	h := &host{r: r}
	h.cx = waker.NewContext(waker.FromFunc(func() { h.n++ }), h, nil)
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func (h *host) Reactor() *reactor.Reactor { return h.r }

func (h *host) park(t testing.TB) {
	t.Helper()
	if _, err := h.r.Park(&h.ev, -1); err != nil {
		t.Fatal(err)
	}
}

func TestTimersFireInTimeAndOnce(t *testing.T) {
	h := newHost(t)
	timers := make([]reactor.Timer, 300)
	begin := time.Now()
	for i := range timers {
		timers[i].Reset(time.Duration(i) * 50 * time.Microsecond)
		timers[i].Poll(&h.cx)
	}
	for fired := 0; fired < len(timers); {
		h.park(t)
		now := time.Since(begin)
		fired = 0
		for i := range timers {
			if timers[i].Poll(&h.cx).IsReady() {
				fired++
				if due := time.Duration(i) * 50 * time.Microsecond; now < due {
					t.Fatalf("a timer of %v fired after %v", due, now)
				}
			}
		}
	}
	if h.r.Timers() != 0 {
		t.Fatalf("%d timers are left of none", h.r.Timers())
	}
}

func TestAMovedTimerFiresAtItsNewTimeOnly(t *testing.T) {
	h := newHost(t)
	var later, sooner, stopped reactor.Timer
	begin := time.Now()
	later.Reset(time.Millisecond)
	sooner.Reset(time.Hour)
	stopped.Reset(time.Millisecond)
	for _, tm := range []*reactor.Timer{&later, &sooner, &stopped} {
		if tm.Poll(&h.cx).IsReady() {
			t.Fatal("a timer is ready before its time")
		}
	}
	later.Reset(8 * time.Millisecond)
	sooner.Reset(2 * time.Millisecond)
	if !stopped.Stop() || stopped.Stop() {
		t.Fatal("Stop must answer true for a timer that is set, and false after that")
	}
	for sooner.Poll(&h.cx).IsPending() {
		h.park(t)
	}
	for later.Poll(&h.cx).IsPending() {
		h.park(t)
	}
	if d := time.Since(begin); d < 8*time.Millisecond {
		t.Fatalf("a timer moved from 1 ms to 8 ms fired after %v", d)
	}
	if stopped.Poll(&h.cx).IsReady() {
		t.Fatal("a stopped timer fired")
	}
	later.Reset(time.Millisecond) // again
	for later.Poll(&h.cx).IsPending() {
		h.park(t)
	}
}

func TestATimerSetByAnotherThreadInterruptsTheWait(t *testing.T) {
	h := newHost(t)
	var far, near reactor.Timer
	far.Reset(time.Hour)
	far.Poll(&h.cx)
	near.Reset(2 * time.Hour)
	near.Poll(&h.cx)
	var wg sync.WaitGroup
	wg.Go(func() { near.Reset(time.Microsecond) })
	for near.Poll(&h.cx).IsPending() {
		h.park(t) // would last an hour
	}
	wg.Wait()
}

func TestUnparkBeforeAndDuringPark(t *testing.T) {
	h := newHost(t)
	h.r.Unpark()
	h.r.Unpark()
	h.park(t) // returns at once
	var wg sync.WaitGroup
	wg.Go(func() { h.r.Unpark() })
	h.park(t)
	wg.Wait()
}

func TestTimerOperationsDoNotAllocate(t *testing.T) {
	h := newHost(t)
	timers := make([]reactor.Timer, 1000)
	for i := range timers {
		timers[i].Reset(time.Hour + time.Duration(i)*time.Second)
		timers[i].Poll(&h.cx)
	}
	i := 0
	if n := testing.AllocsPerRun(5000, func() {
		tm := &timers[i%len(timers)]
		i += 7
		tm.Reset(2 * time.Hour)
		tm.Stop()
		tm.Reset(time.Hour)
		tm.Poll(&h.cx)
	}); n != 0 {
		t.Fatalf("%v allocations for Reset, Stop and Poll of a timer", n)
	}
}

func TestTimersUnderAForeignExecutor(t *testing.T) {
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := future.BlockOn(future.Box(clock.Timeout(future.FromChan(make(chan int)), time.Millisecond))); err == nil {
				t.Error("a future that never ends did not time out")
			}
		})
	}
	wg.Wait()
}

func TestIntervalsSkipMissedTicks(t *testing.T) {
	if _, err := clock.NewInterval(0); err == nil {
		t.Error("an interval of 0 was accepted")
	}
	h := newHost(t)
	ticks, err := clock.NewInterval(time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer ticks.Stop()
	var first, last time.Time
	for i := range 5 {
		p := ticks.PollTick(&h.cx)
		for ; p.IsPending(); p = ticks.PollTick(&h.cx) {
			h.park(t)
		}
		due, _ := p.Result()
		// From the second tick on each was answered 1.5 ms late at least.
		if i >= 2 && due.Sub(last) < 2*time.Millisecond {
			t.Fatalf("tick %d is due %v after one that came more than a period late", i, due.Sub(last))
		}
		if i == 0 {
			first = due
		} else if off := due.Sub(first) % time.Millisecond; off != 0 {
			t.Fatalf("tick %d is due %v off a whole period", i, off)
		}
		last = due
		for late := time.Now(); time.Since(late) < 2500*time.Microsecond; { // miss two
		}
	}
}

func BenchmarkTimer(b *testing.B) {
	h := newHost(b)
	timers := make([]reactor.Timer, 1_000_000)
	for i := range timers {
		timers[i].Reset(time.Hour + time.Duration(i)*time.Millisecond)
		timers[i].Poll(&h.cx)
	}
	b.Run("reset", func(b *testing.B) {
		i := 0
		for b.Loop() {
			timers[i].Reset(time.Hour)
			if i += 9973; i >= len(timers) {
				i -= len(timers)
			}
		}
	})
	b.Run("stop+reset", func(b *testing.B) {
		i := 0
		for b.Loop() {
			timers[i].Stop()
			timers[i].Reset(time.Hour)
			if i += 9973; i >= len(timers) {
				i -= len(timers)
			}
		}
	})
}
