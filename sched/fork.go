package sched

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/cpu"
	"github.com/magpie-go/magpie/internal/forkjoin"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// How tasks and fork-join share a worker.
//
// A computation is a call inside a poll, or a stolen job run by the loop. It may last, so
// now and then, when a fork finds that a millisecond has passed, it lets the worker serve:
// ask the reactor and poll tasks, on top of the computation's stack, for half a millisecond
// at most. The monitor sees to it that a fork finds the time passed. A computation that
// waits for a stolen job steals others, serves, and then sleeps like an idle worker, among
// which it counts.
//
// A task that is polled so may compute and serve in its turn, maxServing deep. Deeper, a
// worker that waits takes no tasks; it does not count as idle then, for whoever wakes it
// with a task would have woken nobody.
//
// Invariant: a poll, or a job, that is interrupted finds worker, context and budget as it
// left them. Each has a context of its own, so that a function that it has forked, which may run
// elsewhere meanwhile, finds it unchanged too. (Rejected: one that is put aside and back.)
const (
	serveEvery = time.Millisecond
	serveFor   = serveEvery / 2
	// maxServing bounds the stack, and how often those who came later go before a
	// computation.
	maxServing = 4
)

// forkJoin is what a worker has for computations.
type forkJoin struct {
	latch   *forkjoin.Latch // what the worker waits for, while it does
	serving int             // how many polls and jobs are interrupted
	base    int             // jobs that were forked before the poll that is under way
	running bool            // a stolen job, by the loop
}

// Computer implements [forkjoin.Provider]. For a caller that has taken the context along it is
// what the runtime returns.
func (w *worker) Computer() *forkjoin.Worker {
	if w.At(gid.Current()) || w.away() == w {
		return w.jobs
	}
	return w.rt.computer()
}

// Forked implements future.Forker.
func (w *worker) Forked() bool { return w.jobs.Depth() > w.fork.base }

// Published implements forkjoin.Host.
func (w *worker) Published() { w.rt.notify(w.id) }

// Wake implements forkjoin.Host.
func (w *worker) Wake() { w.reactor.Unpark() }

// InterruptAll implements forkjoin.Host.
func (w *worker) InterruptAll() {
	for _, v := range w.rt.peers {
		v.jobs.Interrupt()
	}
}

// Enter implements forkjoin.Host: f runs where it is.
func (w *worker) Enter(f func(*forkjoin.Worker)) { f(w.jobs) }

// Attend implements forkjoin.Host.
func (w *worker) Attend() {
	now := w.rt.now()
	if now-w.lastAsked < serveEvery || w.fork.serving >= maxServing || w.rt.sim != nil { // a simulation knows no real time
		return
	}
	w.serve(now + serveFor)
}

// Await implements forkjoin.Host.
func (w *worker) Await(l *forkjoin.Latch) {
	outer := w.fork.latch
	w.fork.latch = l
	for !l.Done() {
		w.Attend()
		if w.runStolenJob() || w.spinOn(l) {
			continue
		}
		if w.fork.serving >= maxServing {
			w.doze(l)
		} else if !w.serve(w.rt.now()+serveFor) && !w.stealOnce(true) && !l.Done() && !w.park() {
			panic("sched: the runtime has stopped while a computation waits")
		}
	}
	w.stopSearching()
	w.fork.latch, w.sleptWith = outer, math.MaxUint64 // what it slept for has come
}

// spinOn looks around for a moment, until the latch is set or there is a job to steal.
func (w *worker) spinOn(l *forkjoin.Latch) bool {
	for until := w.rt.now() + w.rt.config.Spin; w.rt.now() < until; {
		word.Spin()
		cpu.Pauses(8)
		if l.Done() || w.jobsInSight() || w.askWhileSpinning(w.rt.now()) {
			return true
		}
	}
	return false
}

// doze waits for the latch, or for an event of the reactor, without counting as asleep.
func (w *worker) doze(l *forkjoin.Latch) {
	if w.jobsInSight() || !l.Sleep() {
		return
	}
	since := w.rt.now()
	w.publish(since)
	w.asleep()
	n, err := w.reactor.Wait(&w.events, -1)
	w.rt.check(err)
	now := w.rt.now()
	w.slept += now - since
	w.awake(now)
	w.tick, w.lookedAt = 0, w.lastAsked
	w.deliver(n)
}

// jobsInSight reports whether a job could be stolen at this moment.
func (w *worker) jobsInSight() bool {
	for _, tier := range w.victims {
		for _, v := range tier {
			if !v.jobs.Empty() {
				return true
			}
		}
	}
	return false
}

// runStolenJob steals a job and runs it.
func (w *worker) runStolenJob() bool { return w.goRound((*worker).runJobOf) }

func (w *worker) runJobOf(v *peer) bool {
	t := v.jobs.Steal()
	if !t.Got() {
		return false
	}
	w.counts.Jobs++
	w.stopSearching()
	outer := w.fork.running
	w.fork.running = true
	w.jobs.Run(t)
	w.fork.running = outer
	w.pace.restart(w.rt.now(), w.counts.Polls) // it was no poll
	return true
}

// interrupted is what a poll or a job is put aside with.
type interrupted struct {
	polling   *header
	dropping  bool
	bind      bool
	running   bool
	base      int
	latch     *forkjoin.Latch
	coroutine uintptr
	here      uintptr // the same, while others are polled
	mark      int     // see forkjoin.Worker.Aside
}

