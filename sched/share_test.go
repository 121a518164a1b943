package sched

import (
	"testing"
	"time"
)

// paced returns a worker that has done so many polls in so long, timed at once.
func paced(polls uint64, took time.Duration) *worker {
	w := newWorker(new(Runtime), 0, nil)
	w.counts.Polls = polls
	w.learnPace(took)
	return w
}

func TestShortPollsMakeALongQueueWorthSharing(t *testing.T) {
	for _, c := range []struct {
		polls uint64
		took  time.Duration
		want  uint32
	}{
		{0, time.Second, 1}, // nothing was timed
		{1, wakeWorth, 1},
		{1, time.Second, 1},
		{10, wakeWorth, 10},
		{50_000, wakeWorth / 2, uint32(wakeWorth) + 1}, // too short for the clock
	} {
		if got := paced(c.polls, c.took).shareAt.Load(); got != c.want {
			t.Errorf("after %d polls in %v a queue of %d is worth sharing, want %d", c.polls, c.took, got, c.want)
		}
	}
}

// Tasks that a busy server's handlers spawn may be long, however short its polls were.
func TestASpawnedTaskIsWorthSharing(t *testing.T) {
	w := paced(10_000, wakeWorth)
	if w.queues.run.Push(nil); w.worthSharing() {
		t.Fatal("one more short poll is worth waking a peer")
	}
	w.rt.start(w, new(header))
	if !w.worthSharing() {
		t.Error("a spawned task is judged by the polls before it")
	}
}

func TestPaceFollowsThePollsAndLeavesPausesOut(t *testing.T) {
	w := paced(10, 10*wakeWorth)
	if got := w.shareAt.Load(); got != 1 {
		t.Fatalf("after long polls a queue of %d is worth sharing, want 1", got)
	}
	now := 10 * wakeWorth
	for range 20 {
		now += time.Second // asleep
		w.pace.restart(now, w.counts.Polls)
		w.counts.Polls += 100
		now += wakeWorth
		w.learnPace(now)
	}
	if got := w.shareAt.Load(); got < 90 || got > 100 {
		t.Errorf("after many polls of a hundredth of wakeWorth a queue of %d is worth sharing, want about 100", got)
	}
}
