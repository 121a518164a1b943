package reactor

import (
	"testing"
	"time"
)

// A watcher that is slow to say that it is awake does not take the place of the next one.
func TestAnotherWatcherKeepsItsPlace(t *testing.T) {
	var watched, first, second Reactor
	if d := watched.Deadline(&first); d >= 0 {
		t.Errorf("without timers the first is due in %v", d)
	}
	watched.Deadline(&second)
	watched.Unwatched(&first)
	if got := watched.sleeperPast(sinceStart() + int64(time.Hour)); got != &second {
		t.Errorf("a timer that is set interrupts %p, want the second watcher %p", got, &second)
	}
	watched.Unwatched(&second)
	if got := watched.sleeperPast(sinceStart()); got != nil {
		t.Errorf("a timer that is set interrupts %p, though nobody sleeps", got)
	}
}

// An owner that watches another reactor wakes up for that one's descriptors and interruptions of
// its own, and for nothing once it has ceased to.
func TestWatchEndsWaits(t *testing.T) {
	if !Descriptors {
		t.Skip("without epoll or kqueue there is nothing to watch")
	}
	owner, other := opened(t), opened(t)
	if err := owner.Watch(other); err != nil {
		t.Fatal(err)
	}
	if err := other.Watch(owner); err == nil {
		other.Unwatch(owner) // kqueue does not mind circles
	}
	ev := new(Events)
	if n, err := owner.Wait(ev, time.Millisecond); n != 0 || err != nil {
		t.Errorf("with nothing to report: %d events, %v", n, err)
	}
	other.poll.wake() // what is readable in its poller
	if n, err := owner.Wait(ev, time.Minute); n != 1 || err != nil {
		t.Errorf("with something to report at the watched one: %d events, %v; want 1", n, err)
	}
	if n := owner.Deliver(ev, 1); n != 0 {
		t.Errorf("%d events delivered, want 0: a watched poller is nobody's source", n)
	}
	if n, err := owner.Wait(ev, time.Millisecond); n != 0 || err != nil {
		t.Errorf("what was reported is reported again: %d events, %v", n, err)
	}
	owner.Unwatch(other)
	other.poll.wake()
	if n, err := owner.Wait(ev, time.Millisecond); n != 0 || err != nil {
		t.Errorf("after Unwatch: %d events, %v", n, err)
	}
}

// opened returns a reactor that is closed with the test.
func opened(t *testing.T) *Reactor {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}
