package sched

import (
	"time"

	"github.com/magpie-go/magpie/internal/cpu"
	"github.com/magpie-go/magpie/internal/faults"
	"github.com/magpie-go/magpie/internal/word"
)

// neglected is after how long without a look at its reactor a busy worker is taken to
// be in a long poll, and its peers look for it. It is several times askEvery.
const neglected = 500 * time.Microsecond

// idle is what a worker does when its queues are empty: ask its reactor, search, sleep.
// It returns true when there may be work again, false when the runtime stops. A search
// that has found something ends only when the worker has taken its own task from the queue
// (see loop): what is there then is more, and worth another worker.
func (w *worker) idle() bool {
	now := w.rt.now()
	w.pace.drained = now
	some := w.takeIn()
	if w.noteLate(now) {
		w.look(now)
	}
	if some || w.ask(now) > 0 {
		return true
	}
	if w.searching || w.rt.idle.search() {
		w.searching = true
		w.counts.Searches++
		if w.searchAround() {
			return true
		}
	}
	return w.park()
}

// stopSearching ends a search that found something; the last searcher to do so wakes
// another worker if it sees more.
func (w *worker) stopSearching() {
	if w.searching {
		w.found()
	}
}

func (w *worker) found() {
	w.searching = false
	if w.rt.idle.found() && w.rt.idle.sleeping() > 0 && (w.hasWork() || w.peersHaveWork()) {
		w.rt.notify(w.id)
	}
}

// searchAround looks for work at the peers', for what is worth stealing first and for a while again and
// again, and in the end for anything.
func (w *worker) searchAround() bool {
	if w.stealOnce(false) || w.runStolenJob() {
		return true
	}
	if w.spin > 0 {
		if w.spinFor(w.spin) {
			w.spin = w.rt.config.Spin
			return true
		}
		// In vain: half as long the next time, unless the sleep that follows turns out to
		// be a short one. A server that waits for its clients must not pay for spinning.
		if w.spin /= 2; w.spin < shortestSpin {
			w.spin = 0
		}
	}
	return w.stealOnce(true)
}

// shortestSpin is a spin that is not worth its clock readings.
const shortestSpin = time.Microsecond

// spinFor looks around until there is work, for d at most. It is not asleep, so no monitor wakes it for
// what stands behind a long poll: if it spins for long it looks for that itself.
func (w *worker) spinFor(d time.Duration) bool {
	now := w.rt.now()
	again := now + neglected // for a last pass
	for until := now + d; now < until; now = w.rt.now() {
		word.Spin()
		cpu.Pauses(8)
		found := w.queues.arrived() || w.stealOnce(false) || w.runStolenJob() || w.askWhileSpinning(now)
		if !found && now >= again {
			again = now + neglected
			found = w.stealOnce(true)
		}
		if found {
			w.pace.restart(now, w.counts.Polls)
			return true
		}
		if w.rt.phase.Load() != open { // its sleep is waited for
			return false
		}
	}
	return false
}

// askWhileSpinning asks the reactor, as often as a busy worker does, and reports whether
// something came of it.
func (w *worker) askWhileSpinning(now time.Duration) bool {
	return now-w.lastAsked >= askEvery && w.ask(now) > 0
}

// learnFromSleep goes back to spinning when a sleep for want of work was so short that
// spinning would have saved it.
func (w *worker) learnFromSleep(slept time.Duration) {
	if w.searching && slept < 4*w.rt.config.Spin { // searching: woken for work, not by an event
		w.spin = w.rt.config.Spin
	}
}

// stealOnce goes round the victims once, the nearest first, those equally near from a
// random one on, for what is worth stealing (see share.go). On the last pass it takes less, too,
// and looks after victims in long polls: it takes what
// they would run next themselves, and asks their reactors. (What a victim is about to run
// is left to it otherwise: a chain of tasks that wake one another would change workers
// with each idle one that comes by.)
func (w *worker) stealOnce(last bool) bool {
	if last {
		return w.goRound((*worker).stealLast)
	}
	return w.goRound((*worker).stealFirst)
}

// goRound tries the victims one after the other, in the order that stealOnce tells, until one
// had something.
func (w *worker) goRound(try func(w *worker, v *peer) bool) bool {
	for _, tier := range w.victims {
		at := w.rand(len(tier))
		for range tier {
			if try(w, tier[at]) {
				return true
			}
			if at++; at == len(tier) {
				at = 0
			}
		}
	}
	return false
}

func (w *worker) stealFirst(v *peer) bool { return w.stealFrom(v, false) }
func (w *worker) stealLast(v *peer) bool  { return w.stealFrom(v, true) }

func (w *worker) stealFrom(v *peer, last bool) bool {
	var now time.Duration
	late, little := false, !v.worthStealing()
	if last {
		now = w.rt.now()
		late = v.neglects(now) // it would have polled what is in its LIFO slot long ago
		little = little && !late
	}
	if little && !(last && w.appetite.forLittle(now)) {
		return false
	}
	if n := w.queues.stealFrom(v.tasks, late); n > 0 {
		if little {
			w.appetite.took(now)
			w.pace.restart(now, w.counts.Polls)
		}
		w.counts.Steals++
		w.counts.Stolen += uint64(n)
		if n > 1 {
			w.share()
		}
		return true
	}
	return late && w.askFor(v)
}

// neglects reports whether the worker is in a long poll: awake, and not at its reactor for
// several times as long as a busy worker leaves it alone.
func (p *peer) neglects(now time.Duration) bool {
	since := p.askedAt.Load() // 0: it is asleep, and its reactor wakes it
	return since != 0 && now-time.Duration(since) > neglected
}

// relieve looks after a peer, each in its turn, that is in a long poll. Searching workers do
// so as well, but while all others are busy nobody searches.
func (w *worker) relieve(now time.Duration) {
	peers := w.rt.peers
	if w.relieved++; w.relieved >= len(peers) {
		w.relieved = 0
	}
	v := peers[w.relieved]
	if v == &w.peer || !v.neglects(now) {
		return
	}
	// Its queue, its inbox, the task that it would run next, and its reactor.
	for range 4 {
		if !w.stealFrom(v, true) {
			return
		}
	}
}

// askFor asks the reactor of a peer that has not done so for long: for timers only, where nobody
// but the peer can ask for more (see reactor/backend.go).
func (w *worker) askFor(v *peer) bool {
	now := w.rt.now()
	since := v.askedAt.Load()
	if since == 0 || now-time.Duration(since) < neglected {
		return false // 0: it is asleep, and its reactor wakes it
	}
	if !v.askedAt.CompareAndSwap(since, int64(now)) {
		return false // it is back, or has gone to sleep, or another peer is at it
	}
	v.late.Store(int64(now))
	faults.Point()
	w.delivering = true
	n, err := v.reactor.AskAsPeer(&w.events)
	w.delivering = false
	w.rt.check(err)
	w.counts.Events += uint64(n)
	return n > 0
}

// rand returns a number below n, by Marsaglia's xorshift: it only has to differ between
// workers and from one time to the next.
func (w *worker) rand(n int) int {
	x := w.random
	x ^= x << 13
	x ^= x >> 17
	x ^= x << 5
	w.random = x
	return int(uint64(x) * uint64(n) >> 32)
}
