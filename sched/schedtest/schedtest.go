package schedtest

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/sim"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/sched"
)

// Config says how a test runtime is made. The zero Config is a good one.
type Config struct {
	// Workers is how many workers are simulated: by default 4.
	Workers int
	// Seed decides the order of polls. 0 is for the one in the environment's MAGPIE_SEED or, without that,
	// one that is made from the test's name.
	Seed uint64
	// Budget is that of sched.Config: how many operations one poll may complete. By default 128.
	Budget int
	// Grace is for how long, in real time, the clock waits for descriptors and channels that tasks wait for before it
	// jumps over them, and for how long nothing must come before that is a deadlock. By default 1 s;
	// NoJump for as long as it takes.
	Grace time.Duration
	// OnStep, unless nil, is told of each poll before it begins. It must not call the runtime.
	OnStep func(Step)
}

// NoJump as Config.Grace never lets the clock jump over a wait for something outside: until the next timer is due
// as much real time passes. There are no deadlocks then.
const NoJump time.Duration = -1

const (
	defaultWorkers = 4
	defaultGrace   = time.Second
	seedVariable   = "MAGPIE_SEED"
)

// Step is one poll: the worker, the one it has stolen the task from for that or -1, what the task is
// called, and when, by the clock.
type Step = sim.Step

// Runtime is a test runtime. It is a sched.Spawner: sched.Spawn(rt, f) makes a task that is polled by the next Run,
// Settle or Advance. One goroutine at a time calls these; all else may be called by anybody.
type Runtime struct {
	driver sim.Driver
	rt     *sched.Runtime
	seed   uint64
	leave  func() // the clock
}

// New makes a runtime that is closed when the test has ended. The test's goroutine
// calls it, and goes by the runtime's clock from then on. The test fails if it cannot be made, and for each
// panic of a task that nobody has read from its handle.
func New(t testing.TB, config Config) *Runtime {
	t.Helper()
	r, err := start(t, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("schedtest: the order was that of seed %d; %s=%d in the environment has it run again", r.seed, seedVariable, r.seed)
		}
	})
	return r
}

func start(t testing.TB, config Config) (r *Runtime, err error) {
	if config.Workers == 0 {
		config.Workers = defaultWorkers
	}
	if config.Grace == 0 {
		config.Grace = defaultGrace
	}
	if config.Grace < 0 && config.Grace != NoJump {
		return nil, fmt.Errorf("schedtest: Config.Grace is %v; want NoJump (-1) for as long as it takes, 0 for %v, or more", config.Grace, defaultGrace)
	}
	if config.Seed == 0 {
		if config.Seed, err = seedOf(t.Name()); err != nil {
			return nil, err
		}
	}
	driver, err := sim.New(sim.Config{
		Workers: config.Workers, Seed: config.Seed, Budget: config.Budget, Grace: config.Grace, OnStep: config.OnStep,
		OnPanic: func(p error) {
			t.Errorf("schedtest: a task has panicked, and nobody has asked for its result: %v", p)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("schedtest: %w", err)
	}
	return &Runtime{driver: driver, rt: driver.Runtime().(*sched.Runtime), seed: config.Seed, leave: sync.OnceFunc(driver.Enter())}, nil
}

// Close ends the runtime before the test ends: tasks that are left are dropped, and the test's goroutine goes by the
// real clock again.
func (r *Runtime) Close() error {
	r.check()
	defer r.leave()
	return r.rt.Close()
}

// seedOf returns the environment's seed or, without one, that of a test.
func seedOf(test string) (uint64, error) {
	text := os.Getenv(seedVariable)
	if text == "" {
		h := fnv.New64a()
		h.Write([]byte(test))
		return max(h.Sum64(), 1), nil
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil || seed == 0 {
		return 0, fmt.Errorf("schedtest: %s is %q in the environment; it must be a number from 1 to 2^64-1", seedVariable, text)
	}
	return seed, nil
}

func (r *Runtime) check() {
	if r == nil || r.driver == nil {
		panic("schedtest: a nil or zero Runtime; New makes one")
	}
}

// Ext implements [sched.Spawner].
func (r *Runtime) Ext() any { return r.Sched() }

// Sched returns the runtime for what takes a *sched.Runtime. It must not be waited on, by Run of that package or the Wait
// of a handle: nothing would be polled meanwhile.
func (r *Runtime) Sched() *sched.Runtime {
	r.check()
	return r.rt
}

// Seed returns the seed of the order.
func (r *Runtime) Seed() uint64 {
	r.check()
	return r.seed
}

// Run makes a task of f, polls, it and all others, until it has ended, and returns its result. The clock jumps meanwhile.
// The others stay, for the next call. It returns a [*DeadlockError] if f cannot end.
func Run[T any](r *Runtime, f future.Future[T]) (T, error) {
	h := sched.Spawn(r, f)
	return Wait(r, h)
}

// Wait is [Run] for a task that was spawned before.
func Wait[T any](r *Runtime, h sched.JoinHandle[T]) (T, error) {
	r.check()
	if err := r.told("Run", r.driver.Run(h.Done)); err != nil {
		var zero T
		return zero, err
	}
	return h.Wait(context.Background())
}

// Settle polls until every task waits. The clock stands; what is under way and holds it is waited for.
func (r *Runtime) Settle() error {
	r.check()
	return r.told("Settle", r.driver.Settle())
}

// Advance moves the clock on by d, and stops at each timer on the way, until every task waits again. Descriptors and
// channels are not waited for. A d of 0 fires nothing, and a negative one, or one that goes beyond some 219 years in all, is
// an error.
func (r *Runtime) Advance(d time.Duration) error {
	r.check()
	if d < 0 {
		return fmt.Errorf("schedtest: Advance by %v; time does not go back", d)
	}
	if d > reactor.MaxElapsed-r.Elapsed() {
		return fmt.Errorf("schedtest: Advance by %v; the clock goes no further than %v from its beginning", d, reactor.MaxElapsed)
	}
	return r.told("Advance", r.driver.Advance(d))
}

// AutoAdvance says whether the clock jumps to the next timer when every task of a Run waits: it does unless this was
// called with false.
func (r *Runtime) AutoAdvance(on bool) {
	r.check()
	r.driver.AutoAdvance(on)
}

// Now returns what the clock shows: the present time when the runtime was made, and what has elapsed.
func (r *Runtime) Now() time.Time {
	r.check()
	return r.driver.Now()
}

// Elapsed returns by how much the clock has moved since the runtime was made. It is exact.
func (r *Runtime) Elapsed() time.Duration {
	r.check()
	return r.driver.Elapsed()
}

// Hold keeps the clock from moving until release is called, once, by any goroutine, for work outside that a task will be
// woken by. That is to be done before release.
func (r *Runtime) Hold() (release func()) {
	r.check()
	return r.driver.Hold()
}

// told turns what the driver says into an error for people.
func (r *Runtime) told(verb string, err error) error {
	var stalled *sim.Stalled
	switch {
	case errors.As(err, &stalled):
		return r.deadlock(stalled)
	case errors.Is(err, future.ErrOnWorker):
		return fmt.Errorf("schedtest: %s: %w", verb, err)
	}
	return err
}
