// Command mutate breaks the core by machine, and counts how often a test notices.
//
//	go run ./internal/mutate [-pkg list] [-seed n] [-n n] [-from n] [-threshold percent]
//
// Operators on the syntax tree make faults (operators.go); of those a sample is drawn that
// compiles, by a seed that is printed, and each is tried on the tests and models that run its
// place (coverage.go), the quickest first. The checkout is never touched: the broken file is
// given to go test by its -overlay flag. A large sample can be tried in pieces, with -from. Each fault takes a line, a survivor also its diff;
// the exit status is 1 if too few are caught. What nobody can notice stands in equivalent.txt.
//
// Command mutants, beside it, has the faults that somebody thought of.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/magpie-go/magpie/internal/mutants/trial"
)

// targets is the packages that are broken at random.
var targets = []string{"waker", "deque", "future", "reactor", "reactor/netio", "reactor/fileio",
	"internal/forkjoin", "internal/waitlist", "sched", "sched/par"}

// witnesses is packages that are not broken, whose tests are of those that are: nobody else runs a simulation.
var witnesses = []string{"sched/schedtest"}

// lottery is a run of faults made by machine.
type lottery struct {
	root      string
	targets   []string // packages whose tests run
	broken    []string // those of them that are broken
	seed      uint64
	n, from   int
	threshold float64 // per cent
	budget    time.Duration
	grace     time.Duration  // for what tests take longer than measured
	only      *regexp.Regexp // of fault.key
	known     map[string]string
	out       io.Writer
	log       io.Writer // what else there is to say, at any time

	covered sync.Map // func() (*suite, error) by the suite's name
}

// outcome is what became of one fault.
type outcome struct {
	by   string // what noticed it
	ran  int    // how many tests ran
	skip string // why it does not count
	took time.Duration
}

func main() { os.Exit(run(os.Args[1:])) }

// run is the command line; it returns the exit status.
func run(args []string) int {
	f := flag.NewFlagSet("mutate", flag.ExitOnError)
	pkgs := f.String("pkg", "", "packages to break, separated by commas or blanks (default all: "+strings.Join(targets, " ")+")")
	seed := f.Uint64("seed", today(time.Now()), "seed of the choice")
	n := f.Int("n", 20, "how many faults to try")
	from := f.Int("from", 0, "how many of the sample to leave out, as they were tried before")
	threshold := f.Float64("threshold", 95, "per cent that have to be caught")
	budget := f.Duration("budget", time.Minute, "time of the tests that are tried on one fault, as measured without it")
	only := f.String("only", "", "try all faults whose line in equivalent.txt would match this `regexp`, instead of a sample")
	f.Usage = func() {
		fmt.Fprintln(f.Output(), "usage: go run ./internal/mutate [flags]")
		f.PrintDefaults()
	}
	f.Parse(args)
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		return 2
	}
	if f.NArg() > 0 || *n < 1 || *from < 0 {
		return fail(fmt.Errorf("unexpected argument %q, -n below 1, or -from below 0", f.Args()))
	}
	root, err := trial.ModuleRoot()
	if err != nil {
		return fail(err)
	}
	l := lottery{root: root, seed: *seed, n: *n, from: *from, threshold: *threshold, budget: *budget, grace: 15 * time.Second, out: os.Stdout, log: os.Stderr}
	for _, t := range append(targets, witnesses...) {
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(t))); err == nil {
			l.targets = append(l.targets, t)
		}
	}
	l.broken = slices.DeleteFunc(slices.Clone(l.targets), func(t string) bool { return slices.Contains(witnesses, t) })
	if *pkgs != "" {
		all := l.broken
		l.broken = nil
		for _, p := range strings.FieldsFunc(*pkgs, func(r rune) bool { return r == ',' || r == ' ' }) {
			p = strings.TrimPrefix(strings.TrimSuffix(p, "/"), "./")
			if !slices.Contains(all, p) {
				return fail(fmt.Errorf("-pkg: no package %q; there are %s", p, strings.Join(all, ", ")))
			}
			l.broken = append(l.broken, p)
		}
	}
	if *only != "" {
		if l.only, err = regexp.Compile(*only); err != nil {
			return fail(fmt.Errorf("-only: %w", err))
		}
	}
	if l.known, err = parseEquivalents(equivalents); err != nil {
		return fail(err)
	}
	enough, err := l.run()
	switch {
	case err != nil:
		return fail(err)
	case !enough:
		return 1
	}
	return 0
}

// today is the seed of a day: 20260131.
func today(t time.Time) uint64 {
	y, m, d := t.UTC().Date()
	return uint64(y*10000 + int(m)*100 + d)
}

// run tries a sample and reports whether enough of it was caught.
func (l *lottery) run() (enough bool, err error) {
	p, err := load(l.root, l.targets)
	if err != nil {
		return false, err
	}
	sample, places, err := l.draw(p)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(l.out, "seed %d: %d of the %d faults that can be made in %s\n", l.seed, len(sample), places, strings.Join(l.broken, ", "))
	outcomes := make([]chan outcome, len(sample))
	for i := range outcomes {
		outcomes[i] = make(chan outcome, 1)
	}
	go each(len(sample), func(i int) {
		start := time.Now()
		o, err := l.try(p, sample[i])
		if err != nil {
			o.skip = err.Error()
		}
		o.took = time.Since(start)
		outcomes[i] <- o
	})
	caught, counted := 0, 0
	for i, f := range sample {
		o := <-outcomes[i]
		switch {
		case o.skip != "":
			fmt.Fprintf(l.out, "%s: does not count: %s\n", f.title(), o.skip)
			continue
		case o.by != "":
			caught++
			fmt.Fprintf(l.out, "%s: caught by %s (%.1f s)\n", f.title(), o.by, o.took.Seconds())
		default:
			fmt.Fprintf(l.out, "%s: SURVIVED %d tests (%.1f s)\n%s", f.title(), o.ran, o.took.Seconds(), f.diff())
		}
		counted++
	}
	if counted == 0 {
		return false, errors.New("nothing was tried")
	}
	score := 100 * float64(caught) / float64(counted)
	fmt.Fprintf(l.out, "seed %d: %d of %d caught, %.1f %%, wanted %.1f\n", l.seed, caught, counted, score, l.threshold)
	return score >= l.threshold, nil
}

