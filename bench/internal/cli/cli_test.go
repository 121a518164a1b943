package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/bench/internal/cli"
)

// The test program stands for the benchmark program when it runs its parts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "run-one" {
		os.Exit(cli.Main(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func bench(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv("BENCH_LOCK", filepath.Join(t.TempDir(), "lock"))
	var out, complaints bytes.Buffer
	code = cli.Main(context.Background(), args, &out, &complaints)
	return code, out.String(), complaints.String()
}

func TestBadInput(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"-suite=nonsense", `no suite "nonsense"; there are sched, deque`},
		{"-suite=,", "names no suite"},
		{"-format=pdf", `no format "pdf"; there are text, csv`},
		{"-format=text,csv", "-o"},
		{"-count=0", "-count is 0"},
		{"-count=many", "invalid value"},
		{"-time=0s", "-time is 0s"},
		{"-time=2m", "at most a minute"},
		{"-bench=(", "missing closing"},
		{"-o=/no/such/folder/report", "-o: stat /no/such/folder"},
		{"-o=.", ". is a folder"},
		{"-format=text,csv -o=cli_test.go/report", "cli_test.go is no folder"},
		{"-peers=/no/such/directory", "-peers"},
		{"-echo=/no/such/program", "-echo"},
		{"-nonsense", "not defined"},
		{"sched", `unexpected argument "sched"`},
		{"run-one", "wants BENCH PEER TIME"},
		{"run-one spawn_many magpie soon", "no time"},
		{"run-one spawn_many tokio 1s", "no spawn_many on tokio"},
	} {
		code, stdout, stderr := bench(t, strings.Fields(c.args)...)
		if code != 2 || !strings.Contains(stderr, c.says) || stdout != "" {
			t.Errorf("%s: exit %d, %q; want 2 and %q", c.args, code, stderr, c.says)
		}
	}
}

func TestHelp(t *testing.T) {
	code, _, stderr := bench(t, "-h")
	if code != 0 || !strings.Contains(stderr, "usage: bench") || !strings.Contains(stderr, "-suite") {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

func TestList(t *testing.T) {
	code, stdout, _ := bench(t, "-list", "-suite=deque")
	if code != 0 || !strings.Contains(stdout, "deque_contended") || strings.Contains(stdout, "spawn_many") {
		t.Errorf("exit %d, %q", code, stdout)
	}
}

// A whole run: processes of its own, two repetitions, a report in several files.
func TestRun(t *testing.T) {
	base := filepath.Join(t.TempDir(), "report")
	code, stdout, stderr := bench(t, "-suite=sched,deque", "-bench=^(deque_push_pop|chained_spawn)$", "-time=1ms", "-count=2",
		"-peers=", "-format=csv,html,gobench", "-o="+base)
	if code != 0 || stdout != "" {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	if !strings.Contains(stderr, "repetition 2/2, job 3/3: deque_push_pop/magpie") || !strings.Contains(stderr, "no -peers directory") {
		t.Errorf("progress was\n%s", stderr)
	}
	for ending, want := range map[string]string{
		".csv":   `(?m)^chained_spawn,go,cpu,[0-9.]+,ns/op,[0-9.]+,[0-9.]+,2$`,
		".html":  `<svg`,
		".bench": `(?m)^BenchmarkDequePushPop/peer=magpie 1 [0-9.]+ ns/op [0-9.]+ cpu-ns/op$`,
	} {
		text, err := os.ReadFile(base + ending)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(want).Match(text) {
			t.Errorf("%s has no %s:\n%.2000s", ending, want, text)
		}
	}
}

// What cannot be measured at all is a failure.
func TestNothingToRun(t *testing.T) {
	code, _, stderr := bench(t, "-suite=echo", "-peers=", "-q")
	if code != 1 || !strings.Contains(stderr, "nothing to run") || !strings.Contains(stderr, "-peers") {
		t.Errorf("exit %d, %q", code, stderr)
	}
}
