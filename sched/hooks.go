package sched

import (
	"time"

	"github.com/magpie-go/magpie/internal/origin"
)

// Hooks are functions that a runtime calls at what happens in it, for metrics, traces and tests of the program's own.
// Those that are nil cost nothing; a hook that is set costs each of its events a few nanoseconds and what it does itself.
//
// A hook is a part of what it is called in: on a worker, but for Spawn, and End of a task that was refused, which run where
// Spawn was called. So it must be short and must not block; what would block a worker returns [ErrOnWorker] there. It may
// spawn tasks, wake them, and read [Runtime.Metrics]. Hooks are called by several workers at once.
//
// A panic of a hook ends nothing: it is told to [Config].OnPanic as that of a task called "sched.Hooks." and the hook's
// name, [Metrics].HookPanics counts it, and what the hook was called in goes on. A hook that calls runtime.Goexit, as a
// test's FailNow does, ends the task that is polled, as that task's own call would: with [ErrGoexit], unless it has a
// result already. In Spawn it ends who spawns, and the future of the task that is not to be is dropped. A worker goes on.
type Hooks struct {
	// WorkerStart is called by each worker before it polls anything, perhaps after New has returned, and WorkerStop when
	// it has ended, before Shutdown returns.
	WorkerStart, WorkerStop func(worker int)
	// Park is called by a worker that has found nothing to do, before it sleeps. If the hook spawns or wakes a task that
	// this worker may poll, it does not sleep. Unpark is called after each Park, when there may be work again.
	Park, Unpark func(worker int)
	// Spawn is called for each task that is spawned, by who spawns it, before the task is queued: a stack that is taken
	// in it tells where that was. It is called also if the runtime is shut down and refuses the task.
	Spawn func(TaskInfo)
	// BeforePoll and AfterPoll are called around each poll, AfterPoll also if the poll panics. In both [CurrentTask] of
	// nil is the task.
	BeforePoll, AfterPoll func(TaskInfo)
	// End is called when a task has ended, in whichever way, once for each that Spawn was called for, and before anybody
	// who waits for the task is told.
	End func(TaskInfo)
}

// TaskInfo is a task as a hook is told of it. It is good for the time of the call: afterwards its memory may be that of
// another task.
type TaskInfo struct {
	ID     TaskID
	Worker int // that calls the hook; -1 in a Spawn from elsewhere, and in the End of a task that was refused there
	// Waited is, in BeforePoll and AfterPoll, for how long the task was queued before that poll, if Timing.Waits says
	// that this is measured; else 0.
	Waited time.Duration
	h      *header
}

// Name returns what the task is called: Options.Name or, without one, what its future is called; "" in End if the
// future was all that had a name. It may allocate.
func (t TaskInfo) Name() string {
	if t.h == nil {
		return ""
	}
	f := t.h.self.polled()
	if f == nil {
		return ""
	}
	return origin.Name(f)
}

func infoOf(w *worker, h *header) TaskInfo {
	id := -1
	if w != nil {
		id = w.id
	}
	return TaskInfo{ID: h.id(), Worker: id, h: h}
}

// tellEnd calls End for a task that w finishes, which it goes on with also if the hook calls runtime.Goexit.
func (w *worker) tellEnd(h *header) {
	end := w.observer.hooks.End
	if end == nil {
		return
	}
	returned := false
	defer func() {
		if !returned {
			w.told = h
			w.finish(h)
			w.told = nil
		}
	}()
	w.rt.tellTask("End", end, infoOf(w, h))
	returned = true
}

// tellStart calls WorkerStart, before the first poll. It is called again by each loop that is begun anew.
func (w *worker) tellStart() {
	if !w.started {
		w.started = true
		w.rt.tellWorker("WorkerStart", w.rt.config.Hooks.WorkerStart, w)
	}
}

// tellStop calls WorkerStop, unless the worker ends the process.
func (w *worker) tellStop() {
	if !w.fatal {
		w.rt.tellWorker("WorkerStop", w.rt.config.Hooks.WorkerStop, w)
	}
}

// tellSpawn calls Spawn for a task that is about to be queued, and notes when that is if waits are measured. After runtime.Goexit nobody will queue it, nor get its
// handle: its future is dropped.
func (rt *Runtime) tellSpawn(w *worker, h *header) {
	if spawn := rt.config.Hooks.Spawn; spawn != nil {
		returned := false
		defer func() {
			if !returned {
				rt.forgo(w, h, ErrGoexit)
			}
		}()
		rt.tellTask("Spawn", spawn, infoOf(w, h))
		returned = true
	}
	if rt.waits {
		rt.noteQueued(h)
	}
}

func (rt *Runtime) tellTask(name string, hook func(TaskInfo), t TaskInfo) {
	defer rt.hookPanicked(name)
	hook(t)
}

func (rt *Runtime) tellWorker(name string, hook func(worker int), w *worker) {
	if hook == nil {
		return
	}
	defer rt.hookPanicked(name)
	hook(w.id)
}

// hookPanicked is deferred by the caller of a hook.
func (rt *Runtime) hookPanicked(name string) {
	if v := recover(); v != nil {
		rt.hookPanics.Add(1)
		rt.reportPanic(&PanicError{Task: "sched.Hooks." + name, Value: v, Stack: origin.Stack(v)})
	}
}
