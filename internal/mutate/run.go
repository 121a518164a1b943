package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// memory is what a test may use in KiB: a fault may well make it take all there is.
const memory = 6 << 20

// runTests runs some tests of a test binary in the folder of its package, one after the other. Each
// may take ten times what it took when nothing was broken, and grace; then all are ended.
func runTests(binary, dir string, grace time.Duration, tests []covering, more ...string) (string, error) {
	w := &watch{patience: map[string]time.Duration{}}
	names, all := []string{}, grace
	for _, t := range tests {
		names, all = append(names, t.Name), all+10*t.Took
		w.patience[t.Name] = grace + 10*t.Took
	}
	args := append([]string{"-c", fmt.Sprintf(`ulimit -v %d; exec "$@"`, memory), "sh", binary, "-test.short", "-test.failfast", "-test.v",
		"-test.timeout=" + (all + grace).String(), "-test.run=^(" + strings.Join(names, "|") + ")$"}, more...)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.impatient = time.AfterFunc(all+2*grace, cancel)
	defer w.impatient.Stop()
	cmd := exec.CommandContext(ctx, "sh", args...)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second // for what a test has started and left
	cmd.Stdout, cmd.Stderr = w, w
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil
	}
	return w.output(), err
}

// watch collects what a test binary says, and looks how long its tests take: one that hangs is
// noticed after its own time, not after that of all tests of its process.
type watch struct {
	patience  map[string]time.Duration
	impatient *time.Timer // ends the process

	lock    sync.Mutex
	out     bytes.Buffer
	line    int    // where the last line of out begins
	running string // the test under way
	since   time.Time
}

func (w *watch) Write(p []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.out.Write(p)
	for {
		line, _, whole := bytes.Cut(w.out.Bytes()[w.line:], []byte("\n"))
		if !whole {
			return len(p), nil
		}
		w.line += len(line) + 1
		if name, ok := strings.CutPrefix(string(line), "=== RUN   "); ok && w.patience[name] > 0 {
			w.running, w.since = name, time.Now()
			w.impatient.Reset(w.patience[name])
		}
	}
}

// output is what was said, and how long the last test was waited for if it has hung.
func (w *watch) output() string {
	w.lock.Lock()
	defer w.lock.Unlock()
	if took := time.Since(w.since); w.running != "" && took >= w.patience[w.running] {
		fmt.Fprintf(&w.out, "\npanic: test timed out after %v\n\trunning tests:\n\t\t%s (%v)\n", took, w.running, took)
	}
	return w.out.String()
}
