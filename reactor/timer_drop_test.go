package reactor_test

import (
	"testing"
	"time"

	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// The waker of one timer may drop it and all others that are due at the same time.
func TestTimersAreDroppedByTheirWaker(t *testing.T) {
	h := newHost(t)
	timers := make([]reactor.Timer, 100)
	calls := 0
	cx := waker.NewContext(waker.FromFunc(func() {
		calls++
		for i := range timers {
			timers[i].Drop()
		}
	}), h, nil)
	at := time.Now().Add(2 * time.Millisecond)
	for i := range timers {
		timers[i].ResetAt(at)
		timers[i].Poll(&cx)
	}
	var last reactor.Timer
	last.ResetAt(at.Add(time.Millisecond))
	for last.Poll(&h.cx).IsPending() {
		h.park(t)
	}
	if h.r.Timers() != 0 {
		t.Errorf("%d timers are left", h.r.Timers())
	}
	if calls == 0 {
		t.Error("no waker was called")
	}
}

// A timer that was moved to where another one stands is dropped there, and the others fire.
func TestATimerIsDroppedWhereItWasMovedTo(t *testing.T) {
	h := newHost(t)
	begin := time.Now()
	var a, b, c reactor.Timer
	a.ResetAt(begin.Add(time.Millisecond))
	b.ResetAt(begin.Add(time.Millisecond))
	c.ResetAt(begin.Add(3 * time.Millisecond))
	for _, tm := range []*reactor.Timer{&a, &b, &c} {
		tm.Poll(&h.cx)
	}
	b.ResetAt(begin.Add(3 * time.Millisecond))
	for a.Poll(&h.cx).IsPending() {
		h.park(t)
	}
	b.Drop()
	for c.Poll(&h.cx).IsPending() {
		h.park(t)
	}
	if h.r.Timers() != 0 {
		t.Errorf("%d timers are left", h.r.Timers())
	}
}

// A timer that is moved into the past fires in the reactor's next turn, and can be set again after that.
func TestATimerMovedIntoThePastFires(t *testing.T) {
	h := newHost(t)
	var tm reactor.Timer
	for range 3 {
		tm.Reset(time.Hour)
		if tm.Poll(&h.cx).IsReady() {
			t.Fatal("ready an hour early")
		}
		tm.ResetAt(time.Now().Add(-time.Second))
		h.park(t) // would last an hour
		if tm.Poll(&h.cx).IsPending() {
			t.Fatal("pending though its time is over")
		}
	}
	tm.Reset(time.Hour)
	for range 2 {
		if tm.Poll(&h.cx).IsReady() {
			t.Error("ready though it was set again")
		}
	}
	tm.Drop()
}
