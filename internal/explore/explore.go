package explore

import (
	"fmt"
	"os"
	"strings"
	"sync"
)

// Config says how a model is explored. The zero Config explores every schedule.
type Config struct {
	// Name of the model; the test's name if empty.
	Name string
	// Preemptions, if positive, limits how often a schedule takes the processor
	// from a thread that could have gone on. The exploration is exhaustive within
	// that bound, but without reduction: 2 is usually affordable, 3 seldom.
	Preemptions int
	// MaxSteps is how many operations a schedule may have before it counts as a
	// livelock. 0 means 2,000.
	MaxSteps int
	// MaxSchedules, if positive, ends the exploration early; the result is then
	// not complete. 0 means 20 million, and reaching that fails the model.
	MaxSchedules int
	// Random, if positive, runs that many random schedules instead of all: half
	// of them uniform, half with random priorities that change at few points.
	Random int
	// Seed of the random schedules; 0 takes one from the clock. It is printed.
	Seed uint64
	// Replay runs one schedule only: the one that a failure printed. The
	// environment variable EXPLORE_REPLAY does the same.
	Replay string
	// Naive switches the reduction off, to test the explorer itself.
	Naive bool
}

// Result is what an exploration did.
type Result struct {
	Schedules int // run to their end
	Redundant int // given up because they would have repeated another
	Steps     int
	MaxDepth  int
	Complete  bool
	Bound     string // what was left out, when not complete
	Failure   *Failure
}

// FailureKind is the kind of a failure.
type FailureKind string

// What can go wrong with a model.
const (
	Deadlock       FailureKind = "deadlock"
	LostWakeup     FailureKind = "lost wake-up"
	Assertion      FailureKind = "assertion"
	DataRace       FailureKind = "data race"
	Livelock       FailureKind = "livelock"
	Nondeterminism FailureKind = "model not deterministic"
)

// Failure is a schedule that went wrong.
type Failure struct {
	Kind    FailureKind
	Message string
	Seed    string // replays the schedule
	Table   string // the interleaving, one operation a line
}

func (f *Failure) Error() string {
	return fmt.Sprintf("%s: %s\n\n%s\nreplay with EXPLORE_REPLAY=%s", f.Kind, f.Message, f.Table, f.Seed)
}

// TB is the part of testing.TB that Check needs.
type TB interface {
	Helper()
	Name() string
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Check explores the model and fails the test with the interleaving of the first
// schedule that goes wrong. It logs one line for a model that holds, and appends
// it to the file that the environment variable EXPLORE_SUMMARY names.
//
// body is called for each schedule, to build the model from fresh state.
// Explorations run one at a time, whichever goroutines ask for them.
func Check(t TB, cfg Config, body func(x *Run)) Result {
	t.Helper()
	if cfg.Name == "" {
		cfg.Name = t.Name()
	}
	if s := os.Getenv("EXPLORE_REPLAY"); s != "" {
		cfg.Replay = s
	}
	r, table := explore(cfg, body)
	if cfg.Replay != "" {
		t.Logf("replay of %s\n%s", cfg.Replay, table)
	}
	if r.Failure != nil {
		t.Fatalf("model %s: schedule %d: %v", cfg.Name, r.Schedules+1, r.Failure)
	}
	if !r.Complete && cfg.MaxSchedules == 0 && cfg.Random == 0 && cfg.Preemptions <= 0 && cfg.Replay == "" {
		t.Fatalf("model %s: %s; make it smaller, or bound it by Preemptions, MaxSchedules or Random", cfg.Name, r.Bound)
	}
	line := r.line(cfg.Name)
	t.Logf("%s", line)
	t.Logf("%d steps, at most %d in a schedule, %d redundant schedules cut short", r.Steps, r.MaxDepth, r.Redundant)
	if path := os.Getenv("EXPLORE_SUMMARY"); path != "" {
		if err := appendLine(path, line); err != nil {
			t.Fatalf("EXPLORE_SUMMARY: %v", err)
		}
	}
	return r
}

func (r Result) line(name string) string {
	if r.Complete {
		return fmt.Sprintf("model %s: %d schedules, complete", name, r.Schedules)
	}
	return fmt.Sprintf("model %s: %d schedules, bounded (%s)", name, r.Schedules, r.Bound)
}

func appendLine(path, line string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(line + "\n"); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// Explore explores the model and returns what it found.
func Explore(cfg Config, body func(x *Run)) Result {
	r, _ := explore(cfg, body)
	return r
}

var exploring sync.Mutex

// explore also returns the table of the schedule that failed or was replayed.
func explore(cfg Config, body func(x *Run)) (r Result, table string) {
	exploring.Lock()
	defer exploring.Unlock()
	if cfg.MaxSteps == 0 {
		cfg.MaxSteps = 2000
	}
	e := &engine{cfg: cfg, body: body}
	defer e.close()
	e.reduce = !cfg.Naive && cfg.Preemptions <= 0 && cfg.Random <= 0 && cfg.Replay == ""
	switch {
	case cfg.Replay != "":
		e.replay(cfg.Replay)
		r = e.result
		r.Bound = "one schedule replayed"
	case cfg.Random > 0:
		r = e.random()
	default:
		r = e.all()
	}
	if r.Failure != nil && e.rec == nil {
		seed := r.Failure.Seed
		e.replay(seed)
		if e.failure == nil || e.failure.Kind != r.Failure.Kind {
			r.Failure.Kind = Nondeterminism
			r.Failure.Message = "the failing schedule ends otherwise when it is run again; it failed with: " + r.Failure.Message
		} else {
			r.Failure.Message = e.failure.Message
		}
		r.Failure.Seed = seed
	}
	if e.rec != nil {
		table = strings.TrimRight(e.rec.table(), "\n") + "\n"
	}
	if r.Failure != nil {
		r.Failure.Table = table
	}
	return r, table
}
