package reactor_test

import (
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// An alarm may move between two polls, and is ready once, no earlier than asked.
func TestAlarmsMove(t *testing.T) {
	h := newHost(t)
	begin := time.Now()
	a := reactor.NewAlarm(2 * time.Millisecond)
	for polls := 0; a.Poll(&h.cx).IsPending(); polls++ {
		b := a
		a = reactor.Alarm{}
		a = b
		if !a.IsSet() {
			t.Error("not set before its time has come")
		}
		h.park(t)
	}
	if since := time.Since(begin); since < 2*time.Millisecond || a.IsSet() {
		t.Errorf("ready after %v, still set: %v", since, a.IsSet())
	}
	for _, late := range []reactor.Alarm{reactor.NewAlarm(0), reactor.NewAlarm(-1)} {
		if late.Poll(&h.cx).IsPending() {
			t.Error("an alarm that has passed is Pending")
		}
	}
}

// The timers of alarms that were ready or dropped are used again.
func TestAlarmsDoNotAllocate(t *testing.T) {
	h := newHost(t)
	if n := testing.AllocsPerRun(100, func() {
		a, b := reactor.NewAlarm(20*time.Microsecond), reactor.NewAlarm(time.Hour)
		b.Poll(&h.cx)
		for a.Poll(&h.cx).IsPending() {
			h.park(t)
		}
		b.Drop()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Threads borrow timers of one reactor and give them back while its owner fires them: each wake-up
// reaches the alarm that it is for, and no other's timer.
func TestAlarmsOfManyThreads(t *testing.T) {
	const rounds = 2000
	var threads sync.WaitGroup
	for range 4 {
		threads.Go(func() {
			woken := make(chan struct{}, 1)
			cx := waker.FromWaker(waker.FromFunc(func() {
				select {
				case woken <- struct{}{}:
				default:
				}
			}))
			for i := range rounds {
				d := time.Duration(i%7) * 10 * time.Microsecond
				begin := time.Now()
				a := reactor.NewAlarm(d)
				if i%5 == 0 {
					a.Poll(&cx)
					a.Drop()
					continue
				}
				for a.Poll(&cx).IsPending() {
					select {
					case <-woken:
					case <-time.After(30 * time.Second):
						t.Error("an alarm was forgotten")
						return
					}
				}
				if since := time.Since(begin); since < d {
					t.Errorf("an alarm of %v after %v", d, since)
				}
			}
		})
	}
	threads.Wait()
}
