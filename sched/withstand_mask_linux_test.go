package sched_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
	"github.com/magpie-go/magpie/sched/topology"
	"github.com/magpie-go/magpie/waker"
)

// TestReportMask is the process that others here start: it tells the mask it was born with and
// how many workers it makes.
func TestReportMask(t *testing.T) {
	if os.Getenv("MAGPIE_REPORT_MASK") == "" {
		t.Skip("this is the child of other tests")
	}
	fmt.Println("MASK", report(t))
}

func report(t testing.TB) string {
	rt := newRuntime(t, sched.Config{})
	defer shutdown(t, rt)
	top, err := topology.Discover()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s, %d workers", top.Allowed(), rt.Workers())
}

// reporter returns a child that has not been started.
func reporter() *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestReportMask$")
	cmd.Env = append(os.Environ(), "MAGPIE_REPORT_MASK=1")
	return cmd
}

// maskOf runs a child with output where started says and returns its report.
func maskOf(t *testing.T, start func(cmd *exec.Cmd) error) string {
	cmd := reporter()
	var out strings.Builder
	cmd.Stdout = &out
	if err := start(cmd); err != nil {
		t.Error(err)
		return ""
	}
	_, line, _ := strings.Cut(out.String(), "MASK ")
	line, _, _ = strings.Cut(line, "\n")
	return line
}

// unpinned starts a child from a worker's thread.
func unpinned(cmd *exec.Cmd) (err error) {
	topology.Unpinned(func() { err = cmd.Start() })
	if err == nil {
		err = cmd.Wait()
	}
	return err
}

// A process that is started from a worker has the mask of this one, and so have the runtimes in
// it.
func TestProcessesFromWorkersAreNotPinned(t *testing.T) {
	want := report(t)
	rt := newRuntime(t, sched.Config{})
	defer shutdown(t, rt)
	starters := map[string]func() string{
		"poll": func() (got string) {
			wait(t, sched.Spawn(rt, do(func(*waker.Context) bool { got = maskOf(t, unpinned); return true })))
			return got
		},
		"async function": func() string {
			return wait(t, sched.Spawn(rt, future.Async(func(*future.Co) (string, error) { return maskOf(t, unpinned), nil })))
		},
		"computation": func() (got string) {
			par.Join(par.On(rt), func(*par.Worker) { got = maskOf(t, unpinned) }, func(*par.Worker) {})
			return got
		},
		"future.Blocking": func() string {
			return wait(t, sched.Spawn(rt, future.Blocking(func() (string, error) { return maskOf(t, (*exec.Cmd).Run), nil })))
		},
		"goroutine": func() string { return maskOf(t, unpinned) },
	}
	for name, start := range starters {
		if got := start(); got != want {
			t.Errorf("a process that a %s has started may use %q, want %q", name, got, want)
		}
	}
	for _, w := range rt.Metrics().Workers {
		if w.CPU < 0 {
			t.Skip("the workers are not pinned here")
		}
	}
	if got := masks(t); len(got) < 2 && rt.Workers() > 1 {
		t.Errorf("the workers are pinned no more: the threads have the masks %q", got)
	}
}

// A runtime that a task makes has a worker for each core of the process, and its threads are given
// back with the process's mask.
func TestNewInsideATask(t *testing.T) {
	before := masks(t)
	outer := newRuntime(t, sched.Config{})
	var inner *sched.Runtime
	var topo *topology.Topology
	wait(t, sched.Spawn(outer, do(func(*waker.Context) bool {
		var err error
		if inner, err = sched.New(sched.Config{}); err != nil {
			t.Error(err)
		}
		if topo, err = topology.Discover(); err != nil {
			t.Error(err)
		}
		return true
	})))
	if inner.Workers() != outer.Workers() {
		t.Errorf("a runtime made by a task has %d workers, one made outside %d", inner.Workers(), outer.Workers())
	}
	if got := inner.Metrics().Limits; len(got) != len(outer.Metrics().Limits) {
		t.Errorf("it is limited by %q, the one made outside by %q", got, outer.Metrics().Limits)
	}
	if all, err := topology.Discover(); err != nil || !topo.Allowed().Equal(all.Allowed()) {
		t.Errorf("a task sees the cores %s, a goroutine %s, %v", topo.Allowed(), all.Allowed(), err)
	}
	shutdown(t, inner)
	shutdown(t, outer)
	if after := masks(t); strings.Join(after, " ") != strings.Join(before, " ") {
		t.Errorf("the threads have the masks %q, before %q", after, before)
	}
}
