package sched

import (
	"fmt"
	"time"
)

// Config says how a runtime is made. The zero Config is a good one: fields that are 0
// take the default given with them.
type Config struct {
	// Name tells the runtime from others of the program: [Runtime.Name] returns it, and what is logged of its panics and
	// stalls has it, as "runtime". By default it has none.
	Name string
	// Workers is the number of workers: by default one for each core that the process
	// may use, by its affinity mask and its cgroup quota. More workers than cores are
	// allowed.
	Workers int
	// NoPin leaves the workers' threads where the operating system puts them. By default
	// each is pinned to a core.
	NoPin bool
	// CPUs are the cores to pin to, one for each worker, instead of those that
	// sched/topology would choose.
	CPUs []int
	// SpareProcs is how many Ps the rest of the program gets beside the workers': by
	// default 1; NoSpareProcs for none. GOMAXPROCS is raised to Workers + SpareProcs
	// unless the environment sets it.
	SpareProcs int
	// Budget is how many operations one poll may complete before it must let others
	// run: by default 128.
	Budget int
	// EventInterval is after how many polls, at most, a busy worker looks at the clock, and
	// at its inbox: by default 61. Polls of more than a microsecond make it fewer, so that it
	// looks every 50 µs, or after each poll.
	EventInterval int
	// Spin is for how long a worker without work looks around before it sleeps, at most. A
	// wake-up that comes within it costs nanoseconds, not the 15 to 20 µs of waking a core;
	// it is paid for in CPU time, so a worker that spins in vain soon stops spinning, until
	// a sleep was short. By default 10 µs; NoSpin for none.
	Spin time.Duration
	// OnPanic is called with each panic that nobody can see otherwise: that of a task without
	// a handle, and that of a task whose handles have all been let go unread, once the
	// collector has found that, or at the end of Shutdown. By default it is logged by
	// log/slog, as an error. It is called on a goroutine of its own, one call at a time, so
	// it may block, and end the runtime; while it does, 1,024 reports are kept, and more are
	// counted in [Metrics].LostReports. Shutdown waits a second for it at most. If it panics
	// itself the process ends.
	OnPanic func(*PanicError)
	// StallAfter is for how long a worker may be in one poll before OnStall is told, once a
	// poll: a poll that blocks, on a mutex held across an Await, say, or one that computes
	// without a fork. To be told costs a stop of the world, for the stack. By default 1 s;
	// NoStall for never.
	StallAfter time.Duration
	// OnStall is told of a poll that does not return. By default it is logged by log/slog,
	// as a warning. It is called as OnPanic is.
	OnStall func(Stall)
	// ProfileTasks shows the polls of tasks that were spawned with a name, by SpawnWith, in profiles, under the pprof label
	// "task", and in traces, as regions. That costs each of these polls some 100 ns, and others nothing.
	ProfileTasks bool
	// Hooks are called at what happens in the runtime. By default there are none.
	Hooks Hooks
	// Timing says which durations are measured. By default none is.
	Timing Timing
}

const (
	// NoSpareProcs as Config.SpareProcs leaves the rest of the program no P of its own.
	NoSpareProcs = -1
	// NoSpin as Config.Spin makes an idle worker sleep at once.
	NoSpin time.Duration = -1
	// NoStall as Config.StallAfter lets a poll last for as long as it likes without a word.
	NoStall time.Duration = -1
)

// MaxWorkers is how many workers a Runtime may have. Each has a thread, and the Go runtime ends a program that has 10,000
// (see [runtime/debug.SetMaxThreads]): there is no error to be had.
const MaxWorkers = 1 << 12

const (
	defaultBudget        = 128 // tokio's
	defaultEventInterval = 61  // Go's and tokio's: prime, so that it falls in step with nothing
	defaultSpin          = 10 * time.Microsecond
	defaultStallAfter    = time.Second
)

// complete fills in the defaults, workers being that for Workers, and reports what is
// wrong.
func (c Config) complete(workers int) (Config, error) {
	if c.Workers == 0 {
		c.Workers = workers
	}
	if c.Workers < 1 || c.Workers > MaxWorkers {
		return c, fmt.Errorf("sched: Config.Workers is %d; it must be 1 to %d, or 0 for one a core", c.Workers, MaxWorkers)
	}
	if c.NoPin && c.CPUs != nil {
		return c, fmt.Errorf("sched: Config.CPUs and Config.NoPin exclude each other")
	}
	if c.CPUs != nil && len(c.CPUs) != c.Workers {
		return c, fmt.Errorf("sched: Config.CPUs has %d cores for %d workers; it must have one for each", len(c.CPUs), c.Workers)
	}
	for _, cpu := range c.CPUs {
		if cpu < 0 {
			return c, fmt.Errorf("sched: Config.CPUs has the core %d; cores are numbered from 0", cpu)
		}
	}
	if err := natural("SpareProcs", &c.SpareProcs, 1, NoSpareProcs, "NoSpareProcs (-1) for none, "); err != nil {
		return c, err
	}
	if err := natural("Budget", &c.Budget, defaultBudget, 0, ""); err != nil {
		return c, err
	}
	if err := natural("EventInterval", &c.EventInterval, defaultEventInterval, 0, ""); err != nil {
		return c, err
	}
	var err error
	if c.Timing, err = c.Timing.complete(); err != nil {
		return c, err
	}
	if c.OnPanic == nil {
		c.OnPanic = c.logPanic()
	}
	if c.OnStall == nil {
		c.OnStall = c.logStall()
	}
	if err := natural("StallAfter", &c.StallAfter, defaultStallAfter, NoStall, "NoStall (-1) for no limit, "); err != nil {
		return c, err
	}
	return c, natural("Spin", &c.Spin, defaultSpin, NoSpin, "NoSpin (-1) for none, ")
}

// natural gives a field its default if it is 0, makes it 0 if it has the value `none`, of which
// special tells, and reports any other negative one.
func natural[T int | time.Duration](name string, field *T, byDefault, none T, special string) error {
	switch {
	case *field == 0:
		*field = byDefault
	case *field < 0 && *field == none:
		*field = 0
	case *field < 0:
		return fmt.Errorf("sched: Config.%s is %v; want %s0 for %v, or more", name, *field, special, byDefault)
	}
	return nil
}
