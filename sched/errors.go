package sched

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/magpie-go/magpie/future"
)

var (
	// ErrAborted is the result of a task that was aborted.
	ErrAborted = errors.New("sched: task aborted")
	// ErrShutdown is the result of a task that the runtime's shutdown ended or did not
	// let begin.
	ErrShutdown = errors.New("sched: runtime is shut down")
	// ErrOnWorker is what a call that would block returns on a worker.
	ErrOnWorker = future.ErrOnWorker
	// ErrGoexit is the result of a task whose poll called runtime.Goexit.
	ErrGoexit = future.ErrGoexit
	// ErrStuck is what a [*StuckError] is.
	ErrStuck = errors.New("sched: a poll does not return")
)

// PanicError is the result of a task whose poll panicked. Its Task is set.
type PanicError = future.PanicError

// DroppedError is what Shutdown returns when tasks had not ended by themselves in time.
type DroppedError struct {
	Tasks uint64 // that were dropped
	Cause error  // why the time was over: the cause of the end of Shutdown's context
}

// Error implements error: how many tasks, and why.
func (e *DroppedError) Error() string {
	return fmt.Sprintf("sched: Shutdown dropped %d tasks that had not ended: %v", e.Tasks, e.Cause)
}

// Unwrap returns the cause.
func (e *DroppedError) Unwrap() error { return e.Cause }

// StuckError is what Shutdown returns when polls do not; errors.Is finds [ErrStuck] in it. The
// runtime ends on its own if they ever do.
type StuckError struct {
	Workers []Stall // those in a long poll; all of them, if none is and no end comes
	Tasks   int     // that are left, as far as the workers have told
}

// Error implements error: it holds the stacks of the workers.
func (e *StuckError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v: %d tasks are left a second after everything was told to stop", ErrStuck, e.Tasks)
	for _, s := range e.Workers {
		fmt.Fprintf(&b, "\n%v", s)
	}
	return b.String()
}

// Is reports that it is ErrStuck.
func (e *StuckError) Is(target error) bool { return target == ErrStuck }

// stuck says which workers are in a poll that does not return.
func (rt *Runtime) stuck() error {
	// Others may be awake at this moment, as the monitor has them look after those who are stuck.
	e := &StuckError{Workers: rt.stalls(rt.now(), stuckAfter/2)}
	if len(e.Workers) == 0 { // it is as good as over
		select {
		case <-rt.ending.done:
			return rt.ending.result()
		case <-time.After(stuckAfter):
			e.Workers = rt.stallOfAll()
		}
	}
	rt.addStacks(e.Workers)
	for _, p := range rt.peers {
		_, pending := p.published.read()
		e.Tasks += pending
	}
	return e
}
