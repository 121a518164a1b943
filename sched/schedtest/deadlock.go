package schedtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/sim"
)

// DeadlockError is why a Run could not end: every task waits, no timer will go off, nothing is under way, and for
// Config.Grace nothing came from outside.
type DeadlockError struct {
	Seed    uint64
	Elapsed time.Duration // by the clock
	Tasks   []Task        // all that have not ended, by worker, the one seen last first
	Timers  int           // that are set, while AutoAdvance is off
}

// Task is one that waits.
type Task struct {
	Name   string
	Worker int            // that saw it pending first
	Frames []future.Frame // where it stands, see future.Trace
}

func (r *Runtime) deadlock(s *sim.Stalled) error {
	e := &DeadlockError{Seed: r.seed, Elapsed: r.Elapsed(), Timers: s.Timers}
	for _, t := range s.Tasks {
		e.Tasks = append(e.Tasks, Task{t.Name, t.Worker, future.Trace(t.Future)})
	}
	return e
}

// Error implements error: it lists the tasks, each with where it stands.
func (e *DeadlockError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "schedtest: deadlock %v after the start, with seed %d: each of %d tasks waits, and nothing can come", e.Elapsed, e.Seed, len(e.Tasks))
	if e.Timers > 0 {
		fmt.Fprintf(&b, " (of %d timers neither, for AutoAdvance is off)", e.Timers)
	}
	for _, t := range e.Tasks {
		fmt.Fprintf(&b, "\n%s, of worker %d, waits at", t.Name, t.Worker)
		for _, f := range t.Frames {
			fmt.Fprintf(&b, "\n    %v", f)
		}
	}
	return b.String()
}
