// Package sim is where sched and its test runtime, sched/schedtest, meet: what the one does for the
// other and for nobody else.
package sim

import "time"

// Config says how a simulated runtime is made; all fields are set.
type Config struct {
	Workers int
	Seed    uint64
	Budget  int
	// Grace is for how long, in real time, descriptors and goroutines outside are waited for before the
	// clock jumps, or nothing is taken to come any more; less than 0 is without limit.
	Grace   time.Duration
	OnPanic func(error) // a *sched.PanicError
	// OnStep, unless nil, is told of each poll before it begins, on the goroutine that polls.
	OnStep func(Step)
}

// Step is one poll of a task.
type Step struct {
	Worker int           // that polls, of the simulated ones
	From   int           // from whom it has stolen the task for that, or -1
	Task   string        // what the task is called
	At     time.Duration // on the clock, since its beginning
}

// Task is one that waits.
type Task struct {
	Name   string
	Worker int // that it was first seen pending by
	Future any // to be traced before the next job
}

// Driver runs a simulated runtime. One goroutine at a time calls its methods, which block until the
// runtime has done what it was asked, and do nothing on a worker but return sched.ErrOnWorker.
type Driver interface {
	// Runtime returns the *sched.Runtime.
	Runtime() any
	// Run polls until over returns true. It returns *Stalled if nothing can come any more.
	Run(over func() bool) error
	// Settle polls until every task waits, with the clock as it is.
	Settle() error
	// Advance moves the clock on by d, from timer to timer, and polls until every task waits at each.
	Advance(d time.Duration) error
	// The rest may be called by anybody.

	Now() time.Time
	Elapsed() time.Duration
	// AutoAdvance says whether Run moves the clock when every task waits.
	AutoAdvance(on bool)
	// Hold keeps the clock where it is until release is called.
	Hold() (release func())
	// Enter makes the runtime's clock that of the calling goroutine, until leave.
	Enter() (leave func())
}

// Stalled is why Run ended without what it was to wait for.
type Stalled struct {
	Tasks  []Task
	Timers int // that are set, while the clock does not go by itself
}

// Error implements error; sched/schedtest has better words.
func (*Stalled) Error() string { return "every task waits, and nothing can come" }

// New is set by package sched.
var New func(Config) (Driver, error)
