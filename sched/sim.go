package sched

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/sim"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
)

// The simulated runtime, which sched/schedtest is the face of.
//
// One goroutine, locked to its thread, plays all workers, one poll at a time. Whose turn it is, whom one
// without work steals from, and whether that includes the LIFO slot, a seeded generator decides. Each worker
// has its queues, and pushes, takes, steals and binds as a real one does, so what happens could happen on
// real workers; what it never does is to poll two tasks at once.
//
//	waiting for a job   the goroutine waits on a channel; nothing happens
//	stepping            there is something to poll
//	stalled             every task waits: what is under way elsewhere is waited for, then the clock moves to
//	                    the next timer, or the job ends; see simwait.go
//
// All workers share one reactor, of a paused clock. There is no monitor.
//
// Invariant: between the begin of a job and its end what is polled next depends on the seed, on what the tasks
// do, and on what comes from other threads; nothing else. So nothing here reads the real clock but to end a
// wait for what is outside, and nothing looks at an address.
//
// The goroutine outlives what is polled on it as a real worker does, see recover.go: the state of a job is in
// the job, and a loop that is begun anew goes on with it.
//
// Rejected: an executor of its own, as it would have other queues, and so other orders, than what is tested;
// and the test's goroutine as the thread, for coroutines are tied to a thread and tests are not.
type simulation struct {
	rt      *Runtime
	config  sim.Config
	clock   *reactor.Clock
	reactor *reactor.Reactor
	random  *rand.Rand
	at      *worker       // whose turn it is
	jobs    chan *simJob  // closed when the runtime ends
	job     *simJob       // that is under way
	steps   int           // polls since the reactor was asked
	waited  time.Duration // real time that was given to what is outside since something came

	stopClock word.Bool  // the clock does not go by itself
	held      word.Int32 // what is under way elsewhere and comes to an end
	awaited   word.Int32 // what is waited for elsewhere and may never come
	atOnce    bool       // the shutdown drops tasks without a further poll
}

// simJob is what the goroutine is asked to do.
type simJob struct {
	over func() bool   // until then, moving the clock; nil for until every task waits
	to   time.Duration // moving the clock to that
	done chan error
}

