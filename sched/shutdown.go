package sched

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a shutdown.
//
//	open      tasks may be spawned
//	closing   no tasks from outside; those that live may end, and spawn, in their time
//	aborting  no tasks at all; every task is dropped instead of polled
//	stopped   no task is left; the workers end
//
// The runtime is quiet when, under the lock of the idle workers, all of them sleep, no
// task is in a queue, and no worker owned a task, or waited in a poll for a forked job, when
// it fell asleep. Then no task is left:
// one that has ever been pending is owned until it ends, and its end on another worker
// wakes the owner, which publishes anew; one that has not is in a queue or being polled.
// Workers that fall asleep while the phase is not open tell the shutdown, which looks.
//
// A spawner from outside counts itself in `begun` before it reads the phase, and in
// `injected` after its push. Who comes after the phase was written finds it; for the others
// the shutdown waits, until the two counts agree. So nothing is injected once it has found
// the runtime quiet.
//
// Rejected: taking back what was injected too late, by its spawner or by the shutdown: a
// worker that was still awake could have taken it, and polled it, and ended without it.
const (
	open uint32 = iota
	closing
	aborting
	stopped
)

// stuckAfter is how long Shutdown waits, once everything has been told to stop, for
// polls that are under way.
const stuckAfter = time.Second

// reportsFor is how long it waits for the last reports to be handed over. Tests change it.
var reportsFor = time.Second

// ending is the state of a shutdown.
type ending struct {
	begin   sync.Once
	hurry   chan struct{} // closed when the time for tasks to end by themselves is over
	hurried sync.Once
	nudge   chan struct{} // the runtime may have become quiet
	done    chan struct{} // closed when all is given back
	err     error
	dropped uint64             // tasks
	cause   error              // why the time was over
	waiting waitlist.List      // those who wait for the shutdown to begin
	context context.Context    // see Context
	cancel  context.CancelFunc // of it
}

func (e *ending) init() {
	e.hurry = make(chan struct{})
	e.nudge = make(chan struct{}, 1)
	e.done = make(chan struct{})
	ctx, cancel := context.WithCancelCause(context.Background())
	e.context, e.cancel = ctx, func() { cancel(ErrShutdown) }
}

// Shutdown ends the runtime. From now on nothing can be spawned from outside (the handle
// ends with [ErrShutdown]) and the future of [Runtime.Closing] is ready. Tasks have until
// ctx is done to end by themselves: with context.Background() for as long as they like, so
// give it a limit, or use [Runtime.Close]. Those that are left then are dropped, each once,
// and [Runtime.Context] ends. Then the workers end, GOMAXPROCS and the threads are given
// back, and no goroutine and no descriptor of the runtime is left.
//
// It returns nil when all tasks have ended by themselves; a [*DroppedError] that wraps the
// cause of ctx's end if tasks had to be dropped, all else being given back; a [*StuckError]
// if a poll has not returned a second after ctx was done. It may be called again, and by
// several goroutines: each waits for the same end. It must not be called on a
// worker, of whichever runtime: there it returns [ErrOnWorker].
func (rt *Runtime) Shutdown(ctx context.Context) error {
	rt.mustBe()
	if thread.Current() != nil {
		return fmt.Errorf("Shutdown: %w", ErrOnWorker)
	}
	return rt.shutDown(ctx)
}

