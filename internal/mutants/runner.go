package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/magpie-go/magpie/internal/mutants/trial"
)

// mutant is one deliberate fault.
type mutant struct {
	name string // package/what-is-broken
	file string // from the root of the module
	old  string // must occur exactly once in file
	new  string
	test test // must fail
	// short marks the mutants of the short run: one for each package or so, with a
	// test that takes no more than some seconds.
	short bool
}

// test is a go test command that passes when nothing is broken.
type test struct {
	dir  string // of the module that pkg is in, from the root; empty for the root's
	pkg  string // such as ./waker
	run  string // as in go test -run; empty for all
	tags string
	race bool
}

func (t test) args(timeout time.Duration) []string {
	args := []string{"test", "-count=1", "-vet=off", "-failfast", "-timeout", timeout.String()}
	if t.tags != "" {
		args = append(args, "-tags", t.tags)
	}
	if t.race {
		args = append(args, "-race")
	}
	if t.run != "" {
		args = append(args, "-run", t.run)
	}
	return args
}

func (t test) String() string {
	s := "go " + strings.Join(append(t.args(time.Minute), t.pkg), " ")
	if t.dir != "" {
		s = "cd " + t.dir + " && " + s
	}
	return s
}

type runner struct {
	root    string
	timeout time.Duration
	verbose bool
	out     io.Writer

	lock  sync.Mutex
	sound map[string]func() soundness // of each test, by its command
}

// soundness is what a test comes to when nothing is broken.
type soundness struct {
	took time.Duration
	err  error
}

// runAll tries as many mutants at a time as there are cores, reports them in their order,
// and returns how many of them were not caught.
func (r *runner) runAll(mutants []mutant) (bad int) {
	verdicts := make([]chan verdict, len(mutants))
	for i := range verdicts {
		verdicts[i] = make(chan verdict, 1)
	}
	var next atomic.Int64
	for range runtime.NumCPU() {
		go func() {
			for i := next.Add(1) - 1; int(i) < len(mutants); i = next.Add(1) - 1 {
				verdicts[i] <- r.judge(mutants[i])
			}
		}()
	}
	for i, m := range mutants {
		v := <-verdicts[i]
		switch {
		case v.err != nil:
			fmt.Fprintf(r.out, "mutant %s: ERROR: %v\n", m.name, v.err)
			bad++
		case v.by == "":
			fmt.Fprintf(r.out, "mutant %s: SURVIVED %v\n", m.name, m.test)
			bad++
		default:
			fmt.Fprintf(r.out, "mutant %s: caught by %s (%.1f s)\n", m.name, v.by, v.took.Seconds())
			if r.verbose {
				fmt.Fprintln(r.out, v.said)
			}
		}
	}
	return bad
}

// verdict is what trying a mutant came to.
type verdict struct {
	by, said string // see try
	err      error
	took     time.Duration
}

func (r *runner) judge(m mutant) (v verdict) {
	start := time.Now()
	v.by, v.said, v.err = r.try(m)
	v.took = time.Since(start)
	return v
}

// try applies m and returns which test failed, or "" if none did.
func (r *runner) try(m mutant) (by, said string, err error) {
	source := filepath.Join(r.root, filepath.FromSlash(m.file))
	text, err := os.ReadFile(source)
	if err != nil {
		return "", "", err
	}
	broken, err := m.apply(string(text))
	if err != nil {
		return "", "", err
	}
	limit, err := r.passes(m.test)
	if err != nil {
		return "", "", err
	}
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return "", "", err
	}
	defer os.RemoveAll(dir)
	overlay, err := trial.WriteOverlay(dir, source, broken)
	if err != nil {
		return "", "", err
	}
	out, failed := r.goTest(m.test, limit, "-overlay", overlay)
	if !failed {
		return "", out, nil
	}
	by, err = trial.Culprit(out)
	return by, out, err
}

// apply returns the text with the fault in it.
func (m mutant) apply(text string) (string, error) {
	if n := strings.Count(text, m.old); n != 1 {
		return "", fmt.Errorf("its text occurs %d times in %s, want once", n, m.file)
	}
	if m.old == m.new {
		return "", errors.New("it changes nothing")
	}
	return strings.Replace(text, m.old, m.new, 1), nil
}

// slower is how much longer than when nothing is broken a test may take before it is taken to
// hang: other tests run beside it, and the machine may be busy.
const slower = 5

// passes checks, once for each test, that it passes, and tests anything, when nothing is
// broken, and returns how long it may take when something is.
func (r *runner) passes(t test) (limit time.Duration, err error) {
	key := t.String()
	r.lock.Lock()
	sound := r.sound[key]
	if sound == nil {
		sound = sync.OnceValue(func() soundness { return r.trySound(t) })
		r.sound[key] = sound
	}
	r.lock.Unlock()
	s := sound()
	return max(r.timeout, slower*s.took), s.err
}

func (r *runner) trySound(t test) (s soundness) {
	start := time.Now()
	out, failed := r.goTest(t, slower*r.timeout)
	s.took = time.Since(start)
	switch {
	case failed:
		s.err = fmt.Errorf("without any mutant %s fails:\n%s", t, out)
	case strings.Contains(out, "no tests to run") || strings.Contains(out, "[no test files]"):
		s.err = fmt.Errorf("%s runs no test", t)
	}
	return s
}

func (r *runner) goTest(t test, limit time.Duration, more ...string) (out string, failed bool) {
	args := append(t.args(limit), more...)
	cmd := exec.Command("go", append(args, t.pkg)...)
	cmd.Dir = filepath.Join(r.root, filepath.FromSlash(t.dir))
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	err := cmd.Run()
	return b.String(), err != nil
}
