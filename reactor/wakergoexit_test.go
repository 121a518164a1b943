package reactor_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

// A waker that calls runtime.Goexit ends the goroutine of the shared reactor. Another one takes
// its place, and what was due together with that waker's timer is not lost.
func TestAWakerThatCallsGoexitDoesNotEndTheSharedReactor(t *testing.T) {
	const timers = 100
	woken := make(chan struct{}, timers)
	at := time.Now().Add(5 * time.Millisecond)
	var sleeps [timers]reactor.Timer
	for i := range sleeps {
		cx := waker.FromWaker(waker.FromFunc(func() {
			woken <- struct{}{}
			if i%3 == 0 {
				runtime.Goexit()
			}
		}))
		sleeps[i].ResetAt(at)
		if sleeps[i].Poll(&cx).IsReady() {
			woken <- struct{}{} // this machine is slow
		}
	}
	for i := range sleeps {
		select {
		case <-woken:
		case <-time.After(30 * time.Second):
			t.Fatalf("%d of %d timers woke somebody", i, timers)
		}
	}
	slept := make(chan struct{})
	go func() {
		_, _ = future.BlockOn(future.Box(clock.Sleep(time.Millisecond)))
		close(slept)
	}()
	select {
	case <-slept:
	case <-time.After(30 * time.Second):
		t.Fatal("nothing drives the shared reactor any more")
	}
}
