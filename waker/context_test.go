package waker_test

import (
	"testing"

	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/waker"
)

// host is an executor's thread, which the caller runs on or not.
type host struct{ here bool }

func (h *host) Here() bool { return h.here }

// PollAgain is a note in the context where the context belongs, in a coroutine too, and a wake-up
// elsewhere; there is no budget there either.
func TestPollAgainElsewhere(t *testing.T) {
	if !gid.Known {
		t.Skip("this build cannot tell goroutines apart")
	}
	woken := 0
	h := &host{}
	b := waker.NewBudget(1)
	cx := waker.NewDriver(h, &b)
	cx.Reset(waker.FromFunc(func() { woken++ }))
	cx.Direct()
	elsewhere := func(f func()) {
		done := make(chan struct{})
		go func() { defer close(done); f() }()
		<-done
	}
	must := func(what string, noted bool, wakes int) {
		t.Helper()
		if got := cx.TakeAgain(); got != noted || woken != wakes {
			t.Errorf("%s: noted %v, woken %d times, want %v and %d", what, got, woken, noted, wakes)
		}
		woken = 0
	}
	cx.PollAgain()
	if cx.CanWait() {
		t.Error("what asked with PollAgain can wait")
	}
	must("here", true, 0)
	cx.PollAgainLow()
	if !cx.CanWait() {
		t.Error("what asked with PollAgainLow cannot wait")
	}
	must("low", true, 0)
	if cx.CanWait() {
		t.Error("a poll can wait that was not asked for")
	}
	for range 2 { // in whatever order, who cannot wait does not
		cx.PollAgainLow()
		cx.PollAgain()
		cx.PollAgainLow()
		if cx.CanWait() {
			t.Error("one of two can wait, and both do")
		}
		must("low and not", true, 0)
	}
	elsewhere(cx.PollAgainLow)
	must("low elsewhere", false, 1)
	elsewhere(cx.PollAgain)
	must("elsewhere", false, 1)
	h.here = true
	elsewhere(cx.PollAgain)
	must("in a coroutine", true, 0)
	if !cx.Spend() || cx.Spend() {
		t.Error("a budget of 1 is not spent after one operation")
	}
	must("when it is spent", true, 0)
	h.here = false
	elsewhere(func() {
		if !cx.Spend() {
			t.Error("a spent budget stops who is elsewhere")
		}
	})
	must("spent elsewhere", false, 0)
	child := cx.WithWaker(waker.Noop())
	elsewhere(func() {
		if !child.Spend() {
			t.Error("a spent budget stops who is elsewhere, under another waker")
		}
	})
}
