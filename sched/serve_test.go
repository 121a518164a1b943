package sched

import (
	"testing"
	"time"

	"github.com/magpie-go/magpie/waker"
)

// A poll that is interrupted to serve others finds everything as it left it, and those others
// find nothing of it.
func TestServingLeavesThePollAsItWas(t *testing.T) {
	w := newWorker(&Runtime{config: Config{EventInterval: 61}}, 0, nil)
	w.direct()
	mine, other := new(header), new(header)
	spent := func() (n int) {
		for cx := waker.NewContext(waker.Noop(), nil, w.budget); cx.Spend(); n++ {
		}
		return n
	}
	for _, again := range []bool{false, true} {
		w.budget.Refill(7)
		w.cx.Reset(waker.FromRaw(mine.rawWaker()))
		if again {
			w.cx.PollAgain()
		}
		w.polling, w.dropping, w.bind = mine, true, true
		w.fork.running, w.fork.base = true, 0
		w.Switched(42)

		i := w.interrupt()
		if w.polling != nil || w.dropping || w.bind || w.fork.running || w.fork.latch != nil || w.fork.serving != 1 {
			t.Errorf("what is served begins with the state of the poll before: %+v", w.fork)
		}
		if w.cx.TakeAgain() {
			t.Error("what is served is polled again because the poll before wants to be")
		}
		w.budget.Refill(3)
		w.cx.Reset(waker.FromRaw(other.rawWaker()))
		w.cx.PollAgain()
		w.polling, w.dropping, w.bind, w.fork.running, w.fork.base = other, false, false, false, 5
		w.Switched(43)
		w.resume(&i)

		if w.polling != mine || !w.dropping || !w.bind || !w.fork.running || w.fork.base != 0 || w.fork.serving != 0 {
			t.Errorf("the poll finds another state after serving: %+v", w.fork)
		}
		if !w.cx.Waker().WillWake(waker.FromRaw(mine.rawWaker())) {
			t.Error("the poll finds the waker of what was served")
		}
		if w.cx.TakeAgain() != again {
			t.Errorf("the poll has asked to be polled again: %v; after serving that is lost, or what was served asked", again)
		}
		if id := w.coroutine.Load(); id != 42 {
			t.Errorf("the poll finds coroutine %d, want 42", id)
		}
		if n := spent(); n != 7 {
			t.Errorf("the poll finds a budget of %d operations, want 7", n)
		}
	}
}

// The interval between looks follows the pace of polls: down at once, up by doubling.
func TestTheIntervalFollowsThePace(t *testing.T) {
	w := newWorker(&Runtime{config: Config{EventInterval: 61}}, 0, nil)
	window := func(polls int, each time.Duration) int {
		w.tick = polls
		w.look(w.lookedAt + time.Duration(polls)*each)
		return w.every
	}
	if got := window(61, 100*time.Nanosecond); got != 61 {
		t.Errorf("after polls of 100 ns: %d, want Config.EventInterval", got)
	}
	if got := window(61, 2*time.Microsecond); got != 25 {
		t.Errorf("after polls of 2 µs: %d, want as many as askEvery has room for", got)
	}
	if got := window(25, 5*time.Millisecond); got != 1 {
		t.Errorf("after polls of 5 ms: %d, want 1", got)
	}
	for _, want := range []int{2, 4, 8, 16, 32, 61, 61} {
		if got := window(w.every, 100*time.Nanosecond); got != want {
			t.Errorf("after short polls again: %d, want %d", got, want)
		}
	}
	w.tick = 1
	if w.look(w.lookedAt); w.every != 61 {
		t.Errorf("a clock that stands still changed the interval to %d", w.every)
	}
}
