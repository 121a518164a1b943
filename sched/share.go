package sched

import "time"

// When waking a peer is worth it.
//
// To be woken costs the waker a system call, takes 15 to 20 µs if the core is halted, and
// some 5 µs of CPU time on either side. A burst of short polls is over before. So a worker
// wakes a peer for what stands in its own queue only if, at the mean time that its polls
// took of late, it would be busy with it for wakeWorth; or if it has been busy for
// longer than backlog without ever coming to the end of its queue, for then more comes in
// than it gets done. What comes from outside always wakes somebody (see inject): its
// owner may be asleep.
//
// shareAt is the first rule as a length of the queue; peers that are about to sleep read it,
// so that whatever the owner would wake somebody for keeps them awake: the protocol
// in idle.go holds for work that is worth sharing. It is 1 until polls have been timed.
//
// What was polled before says nothing of a task that has just been spawned: it makes everything
// worth sharing until the polls are timed again. Nor does a mean foresee one poll much longer
// than those before. Tasks behind it wait as the one in the LIFO slot does: for a peer that
// searches, or for the monitor.
//
// A peer that searches anyway costs nothing to wake, but to take a task from where it was woken costs
// too: mostly it has to do with what its owner polls, a sender with its receiver, and on two cores
// each value between them moves from cache to cache. Four tasks that send to a fifth took 145 ns
// a value when every searcher took what it saw, and 33 on one worker. So a searcher takes what would keep
// the owner busy for stealWorth. It takes less when it has found nothing else, for whoever waits
// behind a poll that turns out to be long, and for tasks that have nothing to do with one another, which
// stay where they came to; but if it is soon back for more, it waits for longer each time.
//
// Rejected: waking for the second task already, as Go and tokio do. A server with 50
// connections spent a third of its time on going to sleep and waking, for two tasks a time.
const (
	wakeWorth  = 50 * time.Microsecond
	backlog    = 4 * askEvery
	stealWorth = 10 * time.Microsecond
)

// pace is how fast a worker gets on.
type pace struct {
	from    time.Duration // polls are timed from here on
	polls   uint64        // Counts.Polls then
	mean    time.Duration // of a poll, of late; 0 if none was timed yet
	drained time.Duration // when the queue was last seen empty
}

// restart begins to time polls after a pause.
func (p *pace) restart(now time.Duration, polls uint64) { p.from, p.polls = now, polls }

// learnPace takes the polls since the last time into the mean.
func (w *worker) learnPace(now time.Duration) {
	p := &w.pace
	n, took := w.counts.Polls-p.polls, now-p.from
	if n == 0 || took <= 0 { // in a model time stands still
		return
	}
	p.restart(now, w.counts.Polls)
	if took /= time.Duration(n); p.mean != 0 {
		took = (p.mean + took) / 2
	}
	p.mean = took
	if at := uint32(wakeWorth/(took+1)) + 1; at != w.shareAt.Load() {
		w.shareAt.Store(at)
	}
}

// expectAnything forgets what was learnt, for a new task.
func (w *worker) expectAnything() {
	if w.shareAt.Load() != 1 {
		w.shareAt.Store(1)
	}
}

// worthSharing reports whether the run queue is long enough to wake a peer for.
func (p *peer) worthSharing() bool { return p.tasks.len() >= int(p.shareAt.Load()) }

// hasWork reports whether there are tasks that a peer had better be awake for.
func (p *peer) hasWork() bool { return p.tasks.stealable(int(p.shareAt.Load())) }

// worthStealing reports whether there are tasks that a peer that searches had better take.
func (p *peer) worthStealing() bool {
	const parts = uint32(wakeWorth / stealWorth)
	return p.tasks.stealable(int((p.shareAt.Load() + parts - 1) / parts))
}

// appetite is for tasks that are not worth stealing. The zero one is for some at once.
type appetite struct {
	last     time.Duration // when it took some
	patience time.Duration // how long after that it may take more
}

func (a *appetite) forLittle(now time.Duration) bool { return now-a.last >= a.patience }

// took notes that some were taken.
func (a *appetite) took(now time.Duration) {
	if now-a.last < 2*a.patience {
		a.patience = min(2*a.patience, neglected)
	} else {
		a.patience = wakeWorth
	}
	a.last = now
}

// share wakes a peer if what was just pushed makes it worth it.
func (w *worker) share() {
	if w.rt.idle.sleeping() > 0 && w.worthSharing() {
		w.rt.notify(w.id)
	}
}

// shareBacklog wakes a peer if the queue has not been empty for long.
func (w *worker) shareBacklog(now time.Duration) {
	if now-w.pace.drained > backlog && w.rt.idle.sleeping() > 0 && w.tasks.len() > 0 {
		w.rt.notify(w.id)
	}
}
