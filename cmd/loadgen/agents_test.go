package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/internal/testkit"
)

// said is what a program has written so far.
type said struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.text.String()
}

// program is a loadgen that runs.
type program struct {
	*exec.Cmd
	out, err said
}

func startLoadgen(t *testing.T, args ...string) *program {
	t.Helper()
	p := &program{Cmd: exec.Command("loadgen", args...)}
	p.Stdout, p.Stderr = &p.out, &p.err
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.Process.Kill()
		_ = p.Wait() // a second time, if the test has waited
	})
	return p
}

// says waits until it has written to standard error what a pattern matches.
func (p *program) says(t *testing.T, pattern string) (match []string) {
	t.Helper()
	testkit.Until(t, pattern, func() bool {
		match = regexp.MustCompile(pattern).FindStringSubmatch(p.err.String())
		return match != nil
	})
	return match
}

// code waits for the end and returns the exit code.
func (p *program) code(t *testing.T) int {
	t.Helper()
	var exit *exec.ExitError
	if err := p.Wait(); errors.As(err, &exit) {
		return exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return 0
}

// onAgents starts a server, a run on so many agents, and those; each is a process of its own.
func onAgents(t *testing.T, n int, args ...string) (run *program, agents []*program) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM")
	}
	server := startLoadgen(t, "serve", "--http", "--addr", "127.0.0.1:0")
	var url string
	testkit.Until(t, "serve says where", func() bool {
		url = regexp.MustCompile(`http://\S+`).FindString(server.out.String())
		return url != ""
	})
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "URL", strings.TrimSuffix(url, "/"))
	}
	run = startLoadgen(t, append([]string{"run", "-w", "1", "-c", "4", "--agents", string(rune('0' + n)), "--nats-listen", "127.0.0.1:0", "-o", "json", "--no-live"}, args...)...)
	m := run.says(t, `--nats (\S+) --nats-token (\S+)`)
	for i := range n {
		agents = append(agents, startLoadgen(t, "agent", "--nats", m[1], "--nats-token", m[2], "--name", string(rune('a'+i))))
	}
	return run, agents
}

func (p *program) report(t *testing.T) *stats.Report {
	t.Helper()
	r, err := stats.ReadJSON(strings.NewReader(p.out.String()))
	if err != nil {
		t.Fatalf("%v: %s%s", err, p.out.String(), p.err.String())
	}
	return r
}

// A run on agents writes what a run writes: the report, files, and the exit code of its goals. What it needs reaches them: here a body, that
// the server wants to be 3 bytes long, from a file that is gone when they begin.
func TestRunOnAgents(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	body, page := filepath.Join(dir, "body"), filepath.Join(dir, "run.html")
	if err := os.WriteFile(body, []byte("{{counter}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	run, agents := onAgents(t, 2, "URL/echo", "--rate", "1000", "-n", "200", "--method", "POST", "--body-file", body, "--fail", "p99<1ns", "--html", page)
	if err := os.Remove(body); err != nil {
		t.Fatal(err)
	}
	if code := run.code(t); code != 99 || !strings.Contains(run.err.String(), "failed: p99<1ns") {
		t.Errorf("exit code %d: %s", code, &run.err)
	}
	r := run.report(t)
	if r.Succeeded != 200 || len(r.Agents) != 2 || r.Workers != 2 || r.Connections != 4 || r.Doubts == nil || r.Rate.Begun != 200 {
		t.Errorf("%+v", r)
	}
	if text, err := os.ReadFile(page); err != nil || !bytes.Contains(text, []byte("clock")) {
		t.Errorf("the page has %d bytes, and no table of agents: %v", len(text), err)
	}
	// They wait for more, and end when they are told to.
	for _, a := range agents {
		a.says(t, "the run is over")
		_ = a.Process.Signal(syscall.SIGTERM)
		if code := a.code(t); code != 0 {
			t.Errorf("an agent ends with exit code %d: %s", code, &a.err)
		}
	}
}

// Ctrl-C at the coordinator ends the run on all agents, with a report of what there is and exit code 0.
func TestInterruptOfRunOnAgents(t *testing.T) {
	t.Parallel()
	run, agents := onAgents(t, 2, "URL/", "-d", "1h")
	for _, a := range agents {
		a.says(t, "a run begins")
	}
	_ = run.Process.Signal(os.Interrupt)
	if code := run.code(t); code != 0 {
		t.Errorf("exit code %d: %s", code, &run.err)
	}
	if r := run.report(t); !r.Interrupted || len(r.Agents) != 2 || r.Agents[0].State != "finished" {
		t.Errorf("%+v", r)
	}
}

// An agent that is killed is missed after a while, by name; then the run has failed.
func TestKilledAgentFailsTheRun(t *testing.T) {
	if testing.Short() {
		t.Skip("in one process internal/agents has the same")
	}
	t.Parallel()
	run, agents := onAgents(t, 2, "URL/", "--rate", "500", "-d", "1h", "--agent-timeout", "700ms", "--interval", "100ms")
	agents[1].says(t, "a run begins")
	_ = agents[1].Process.Kill()
	if code := run.code(t); code != 1 || !regexp.MustCompile(`loadgen: agents? (a, )?b(, a)? w(as|ere) lost\n$`).MatchString(run.err.String()) {
		t.Errorf("exit code %d: %s", code, &run.err)
	}
	run.report(t)
}

// Or the others take its share over.
func TestKilledAgentIsReplaced(t *testing.T) {
	if testing.Short() {
		t.Skip("in one process internal/agents has the same")
	}
	t.Parallel()
	run, agents := onAgents(t, 3, "URL/", "--rate", "500", "-n", "900", "--agent-timeout", "700ms", "--interval", "100ms", "--on-agent-loss", "redistribute")
	agents[1].says(t, "a run begins")
	_ = agents[1].Process.Kill()
	if code := run.code(t); code != 0 || !strings.Contains(run.err.String(), "agent b is gone: it was silent for 700ms; ") {
		t.Fatalf("exit code %d: %s", code, &run.err)
	}
	r := run.report(t)
	if r.Rate.Begun+r.Rate.Unsent != 900 || r.Rate.Unsent == 0 || r.Agents[0].Connections == 0 {
		t.Errorf("%+v: not each of 900 is accounted for", r.Rate)
	}
	text, err := json.Marshal(r.Agents)
	if err != nil || !bytes.Contains(text, []byte(`"name":"b","state":"lost","reason":"it was silent for 700ms"`)) {
		t.Errorf("%s", text)
	}
}

// A scenario is dealt out as well, with the file that it names.
func TestScenarioOnAgents(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"users.csv": "id\n1\n2\n3\n",
		"s.yaml":    "target: http://127.0.0.1:1\nfeed: users.csv\nsteps:\n  - path: /u/{{csv id}}\n  - path: /\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run, _ := onAgents(t, 2, filepath.Join(dir, "s.yaml"), "URL", "-n", "21")
	if code := run.code(t); code != 0 {
		t.Errorf("exit code %d: %s", code, &run.err)
	}
	if r := run.report(t); r.Succeeded != 42 || len(r.Scenarios) != 1 || r.Scenarios[0].Iterations != 21 {
		t.Errorf("%d requests, %+v", r.Succeeded, r.Scenarios)
	}
}
