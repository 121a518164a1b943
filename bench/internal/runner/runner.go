package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"github.com/magpie-go/magpie/bench/internal/kit"
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/suites"
)

// Options says how to run.
type Options struct {
	Count    int            // repetitions
	Time     time.Duration  // of a measurement
	Filter   *regexp.Regexp // of benchmarks; nil: all
	Kit      kit.Kit
	Echo     string    // the built examples/echo; empty: build it
	Lock     string    // the lock file
	Progress io.Writer // a line for each job
	// Child returns the command line of a program of ours.
	Child func(bench, peer string, time time.Duration) []string
}

// Result is what a run came to.
type Result struct {
	Repetitions [][]measure.Line
	// Skipped says what was not run, and why.
	Skipped []string
	// Failed are the jobs that went wrong; the others ran.
	Failed []error
}

// commandTime is how long one command may take: what hangs must not hold up the rest.
const commandTime = 5 * time.Minute

type runner struct {
	Options
	lock   *flock.Flock
	dir    string // for what is built
	result Result
}

// Run runs the jobs of the suites. It fails if there is none, or if ctx is done; what one
// job does wrong is told in the result.
func Run(ctx context.Context, selected []suites.Suite, o Options) (Result, error) {
	dir, err := os.MkdirTemp("", "magpie-bench-")
	if err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(dir)
	r := &runner{Options: o, lock: flock.New(o.Lock), dir: dir}
	defer r.lock.Close()
	jobs := r.choose(ctx, selected)
	if len(jobs) == 0 {
		return r.result, errors.New("nothing to run")
	}
	for rep := range o.Count {
		var lines []measure.Line
		for i, j := range jobs {
			fmt.Fprintf(o.Progress, "repetition %d/%d, job %d/%d: %v\n", rep+1, o.Count, i+1, len(jobs), j.Job)
			got, err := r.run(ctx, j)
			if ctx.Err() != nil {
				return r.result, ctx.Err()
			}
			if err != nil {
				err = fmt.Errorf("%v: %w", j.Job, err)
				fmt.Fprintln(o.Progress, err)
				r.result.Failed = append(r.result.Failed, err)
			}
			lines = append(lines, r.wanted(j, got)...)
		}
		r.result.Repetitions = append(r.result.Repetitions, lines)
	}
	return r.result, nil
}

// job is a job that can be run: its programs have been found.
type job struct {
	suites.Job
	program string // of Kit, or the server
	load    string // the client of the kit
}

// choose returns the jobs that are wanted and can be run, and notes why others cannot. A
// program of the kit that prints what several of them want is one job, the last of them.
func (r *runner) choose(ctx context.Context, selected []suites.Suite) (jobs []job) {
	skip := func(why string) {
		if !slices.Contains(r.result.Skipped, why) {
			r.result.Skipped = append(r.result.Skipped, why)
		}
	}
	for _, s := range selected {
		for _, j := range s.Jobs {
			if !slices.ContainsFunc(j.Benches(), r.matches) {
				continue
			}
			found := job{Job: j}
			if err := kindOf(j).find(r, ctx, &found); err != nil {
				skip(err.Error())
				continue
			}
			same := func(other job) bool { return j.Kit != nil && slices.Equal(j.Kit, other.Kit) }
			if i := slices.IndexFunc(jobs, same); i >= 0 {
				found.Bench, found.Emits = "", slices.Concat(jobs[i].Benches(), j.Benches())
				jobs = slices.Delete(jobs, i, i+1)
			}
			jobs = append(jobs, found)
		}
	}
	return jobs
}

func (r *runner) matches(bench string) bool { return r.Filter == nil || r.Filter.MatchString(bench) }

// wanted drops what a program of the kit prints beyond what was asked for.
func (r *runner) wanted(j job, lines []measure.Line) []measure.Line {
	benches := j.Benches()
	return slices.DeleteFunc(lines, func(l measure.Line) bool {
		return !slices.Contains(benches, l.Bench) || !r.matches(l.Bench)
	})
}

// build builds a program of ours, if it is not there yet.
func (r *runner) build(ctx context.Context, pkg string) (string, error) {
	program := filepath.Join(r.dir, path.Base(pkg))
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	if out, err := command(ctx, "go", "build", "-o", program, pkg).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s cannot be built here: %w\n%s", pkg, err, out)
	}
	return program, nil
}

// run runs one job under the lock.
func (r *runner) run(ctx context.Context, j job) ([]measure.Line, error) {
	if _, err := r.lock.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return nil, fmt.Errorf("lock file %s: %w", r.Lock, err)
	}
	defer r.lock.Unlock()
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	return kindOf(j.Job).run(r, ctx, j)
}