func (w *worker) interrupt() interrupted {
	i := interrupted{w.polling, w.dropping, w.bind, w.fork.running, w.fork.base, w.fork.latch, 0, 0, w.jobs.Aside()}
	i.coroutine = w.coroutine.Load()
	i.here = i.coroutine
	if g := gid.Current(); g != gid.None && !w.At(g) { // in a coroutine that nobody has told of
		i.here = g
		w.Switched(g)
		w.rt.coroutines.Store(true)
	}
	w.polling, w.dropping, w.bind, w.fork.running, w.fork.latch = nil, false, false, false, nil
	w.fork.serving++
	w.cx, w.budget = &w.contexts[w.fork.serving], &w.budgets[w.fork.serving]
	w.fork.base = w.jobs.Depth()
	return i
}

func (w *worker) resume(i *interrupted) {
	w.fork.serving--
	w.cx.TakeAgain()
	w.cx.Reset(waker.Waker{}) // it would keep the last task alive
	w.cx, w.budget = &w.contexts[w.fork.serving], &w.budgets[w.fork.serving]
	w.polling, w.dropping, w.bind = i.polling, i.dropping, i.bind
	w.fork.running, w.fork.base, w.fork.latch = i.running, i.base, i.latch
	w.Switched(i.coroutine)
	w.jobs.Resume(i.mark)
}

// serve does what an idle worker does, until the given time or for as long as there is
// something, and reports whether there was. The budget of polls is that of operations in
// one poll.
func (w *worker) serve(until time.Duration) (some bool) {
	i := w.interrupt()
	defer w.resume(&i)
	w.takeIn()
	now := w.rt.now()
	w.ask(now)
	w.relieve(now)
	w.publish(now)
	left := w.rt.config.Budget
	for !w.serveGuarded(&i, until, &left) {
	}
	return left < w.rt.config.Budget
}

// serveGuarded polls tasks and returns true when it has done enough, false when a poll
// panicked, whose task it has ended.
func (w *worker) serveGuarded(i *interrupted, until time.Duration, left *int) (enough bool) {
	defer func() {
		if enough {
			return
		}
		v := recover()
		if w.polling == nil {
			if v != nil {
				panic(v)
			}
			return
		}
		w.Switched(i.here) // the poll may have left it in an async function
		w.failWith(v)
		w.Switched(i.here)
		*left--
		// After runtime.Goexit there is no going on: it takes what was interrupted with it.
		enough = v == nil || w.rt.now() >= until
	}()
	for ; *left > 0; *left-- {
		if w.lookIsDue() {
			w.lookAround()
		}
		h := w.queues.next()
		if h == nil {
			return true
		}
		w.stopSearching()
		w.poll(h)
		if w.coroutine.Load() != i.here { // an async function has come and gone
			w.Switched(i.here)
		}
		if w.rt.now() >= until {
			*left--
			return true
		}
	}
	return true
}

func init() {
	forkjoin.OfRuntime = func(rt any) *forkjoin.Worker { return rt.(*Runtime).computer() }
}

// computer returns what a goroutine gives to the functions of sched/par: the worker that it
// runs on, or a handle that makes them run on one, which also recognises a worker's coroutine
// that nobody has told of.
func (rt *Runtime) computer() *forkjoin.Worker {
	rt.mustBe()
	if w := rt.current(); w != nil {
		return w.jobs
	}
	return rt.outside
}

// outside is the host of the handle for goroutines that are no workers.
type outside struct{ rt *Runtime }

func (outside) Here() bool            { return true }
func (outside) Published()            {}
func (outside) Await(*forkjoin.Latch) {}
func (outside) Wake()                 {}
func (outside) InterruptAll()         {}

// Attend implements forkjoin.Host, for a handle that was taken along to a worker.
func (o outside) Attend() {
	if w := o.rt.here(); w != nil {
		w.jobs.Checkpoint()
	}
}

// Enter runs f in a task and waits for it. When the runtime is shut down, f runs where it is,
// alone.
//
// On a worker of another runtime it waits as for a stolen job: the worker serves, so that what
// f needs of that runtime is done. A worker that has served as deep as it may takes no tasks
// while it waits; there f is a part of the computation that is under way. So of all that wait
// across runtimes each serves, and the one that was begun last has no one to wait for that
// does not run.
//
// Rejected: to refuse, for a runtime that computes beside one that serves is of use; and to block
// the worker, for two runtimes that need each other would stand still.
func (o outside) Enter(f func(*forkjoin.Worker)) {
	if w := o.rt.here(); w != nil { // the handle was taken along to a worker
		f(w.jobs)
		return
	}
	var err error
	if other, ok := thread.Current().(*worker); !ok {
		_, err = SpawnValue[future.Unit](o.rt, computation{f}).Wait(context.Background())
	} else if other.fork.serving >= maxServing {
		f(other.jobs)
		return
	} else {
		err = other.awaitElsewhere(SpawnValue[future.Unit](o.rt, computation{f}))
	}
	var p *PanicError
	switch {
	case errors.As(err, &p):
		origin.Rethrow(p.Value, p.Stack)
	case errors.Is(err, ErrGoexit):
		panic(origin.ErrGoexit)
	case err != nil:
		f(forkjoin.NewDetached())
	}
}

// awaitElsewhere waits for a task of another runtime, and serves meanwhile.
func (w *worker) awaitElsewhere(h JoinHandle[future.Unit]) error {
	for {
		l := new(forkjoin.Latch)
		cx := waker.FromWaker(waker.FromFunc(func() { l.Finish(w.jobs) }))
		if p := h.Poll(&cx); p.IsReady() {
			return p.Err()
		}
		w.Await(l)
	}
}

// computation is a task of one poll.
type computation struct{ f func(*forkjoin.Worker) }

// Poll implements future.Future.
func (c *computation) Poll(cx *waker.Context) future.Poll[future.Unit] {
	c.f(cx.Ext().(*worker).jobs)
	return future.Ready(future.Unit{})
}