func init() {
	sim.New = func(config sim.Config) (sim.Driver, error) {
		s, err := newSimulation(config)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
}

func newSimulation(config sim.Config) (*simulation, error) {
	c, err := Config{
		Workers: config.Workers, Budget: config.Budget, NoPin: true, SpareProcs: NoSpareProcs, Spin: NoSpin, StallAfter: NoStall,
		OnPanic: func(p *PanicError) { config.OnPanic(p) },
	}.complete(1)
	if err != nil {
		return nil, err
	}
	clock := reactor.NewClock()
	r, err := reactor.NewPaused(clock)
	if err != nil {
		return nil, fmt.Errorf("sched: %w", err)
	}
	s := &simulation{
		config: config, clock: clock, reactor: r, jobs: make(chan *simJob),
		random: rand.New(rand.NewPCG(config.Seed, 0x6d6167706965)),
	}
	rt := newRuntime(c)
	rt.sim, s.rt = s, rt
	r.OnWakerPanic(rt.report)
	rt.lowerProcs = func() {}
	for i := range c.Workers {
		rt.addWorker(newWorker(rt, i, r))
	}
	s.at = rt.workers[0]
	rt.running.Add(1)
	ready := make(chan struct{})
	go s.at.live(-1, func(error) { close(ready) })
	<-ready
	return s, nil
}

// Runtime implements sim.Driver.
func (s *simulation) Runtime() any { return s.rt }

// Run implements sim.Driver.
func (s *simulation) Run(over func() bool) error { return s.do(&simJob{over: over}) }

// Settle implements sim.Driver.
func (s *simulation) Settle() error { return s.do(&simJob{}) }

// Advance implements sim.Driver.
func (s *simulation) Advance(d time.Duration) error { return s.do(&simJob{to: s.Elapsed() + d}) }

func (s *simulation) do(j *simJob) error {
	if thread.Current() != nil {
		return ErrOnWorker
	}
	if s.rt.phase.Load() != open {
		return ErrShutdown
	}
	return s.ask(j)
}

func (s *simulation) ask(j *simJob) error {
	j.done = make(chan error, 1)
	s.jobs <- j
	return <-j.done
}

// loop is what a worker's loop is elsewhere: it does one job after the other until the runtime stops.
func (s *simulation) loop() {
	s.turnOf(s.rt.workers[0])
	for {
		if s.job == nil {
			if s.job = <-s.jobs; s.job == nil {
				s.turnOf(s.rt.workers[0])
				return
			}
		}
		err, over := s.perform(s.job)
		if over {
			done := s.job.done
			s.job = nil
			done <- err
		}
	}
}

// askEverySteps is how many polls there are between two looks at descriptors.
const askEverySteps = defaultEventInterval

// perform goes on with a job, and reports whether it is over.
func (s *simulation) perform(j *simJob) (err error, over bool) {
	if j.over != nil && j.over() {
		return nil, true
	}
	if s.steps++; s.steps >= askEverySteps {
		s.steps = 0
		s.poll(0)
	}
	if s.step() {
		return nil, false
	}
	return s.stalled(j)
}

// step has one of the workers poll a task, and reports whether there was one.
func (s *simulation) step() bool {
	n := len(s.rt.workers)
	first := s.random.IntN(n)
	for k := range n {
		if s.turn(s.rt.workers[(first+k)%n]) {
			return true
		}
	}
	return false
}

// turn has a worker poll one task, its own or, if it has none, one that it steals.
func (s *simulation) turn(w *worker) bool {
	s.turnOf(w)
	w.takeIn()
	from := -1
	h := w.queues.next()
	if h == nil {
		if from = s.steal(w); from < 0 {
			return false
		}
		h = w.queues.next()
	}
	if s.config.OnStep != nil {
		s.config.OnStep(sim.Step{Worker: w.id, From: from, Task: h.name(), At: s.Elapsed()})
	}
	w.poll(h)
	return true
}

// steal has a worker steal from one of the others, and returns from whom; -1 if there is nothing. What
// stands in a LIFO slot may be stolen: its worker may be in a long poll.
func (s *simulation) steal(w *worker) int {
	n := len(s.rt.workers)
	first, slot := s.random.IntN(n), s.random.IntN(2) == 0
	for k := range n {
		v := s.rt.peers[(first+k)%n]
		if v == &w.peer {
			continue
		}
		if got := w.queues.stealFrom(v.tasks, slot); got > 0 {
			w.counts.Steals++
			w.counts.Stolen += uint64(got)
			return v.id
		}
	}
	return -1
}

// turnOf makes w the worker that the goroutine is.
func (s *simulation) turnOf(w *worker) {
	g := gid.Current()
	if old := s.at; old != w {
		old.g.Store(gid.None)
		s.at = w
		thread.Replace(old, w)
	}
	if w.g.Load() != g {
		w.lives(g)
		s.rt.identities.hand(g, w)
	}
}

// turn returns the worker whose turn it is on this thread: w itself, but in a simulation.
func (w *worker) turn() *worker {
	if s := w.rt.sim; s != nil {
		return s.at
	}
	return w
}

// Rand returns the next of a sequence of random numbers; in a simulation the seed says which. It is
// what waker.Context.Rand asks for.
func (w *worker) Rand() uint64 {
	if s := w.rt.sim; s != nil && w.Here() {
		return s.random.Uint64()
	}
	return rand.Uint64()
}

// Hold implements future.Holder: nothing, but in a simulation.
func (w *worker) Hold(endless bool) (release func()) {
	s := w.rt.sim
	if s == nil {
		return nil
	}
	if endless {
		return s.count(&s.awaited)
	}
	return s.count(&s.held)
}

func (s *simulation) count(n *word.Int32) (release func()) {
	n.Inc()
	return func() {
		n.Dec()
		s.reactor.Unpark()
	}
}

// Now implements sim.Driver.
func (s *simulation) Now() time.Time { return s.clock.Now() }

// Elapsed implements sim.Driver.
func (s *simulation) Elapsed() time.Duration { return s.clock.Elapsed() }

// AutoAdvance implements sim.Driver.
func (s *simulation) AutoAdvance(on bool) { s.stopClock.Store(!on) }

// Hold implements sim.Driver.
func (s *simulation) Hold() (release func()) { return s.count(&s.held) }

// Enter implements sim.Driver.
func (s *simulation) Enter() (leave func()) { return s.clock.Enter() }