// draw chooses the faults: in a random order, those that compile and are not known to be
// equivalent, until there are enough.
func (l *lottery) draw(p *program) (sample []*fault, places int, err error) {
	var all []*fault
	for _, t := range p.targets {
		if rel, err := filepath.Rel(l.root, t.Dir); err != nil || !slices.Contains(l.broken, filepath.ToSlash(rel)) {
			continue
		}
		s, err := p.parse(t)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, s.faults()...)
	}
	places = len(all)
	random := rand.New(rand.NewPCG(l.seed, 0))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, f := range all {
		if l.only != nil && !l.only.MatchString(f.key()) {
			continue
		}
		if l.only == nil && (len(sample) == l.from+l.n || l.known[f.key()] != "") {
			continue
		}
		if f.of.compiles(f.file, f.broken()) {
			sample = append(sample, f)
		}
	}
	if l.only == nil {
		sample = sample[min(l.from, len(sample)):]
	}
	return sample, places, nil
}

// measured returns a suite with what its tests cover. That is collected once, by whoever needs it
// first: most faults are caught by the tests of their own package, and need no other.
func (l *lottery) measured(p *program, s *suite) (*suite, error) {
	collect, _ := l.covered.LoadOrStore(s.String(), sync.OnceValues(func() (*suite, error) {
		start := time.Now()
		if err := p.coverage(s); err != nil {
			return nil, err
		}
		fmt.Fprintf(l.log, "coverage of %d tests of %s (%.0f s)\n", len(s.tests), s, time.Since(start).Seconds())
		for _, failed := range s.failed {
			fmt.Fprintf(l.log, "left out, as it fails or takes too long when nothing is broken: %s\n", failed)
		}
		return s, nil
	}))
	return collect.(func() (*suite, error))()
}

// try runs what covers a fault with the fault in place, until a test fails.
func (l *lottery) try(p *program, f *fault) (o outcome, err error) {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return o, err
	}
	defer os.RemoveAll(dir)
	overlay, err := trial.WriteOverlay(dir, f.path(), string(f.broken()))
	if err != nil {
		return o, err
	}
	left := l.budget
	for i, s := range p.suites(f.of.listed) {
		if s, err = l.measured(p, s); err != nil {
			return o, err
		}
		tests := s.covers(f)
		if len(tests) == 0 {
			continue
		}
		binary := filepath.Join(dir, fmt.Sprint("test", i))
		cmd := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-tags="+s.tags, "-o", binary, s.of.ImportPath)
		cmd.Dir = l.root
		if out, err := cmd.CombinedOutput(); err != nil {
			return o, fmt.Errorf("does not compile: %s", squeeze(string(out)))
		}
		for _, some := range batches(tests, &left) {
			o.ran += len(some)
			if out, err := runTests(binary, s.of.Dir, l.grace, some); err != nil {
				by, _ := trial.Culprit(out)
				o.by = filepath.Base(s.of.ImportPath) + " " + by
				return o, nil
			}
		}
		os.Remove(binary)
	}
	return o, nil
}

// batches puts tests, the quickest first, into processes: those of a second, the other ones as far
// as left lasts.
func batches(tests []covering, left *time.Duration) (all [][]covering) {
	quick := 0
	for sum := time.Duration(0); quick < len(tests) && sum < time.Second; quick++ {
		sum += tests[quick].Took
	}
	end := 0
	for ; end < len(tests) && (*left > 0 || end == 0); end++ {
		*left -= tests[end].Took
	}
	quick = min(quick, end)
	all = append(all, tests[:quick])
	if quick < end {
		all = append(all, tests[quick:end])
	}
	return all
}

// title names a fault: where it is and what it does.
func (f *fault) title() string {
	path := f.path()
	if rel, err := filepath.Rel(f.of.program.root, path); err == nil {
		path = filepath.ToSlash(rel)
	}
	return fmt.Sprintf("%s:%d: %s", path, f.position().Line, f.operator)
}

// diff shows the lines that a fault changes, and its line for equivalent.txt.
func (f *fault) diff() string {
	text := string(f.text())
	start := strings.LastIndexByte(text[:f.start], '\n') + 1
	end := len(text)
	if i := strings.IndexByte(text[f.end:], '\n'); i >= 0 {
		end = f.end + i
	}
	var b strings.Builder
	for line := range strings.SplitSeq(text[start:end], "\n") {
		fmt.Fprintf(&b, "    - %s\n", line)
	}
	for line := range strings.SplitSeq(text[start:f.start]+f.new+text[f.end:end], "\n") {
		fmt.Fprintf(&b, "    + %s\n", line)
	}
	fmt.Fprintf(&b, "    %s\n", f.key())
	return b.String()
}