// Close ends the runtime as Shutdown does, with no time for tasks to end by themselves. That
// tasks were dropped is no error then. It is what to defer in a program that has waited for
// the tasks it cares for.
func (rt *Runtime) Close() error {
	rt.mustBe()
	if thread.Current() != nil {
		return fmt.Errorf("Close: %w", ErrOnWorker)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := rt.shutDown(ctx)
	if _, dropped := err.(*DroppedError); dropped {
		return nil
	}
	return err
}

func (rt *Runtime) shutDown(ctx context.Context) error {
	rt.reports.leaveOut()
	rt.ending.begin.Do(func() {
		if rt.sim != nil {
			rt.sim.atOnce = ctx.Err() != nil
		}
		rt.phase.Store(closing)
		defer func() { go rt.end() }() // also if a waker calls runtime.Goexit
		rt.ending.waiting.Close(rt.report)
	})
	select {
	case <-rt.ending.done:
		return rt.ending.result()
	case <-ctx.Done():
	}
	rt.ending.hurried.Do(func() {
		rt.ending.cause = context.Cause(ctx)
		close(rt.ending.hurry)
		if rt.sim != nil {
			rt.sim.reactor.Unpark()
		}
	})
	stuck := time.NewTimer(stuckAfter)
	defer stuck.Stop()
	select {
	case <-rt.ending.done:
		return rt.ending.result()
	case <-stuck.C:
	}
	if rt.phase.Load() == stopped { // no poll is left; only reports may be
		<-rt.ending.done
		return rt.ending.result()
	}
	return rt.stuck()
}

// result is what Shutdown returns, once all is given back.
func (e *ending) result() error {
	if e.err == nil && e.dropped > 0 {
		return &DroppedError{Tasks: e.dropped, Cause: e.cause}
	}
	return e.err
}

// Context returns a context that ends with the runtime: when Shutdown drops the tasks that
// are left, or has seen the last one end; its cause is [ErrShutdown]. The contexts of
// what a task starts elsewhere, on goroutines, or with par.WithContext, derive from it.
func (rt *Runtime) Context() context.Context {
	rt.mustBe()
	return rt.ending.context
}

// end sees a shutdown through.
func (rt *Runtime) end() {
	if rt.sim != nil {
		rt.sim.end(rt.ending.hurry)
	} else {
		rt.endWorkers(rt.ending.hurry)
	}
	close(rt.monitor.quit)
	rt.running.Wait()
	rt.ending.cancel()
	rt.giveBack()
	rt.ending.err = rt.closeReactors()
	rt.lowerProcs()
	for _, w := range rt.workers {
		rt.ending.dropped += w.counts.Dropped
	}
	rt.reportForgotten()
	if reported := rt.reports.pending(); reported != nil {
		select {
		case <-reported:
		case <-time.After(reportsFor): // Config.OnPanic blocks: that is its own affair
		}
	}
	close(rt.ending.done)
}

// endWorkers has the workers end, once no task is left.
func (rt *Runtime) endWorkers(hurry <-chan struct{}) {
	for rt.unparkAll(); !rt.quiet(); {
		select {
		case <-rt.ending.nudge:
		case <-hurry:
			hurry = nil
			rt.ending.cancel() // first: what is dropped finds it over
			rt.phase.Store(aborting)
			rt.unparkAll()
		}
	}
	rt.phase.Store(stopped)
	rt.unparkAll()
}

func (rt *Runtime) unparkAll() {
	for _, p := range rt.peers {
		p.reactor.Unpark()
	}
}

// tellShutdown is called by a worker that has fallen asleep, and by a spawner from outside
// that has made the counts agree.
func (rt *Runtime) tellShutdown() {
	select {
	case rt.ending.nudge <- struct{}{}:
	default: // it has been told, and has not looked yet
	}
}

// quiet reports whether no task is left.
func (rt *Runtime) quiet() bool {
	rt.idle.lock.Lock() // keeps sleeping workers asleep
	defer rt.idle.lock.Unlock()
	// The count that grows last is read first: the other one may only be too large then.
	injected := rt.injected.Load()
	if rt.begun.Load() != injected || rt.idle.sleeping() < len(rt.peers) {
		return false
	}
	for _, p := range rt.peers {
		if !p.published.quiet() || !p.tasks.empty() || !p.tasks.ended.Empty() {
			return false
		}
	}
	return true
}

// windDown is what a worker does before it sleeps once a shutdown has begun; false when
// it is to end.
func (w *worker) windDown() bool {
	switch w.rt.phase.Load() {
	case stopped:
		return false
	case aborting:
		w.abortOwned()
	}
	w.takeEnded()
	return true
}

// abortOwned sees to it that every task of this worker is dropped. It does so once: one that
// becomes the worker's after that, from a poll that was under way, is aborted then.
func (w *worker) abortOwned() {
	if w.aborting {
		return
	}
	w.aborting = true
	for h := w.owned.head; h != nil; h = h.next {
		if h.state.abort() {
			w.requeue(h, h.state.place())
		}
	}
}

// Closing returns a future that is ready once Shutdown has been called: a server awaits
// it beside its listener.
func (rt *Runtime) Closing() future.Future[future.Unit] {
	rt.mustBe()
	return &closingFuture{rt: rt}
}

type closingFuture struct {
	rt   *Runtime
	node waitlist.Node
}

// Poll implements future.Future.
func (f *closingFuture) Poll(cx *waker.Context) future.Poll[future.Unit] {
	waiting := &f.rt.ending.waiting
	if f.rt.phase.Load() == open && waiting.Wait(&f.node, cx.Waker()) == waitlist.Waiting {
		return future.Pending[future.Unit]()
	}
	if !cx.Spend() {
		return future.Pending[future.Unit]()
	}
	waiting.Leave(&f.node)
	return future.Ready(future.Unit{})
}

// Drop implements future.Dropper.
func (f *closingFuture) Drop() { f.rt.ending.waiting.Leave(&f.node) }
