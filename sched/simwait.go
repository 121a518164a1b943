package sched

import (
	"time"

	"github.com/magpie-go/magpie/internal/sim"
)

// What a simulation does when every task waits, in this order:
//
//	held      functions that block, or whatever has said so by Hold, are under way, and will end:
//	          that is waited for, in real time, for as long as it takes; the clock stands
//	awaited   somebody waits for a descriptor, or for a Go channel, and that may be for ever: real time
//	          is given to it, until the next timer would be due but for Grace at most; then the clock jumps
//	timers    the clock jumps to the first one; all that is due at exactly that time fires
//	nothing   a thread outside may still wake somebody; after Grace the job fails
//
// Invariant: the clock moves only when no task can be polled, and nothing that is held was under way when
// that was seen. For whoever ends what is held wakes its task first and ceases to hold afterwards, and here
// held is read before the queues are.
//
// Going to sleep follows the protocol at the head of idle.go, as worker 0.

// stalled goes on with a job while every task waits, and reports whether it is over.
func (s *simulation) stalled(j *simJob) (err error, over bool) {
	held := s.held.Load() > 0
	if s.poll(0) > 0 || s.inSight() {
		return nil, false
	}
	if held {
		s.poll(-1)
		return nil, false
	}
	next, timers := s.reactor.Next()
	now := s.Elapsed()
	switch {
	case j.over == nil && j.to <= now:
		return nil, true
	case j.over == nil:
		s.moveTo(min(next, j.to))
		return nil, false
	case timers && !s.stopClock.Load():
		if s.awaitsOutside() && !s.quiet(next-now) {
			return nil, false
		}
		s.moveTo(next)
		return nil, false
	case !s.quiet(never):
		return nil, false
	}
	stalled := &sim.Stalled{Tasks: s.waiting()}
	if timers {
		stalled.Timers = s.reactor.Timers()
	}
	return stalled, true
}

const never = 1<<63 - 1

// moveTo moves the clock and fires what is due.
func (s *simulation) moveTo(at time.Duration) {
	s.clock.Move(at)
	w := s.at
	w.delivering = true
	w.counts.Events += uint64(s.reactor.Fire())
	w.delivering = false
	s.waited = 0
}

// awaitsOutside reports whether something is waited for that the clock does not bring.
func (s *simulation) awaitsOutside() bool { return s.awaited.Load() > 0 || s.reactor.Waiting() }

// quiet waits for something to come from outside, for d at most and for Grace, of real time, and reports
// whether nothing came.
func (s *simulation) quiet(d time.Duration) bool {
	if g := s.config.Grace; g >= 0 {
		d = min(d, g)
	}
	if d == never {
		s.poll(-1)
		return false
	}
	// An interruption for nothing does not begin the wait anew.
	begin := time.Now()
	got := s.poll(max(d-s.waited, 0))
	if s.waited += time.Since(begin); got > 0 || s.inSight() || s.held.Load() > 0 {
		s.waited = 0
		return false
	}
	if s.waited < d {
		return false
	}
	s.waited = 0
	return true
}

// inSight reports whether there is something to poll.
func (s *simulation) inSight() bool {
	for _, w := range s.rt.workers {
		if !w.queues.empty() {
			return true
		}
	}
	return false
}

// poll asks the reactor, or, if the limit is not 0, sleeps in it for so long, until an event or an
// interruption, or, if it is negative, without a limit. It returns how many events there were.
func (s *simulation) poll(limit time.Duration) int {
	w := s.at
	if limit == 0 {
		n, err := s.reactor.Ask(&w.events)
		s.rt.check(err)
		return n
	}
	idle := &s.rt.idle
	idle.sleep(0, false)
	n := 0
	if !s.inSight() {
		var err error
		w.counts.Parks++
		n, err = s.reactor.Wait(&w.events, limit)
		s.rt.check(err)
	}
	if idle.awake(0, false) {
		idle.found()
	}
	w.delivering = true
	n = s.reactor.Deliver(&w.events, n)
	w.delivering = false
	w.counts.Events += uint64(n)
	return n
}

// waiting returns what every task waits at.
func (s *simulation) waiting() (tasks []sim.Task) {
	for _, w := range s.rt.workers {
		w.takeEnded()
		for h := w.owned.head; h != nil; h = h.next {
			tasks = append(tasks, sim.Task{Name: h.name(), Worker: w.id, Future: h.self.polled()})
		}
	}
	return tasks
}

// left returns how many tasks have been seen pending and have not ended.
func (s *simulation) left() (n int) {
	for _, w := range s.rt.workers {
		w.takeEnded()
		n += w.owned.count
	}
	return n
}

// end is a shutdown: tasks end by themselves until there is no time left for that, or nothing can come;
// then all are dropped.
func (s *simulation) end(hurry <-chan struct{}) {
	if !s.atOnce {
		_ = s.ask(&simJob{over: func() bool {
			select {
			case <-hurry:
				return true
			default:
				return s.left() == 0 && !s.inSight()
			}
		}})
	}
	s.rt.ending.cancel()
	s.rt.phase.Store(aborting)
	_ = s.ask(&simJob{over: func() bool {
		for _, w := range s.rt.workers {
			w.abortOwned()
		}
		return s.left() == 0 && !s.inSight()
	}})
	s.rt.phase.Store(stopped)
	close(s.jobs)
}
