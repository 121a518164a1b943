package sched

import (
	"time"

	"github.com/magpie-go/magpie/internal/spin"
)

// Counts are events since the runtime was made.
type Counts struct {
	Spawned   uint64 // tasks spawned
	Polls     uint64 // polls of tasks
	Finished  uint64 // tasks that ended, in whichever way
	Panics    uint64 // of them, those whose poll panicked
	Aborted   uint64 // of them, those that were dropped because of Abort
	Dropped   uint64 // of them, those that were dropped because Shutdown would not wait longer
	LIFOPolls uint64 // polls of the task just woken, ahead of its turn
	Searches  uint64 // times a worker without work looked for some
	Steals    uint64 // times it found some at a peer
	Stolen    uint64 // tasks it took then
	Jobs      uint64 // forked jobs that it took from a peer, see sched/par
	Parks     uint64 // times it went to sleep
	Events    uint64 // descriptor events and timers that its reactor delivered
	Held      uint64 // tasks bound to it (async functions) that a poll of more than 500 µs held up
	Noops     uint64 // sleeps that ended for nothing: no task was polled, and no job run, before the next one
	RanOut    uint64 // polls that used Config.Budget up, and had to let others run
	// Busy is for how long it was awake: in polls, looking for work, and spinning.
	Busy time.Duration
}

func (c *Counts) add(o *Counts) {
	c.Spawned += o.Spawned
	c.Polls += o.Polls
	c.Finished += o.Finished
	c.Panics += o.Panics
	c.Aborted += o.Aborted
	c.Dropped += o.Dropped
	c.LIFOPolls += o.LIFOPolls
	c.Searches += o.Searches
	c.Steals += o.Steals
	c.Stolen += o.Stolen
	c.Jobs += o.Jobs
	c.Parks += o.Parks
	c.Events += o.Events
	c.Held += o.Held
	c.Noops += o.Noops
	c.RanOut += o.RanOut
	c.Busy += o.Busy
}

// WorkerMetrics is what one worker has done and what it holds.
type WorkerMetrics struct {
	Counts
	CPU     int  // the core it is pinned to, or -1
	Asleep  bool // it is parked
	Queued  int  // tasks in its run queue
	Inbox   int  // tasks spawned or woken by other threads than workers, that nobody has taken in yet
	Bound   int  // tasks bound to it (async functions) that wait to be polled, by it alone
	Pending int  // tasks first seen pending by it and not ended
	Sources int  // descriptors registered with its reactor
	Timers  int  // timers set in its wheel
	Times
}

// Times are the durations that [Config].Timing has measured, exact to the last poll.
type Times struct {
	PollTimes Histogram // of polls
	WaitTimes Histogram // for how long tasks were queued before each poll
}

// Metrics is what a runtime has done and what it holds.
type Metrics struct {
	Counts  // of all workers, and spawned from outside
	Times   // of all workers
	Uptime  time.Duration
	Wakes   uint64 // sleeping workers that were woken because of new work
	Refused uint64 // futures that were dropped by Spawn because Shutdown had begun
	// LostReports are panics and stalls that Config.OnPanic and OnStall were too slow for.
	LostReports uint64
	// WakerPanics counts the wakers of other executors that panicked when a task, a timer or
	// a descriptor of this runtime woke them. They are told to Config.OnPanic.
	WakerPanics uint64
	HookPanics  uint64 // of Config.Hooks
	Workers     []WorkerMetrics
	// Limits says what the machine or its environment did not allow: pinning, exact timers, a core
	// for each worker and its whole time, spare Ps. The runtime works without.
	Limits []string
}

// Metrics returns the runtime's metrics. The counts of a busy worker may be 50 µs old, or
// as old as the poll it is in; those of a sleeping one are exact. It allocates.
func (rt *Runtime) Metrics() Metrics {
	rt.mustBe()
	m := Metrics{
		Uptime:      rt.now(),
		Wakes:       rt.wakes.Load(),
		Refused:     rt.refused.Load(),
		LostReports: rt.reports.lostReports(),
		WakerPanics: rt.wakerPanics.Load(),
		HookPanics:  rt.hookPanics.Load(),
		Limits:      append([]string(nil), rt.limits...),
	}
	m.Spawned = rt.injected.Load()
	for _, w := range rt.peers {
		// First: a worker publishes and then falls asleep, and what is read of one that sleeps is exact.
		asleep := w.askedAt.Load() == 0
		c, pending := w.published.read()
		m.Counts.add(&c)
		times := w.observer.times()
		m.PollTimes, m.WaitTimes = m.PollTimes.plus(times.PollTimes), m.WaitTimes.plus(times.WaitTimes)
		m.Workers = append(m.Workers, WorkerMetrics{
			Counts:  c,
			CPU:     w.pinned,
			Asleep:  asleep,
			Queued:  w.tasks.len(),
			Inbox:   int(w.tasks.sent.Load()),
			Bound:   w.boundQueued(),
			Pending: pending,
			Sources: w.reactor.Sources(),
			Timers:  w.reactor.Timers(),
			Times:   times,
		})
	}
	return m
}

// done is how much work the worker has done: two equal ones have none between them.
func (w *worker) done() uint64 { return w.counts.Polls + w.counts.Finished + w.counts.Jobs }

// published is a copy of a worker's counts for others to read: the worker counts in plain
// memory and copies now and then.
type published struct {
	lock    spin.Lock
	counts  Counts
	pending int
	bound   int
	waiting bool // in a poll, for a forked job
}

// quiet reports whether the worker, asleep, has nothing left to do.
func (p *published) quiet() bool {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.pending == 0 && !p.waiting
}

func (p *published) read() (Counts, int) {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.counts, p.pending
}

// boundQueued returns how many tasks that are bound to the worker are queued: those that it
// had when it last published, and those woken elsewhere since it last looked.
func (p *peer) boundQueued() int {
	p.published.lock.Lock()
	defer p.published.lock.Unlock()
	return p.published.bound + int(p.tasks.boundSent.Load())
}

func (w *worker) publish(now time.Duration) {
	p := &w.published
	w.counts.LIFOPolls = w.queues.fromLIFO
	w.counts.Busy = now - w.slept
	w.counts.RanOut = 0
	for i := range w.budgets {
		w.counts.RanOut += w.budgets[i].RanOut()
	}
	p.lock.Lock()
	p.counts, p.pending, p.bound, p.waiting = w.counts, w.owned.count, w.queues.boundLen(), w.fork.latch != nil
	p.lock.Unlock()
}
