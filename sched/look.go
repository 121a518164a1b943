package sched

import "time"

// When a busy worker looks around.
//
// Looking around is to take what came in from outside and, if that was not done for askEvery,
// to ask the reactor for events and timers. A worker that polls does so after `every` polls:
// as many as askEvery has room for at the pace of late, Config.EventInterval at most. So the
// clock is read once for many short polls, and after each long one.
//
// The pace is that of the polls since the last look; `every` shrinks to it at once, and doubles
// at most, so that a long poll among short ones is remembered for some looks. What the pace
// does not foresee, that polls have become long all at once, the monitor tells: see hurry.
//
// Invariant: between two looks there is no more than one long poll, or what begins within a
// tick of the monitor. It holds for any Config.EventInterval and whichever queue the polls
// come from.
//
// Rejected: reading the clock after each poll (it costs twice what a yield does), and a fixed
// number of polls (61 of 5 ms are 0.3 s).

// lookIsDue counts a poll, the one to come, and reports whether the worker looks around before it.
func (w *worker) lookIsDue() bool {
	w.tick++
	return w.tick >= w.every || w.hurry.Load()
}

// look decides when the next look around is due, now that one is.
func (w *worker) look(now time.Duration) {
	took := now - w.lookedAt
	w.lookedAt = now
	if took > 0 { // in a model time stands still
		w.every = min(roomFor(took, w.tick), 2*w.every, w.rt.config.EventInterval)
	}
	w.tick = 0
}

// roomFor returns how many polls askEvery has room for, one at least, if so many took so long.
func roomFor(took time.Duration, polls int) int {
	mean := max(took/time.Duration(max(polls, 1)), 1)
	return max(int(askEvery/mean), 1)
}

// lookAround takes what came in, and asks the reactor if it has not been asked for a while.
func (w *worker) lookAround() {
	if w.hurry.Load() {
		w.hurry.Store(false)
	}
	now := w.rt.now()
	w.takeIn()
	w.noteLate(now)
	w.look(now)
	if w.rt.phase.Load() >= aborting {
		w.abortOwned()
	}
	if now-w.lastAsked >= askEvery {
		w.ask(now)
		w.shareBacklog(now)
		w.relieve(now)
		w.publish(now)
	}
}

// noteLate reports whether the worker was in a long poll since the last look, and notes what
// that means to others: that it may need a guard, and how many tasks bound to it have waited.
// All other tasks its peers may have taken.
func (w *worker) noteLate(now time.Duration) (late bool) {
	if late = now-max(w.lookedAt, w.lastAsked) > neglected; late {
		w.late.Store(int64(now))
		w.counts.Held += uint64(w.queues.boundLen())
	}
	return late
}

// ask asks the reactor, without waiting.
func (w *worker) ask(now time.Duration) int {
	w.awake(now)
	w.learnPace(now)
	w.delivering = true
	n, err := w.reactor.Ask(&w.events)
	if len(w.guards) > 0 {
		n += w.askGuarded()
	}
	w.delivering = false
	w.counts.Events += uint64(n)
	w.rt.check(err)
	return n
}
