package runner_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/bench/internal/kit"
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/runner"
	"github.com/magpie-go/magpie/bench/internal/suites"
)

// The test program is also what the runner runs: it prints a figure, or fails.
const asChild = "MAGPIE_BENCH_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" || len(os.Args) != 3 {
		os.Exit(m.Run())
	}
	if os.Args[1] == "broken" {
		fmt.Fprintln(os.Stderr, "something is wrong")
		os.Exit(3)
	}
	if os.Args[1] != "silent" {
		fmt.Println(measure.Line{Bench: os.Args[1], Peer: os.Args[2], Metric: "time", Value: 1, Unit: "ns/op"})
	}
}

func options(t *testing.T) runner.Options {
	t.Helper()
	t.Setenv(asChild, "1")
	return runner.Options{
		Count: 2, Time: time.Millisecond, Lock: filepath.Join(t.TempDir(), "lock"), Progress: io.Discard,
		Child: func(bench, peer string, _ time.Duration) []string { return []string{os.Args[0], bench, peer} },
	}
}

func ours(bench, peer string) suites.Job {
	return suites.Job{Bench: bench, Peer: peer, Run: func(*measure.Run) {}}
}

func run(t *testing.T, o runner.Options, jobs ...suites.Job) runner.Result {
	t.Helper()
	result, err := runner.Run(context.Background(), []suites.Suite{{Name: "test", Jobs: jobs}}, o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func names(lines []measure.Line) (names []string) {
	for _, l := range lines {
		names = append(names, l.Bench+"/"+l.Peer)
	}
	return names
}

func TestPeersTakeTurns(t *testing.T) {
	result := run(t, options(t), ours("a", "magpie"), ours("a", "go"), ours("b", "magpie"))
	if len(result.Repetitions) != 2 {
		t.Fatalf("%d repetitions", len(result.Repetitions))
	}
	for _, lines := range result.Repetitions {
		if got := names(lines); !slices.Equal(got, []string{"a/magpie", "a/go", "b/magpie"}) {
			t.Errorf("a repetition was %v", got)
		}
	}
}

func TestFailuresDoNotStopOthers(t *testing.T) {
	result := run(t, options(t), ours("broken", "magpie"), ours("silent", "magpie"), ours("a", "magpie"))
	if got := names(result.Repetitions[1]); !slices.Equal(got, []string{"a/magpie"}) {
		t.Errorf("measured %v", got)
	}
	if len(result.Failed) != 4 || !strings.Contains(result.Failed[0].Error(), "something is wrong") ||
		!strings.Contains(result.Failed[1].Error(), "no figures") {
		t.Errorf("failed: %v", result.Failed)
	}
}

func TestFilter(t *testing.T) {
	o := options(t)
	o.Filter = regexp.MustCompile("^b$")
	if got := names(run(t, o, ours("a", "magpie"), ours("b", "magpie")).Repetitions[0]); !slices.Equal(got, []string{"b/magpie"}) {
		t.Errorf("measured %v", got)
	}
	o.Filter = regexp.MustCompile("^c$")
	if _, err := runner.Run(context.Background(), []suites.Suite{{Jobs: []suites.Job{ours("a", "magpie")}}}, o); err == nil {
		t.Error("nothing was run, and nothing said")
	}
}

// A program of the kit prints several benchmarks; only what was asked for is kept. One
// that is not built is named once, with what builds it.
func TestKit(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "build"), 0o755); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\necho \"a,$1,time,1,ns\"\necho \"b,$1,time,2,ns\"\n"
	if err := os.WriteFile(filepath.Join(dir, "build", "two"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	o := options(t)
	var err error
	if o.Kit, err = kit.Open(dir); err != nil {
		t.Fatal(err)
	}
	o.Filter = regexp.MustCompile("^b$")
	missing := suites.Job{Bench: "b", Peer: "tokio", Kit: []string{"rust/target/release/tokio_sched", "b"}}
	result := run(t, o,
		suites.Job{Peer: "two", Kit: []string{"build/two", "two"}, Emits: []string{"a", "b"}},
		missing, missing)
	if got := names(result.Repetitions[0]); !slices.Equal(got, []string{"b/two"}) {
		t.Errorf("measured %v", got)
	}
	if len(result.Skipped) != 1 || !strings.Contains(result.Skipped[0], "rust/run build") {
		t.Errorf("skipped %q", result.Skipped)
	}
}

// A program that several jobs name runs once for all of them, and what none of them names is
// dropped.
func TestKitProgramRunsOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	dir := t.TempDir()
	script := "#!/bin/sh\nfor b in a b c; do echo \"$b,peer,time,1,ns\"; done\n"
	if err := os.WriteFile(filepath.Join(dir, "all"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	o := options(t)
	var err error
	if o.Kit, err = kit.Open(dir); err != nil {
		t.Fatal(err)
	}
	var progress bytes.Buffer
	o.Progress = &progress
	wants := func(benches ...string) suites.Job {
		return suites.Job{Peer: "peer", Kit: []string{"all", "1"}, Emits: benches}
	}
	result := run(t, o, wants("a"), ours("d", "magpie"), wants("c"))
	if got := names(result.Repetitions[0]); !slices.Equal(got, []string{"d/magpie", "a/peer", "c/peer"}) {
		t.Errorf("measured %v", got)
	}
	if !strings.Contains(progress.String(), "job 2/2: a+c/peer") {
		t.Errorf("progress was\n%s", progress.String())
	}
}

func TestWithoutKit(t *testing.T) {
	result := run(t, options(t), ours("a", "magpie"), suites.Job{Bench: "a", Peer: "tokio", Kit: []string{"x"}})
	if len(result.Skipped) != 1 || !strings.Contains(result.Skipped[0], "-peers") {
		t.Errorf("skipped %q", result.Skipped)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := runner.Run(ctx, []suites.Suite{{Jobs: []suites.Job{ours("a", "magpie")}}}, options(t)); err == nil {
		t.Error("it ran")
	}
}
