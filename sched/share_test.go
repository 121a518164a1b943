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

// beside returns a worker whose only victim is one with so many tasks in its queue, of which so many are
// worth waking a peer for.
func beside(tasks int, shareAt uint32) (w, victim *worker) {
	rt := &Runtime{started: time.Now().Add(-2 * time.Hour)}
	w, victim = newWorker(rt, 0, nil), newWorker(rt, 1, nil)
	w.victims = [][]*peer{{&victim.peer}}
	victim.shareAt.Store(shareAt)
	for range tasks {
		victim.queues.run.Push(new(header))
	}
	return w, victim
}

func TestSearchersLeaveLittle(t *testing.T) {
	for _, c := range []struct {
		tasks   int
		shareAt uint32
		want    bool
	}{
		{1, 1, true}, // its polls were not timed, or are long
		{1, 5, true},
		{1, 6, false},
		{19, 100, false},
		{20, 100, true},
	} {
		w, _ := beside(c.tasks, c.shareAt)
		if got := w.stealOnce(false); got != c.want {
			t.Errorf("of %d tasks, when %d are worth waking a peer, a searcher takes some: %v", c.tasks, c.shareAt, got)
		}
	}
	w, victim := beside(1, 100)
	victim.queues.inbox.Push(new(header))
	if !w.stealOnce(false) {
		t.Error("a searcher leaves what came from outside")
	}
}

func TestLittleIsTakenInTheEnd(t *testing.T) {
	w, _ := beside(8, 100)
	if !w.stealOnce(true) {
		t.Fatal("a searcher that finds nothing else leaves what is not worth stealing")
	}
	w.appetite.patience = time.Hour
	if w.stealOnce(true) {
		t.Error("a searcher takes what is not worth stealing again and again")
	}
}

func TestAppetiteForLittle(t *testing.T) {
	var a appetite
	now := time.Second
	for range 20 { // comes back at once, each time
		if !a.forLittle(now) {
			t.Fatalf("no appetite after %v, when the last time was at %v", now, a.last)
		}
		a.took(now)
		if a.forLittle(now + a.patience - 1) {
			t.Fatalf("appetite again before %v have passed", a.patience)
		}
		now += a.patience
	}
	if a.patience != neglected {
		t.Errorf("in the end it waits for %v, want %v", a.patience, neglected)
	}
	now += neglected // was busy, or there was nothing
	if a.took(now); a.patience != wakeWorth {
		t.Errorf("after a while it waits for %v, want %v", a.patience, wakeWorth)
	}
}
