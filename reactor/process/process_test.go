//go:build unix

package process_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/process"
	"github.com/magpie-go/magpie/waker"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen before it fails.
const patience = 20 * time.Second

func sh(script string) *exec.Cmd { return exec.Command("/bin/sh", "-c", script) }

// end waits for f.
func end[T any](t *testing.T, f future.Future[T]) (T, error) {
	t.Helper()
	type result struct {
		v   T
		err error
	}
	got := make(chan result, 1)
	go func() {
		v, err := future.BlockOn(f)
		got <- result{v, err}
	}()
	select {
	case r := <-got:
		return r.v, r.err
	case <-time.After(patience):
		t.Fatal("it does not end")
		panic("")
	}
}

func start(t *testing.T, cmd *exec.Cmd, with process.Config) *process.Process {
	t.Helper()
	p, err := end(t, process.Start(cmd, with))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func wait(t *testing.T, p *process.Process) (*os.ProcessState, error) {
	t.Helper()
	return end(t, future.Box(p.Wait()))
}

// pending polls an operation that has to wait.
func pending[T any](t *testing.T, f future.Future[T]) (woken chan struct{}) {
	t.Helper()
	woken = make(chan struct{}, 1)
	cx := waker.FromWaker(waker.FromFunc(func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	}))
	if p := f.Poll(&cx); p.IsReady() {
		t.Fatal("ready at once")
	}
	return woken
}

func TestExit(t *testing.T) {
	p := start(t, sh("exit 2"), process.Config{})
	if p.Pid() <= 0 {
		t.Errorf("its number is %d", p.Pid())
	}
	for range 2 { // it stays known
		var failed *exec.ExitError
		if state, err := wait(t, p); state.ExitCode() != 2 || !errors.As(err, &failed) || failed.ExitCode() != 2 {
			t.Errorf("it ended with %v, %v", state, err)
		}
	}
	if err := p.Kill(); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("killed after its end: %v", err)
	}
	p.Drop()
	if state, err := wait(t, start(t, sh("exit 0"), process.Config{})); !state.Success() || err != nil {
		t.Errorf("it ended with %v, %v", state, err)
	}
}

func TestWaitThatWaits(t *testing.T) {
	p := start(t, sh("read line; exit 3"), process.Config{Stdin: true})
	dropped := p.Wait()
	pending(t, &dropped)
	dropped.Drop()
	w := p.Wait()
	woken := pending(t, &w)
	if _, err := end(t, future.Box(p.Stdin.WriteAll([]byte("line\n")))); err != nil {
		t.Fatal(err)
	}
	select {
	case <-woken:
	case <-time.After(patience):
		t.Fatal("never woken")
	}
	if state, _ := end(t, &w); state.ExitCode() != 3 {
		t.Errorf("it ended with %v", state)
	}
	p.Drop()
}

func TestPipes(t *testing.T) {
	p := start(t, sh("echo to stderr >&2; exec cat"), process.Config{Stdin: true, Stdout: true, Stderr: true})
	defer p.Drop()
	message := bytes.Repeat([]byte("0123456789abcdef"), 1<<15) // more than the pipes hold
	sent := make(chan error, 1)
	go func() {
		_, err := future.BlockOn(future.Box(p.Stdin.WriteAll(message)))
		p.Stdin.Close()
		sent <- err
	}()
	var got, said bytes.Buffer
	buf := make([]byte, 1<<16)
	for {
		n, err := end(t, future.Box(p.Stdout.Read(buf)))
		got.Write(buf[:n])
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for {
		n, err := end(t, future.Box(p.Stderr.Read(buf)))
		said.Write(buf[:n])
		if err != nil {
			break
		}
	}
	if err := <-sent; err != nil || !bytes.Equal(got.Bytes(), message) || said.String() != "to stderr\n" {
		t.Errorf("%v; %d bytes of %d came back, and %q", err, got.Len(), len(message), said.String())
	}
	if state, err := wait(t, p); err != nil {
		t.Error(state, err)
	}
}

// A write that waits for a child fails when the child has ended.
func TestWriteToAChildThatEnds(t *testing.T) {
	p := start(t, sh("read line"), process.Config{Stdin: true})
	defer p.Drop()
	message := append([]byte("line\n"), make([]byte, 1<<20)...)
	if _, err := end(t, future.Box(p.Stdin.WriteAll(message))); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("%v; want EPIPE", err)
	}
	wait(t, p)
}

func TestArg0(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "echo $0")
	cmd.Args = []string{"another", "-c", "echo $0"}
	out, err := end(t, process.Output(cmd, 100))
	if err != nil || string(out.Stdout) != "another\n" {
		t.Errorf("%q, %v", out.Stdout, err)
	}
}

func TestStartThatFails(t *testing.T) {
	for range 3 {
		if _, err := end(t, process.Start(exec.Command("/no/such/program"), process.Config{Stdin: true, Stdout: true, Stderr: true})); !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
	}
	cmd := sh("exit 0")
	cmd.Stdout = io.Discard
	if _, err := end(t, process.Start(cmd, process.Config{Stdin: true, Stdout: true})); err == nil || !strings.Contains(err.Error(), "Stdout") {
		t.Error("two stdouts: ", err)
	}
}

// gone fails the test unless the process with that number ends.
func gone(t *testing.T, pid int) {
	t.Helper()
	for limit := time.Now().Add(patience); syscall.Kill(pid, 0) == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("process %d lives, or is a zombie", pid)
		}
	}
}

func TestKillOnDrop(t *testing.T) {
	p := start(t, sh("exec sleep 60"), process.Config{KillOnDrop: true})
	w := p.Wait()
	pending(t, &w)
	w.Drop()
	p.Drop()
	p.Drop()
	gone(t, p.Pid())

	// Without it the child goes on, and is no zombie when it has ended.
	name := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	p = start(t, exec.Command("/bin/sh", "-c", "echo going on >\"$0\"", name), process.Config{})
	p.Drop()
	if got, err := os.ReadFile(name); string(got) != "going on\n" {
		t.Errorf("%q, %v", got, err)
	}
	gone(t, p.Pid())
}

// A start that is given up kills what it has started.
func TestDroppedStart(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	s := process.Start(exec.Command("/bin/sh", "-c", "echo $$ >\"$0\"; exec sleep 60", name), process.Config{KillOnDrop: true})
	woken := pending[*process.Process](t, s)
	<-woken // it was started, and nobody has taken it
	var pid int
	if f, err := os.Open(name); err != nil {
		t.Fatal(err)
	} else if _, err := fmt.Fscan(f, &pid); err != nil {
		t.Fatal(err)
	}
	s.Drop()
	gone(t, pid)
}

func TestOutput(t *testing.T) {
	out, err := end(t, process.Output(sh("echo out; echo err >&2; exit 1"), 10))
	if string(out.Stdout) != "out\n" || string(out.Stderr) != "err\n" || out.State.ExitCode() != 1 || err == nil {
		t.Errorf("%q, %q, %v, %v", out.Stdout, out.Stderr, out.State, err)
	}
	out, err = end(t, process.Output(sh("printf 0123456789"), 10))
	if string(out.Stdout) != "0123456789" || err != nil {
		t.Errorf("as much as it may: %q, %v", out.Stdout, err)
	}
	out, err = end(t, process.Output(sh("printf 0123456789"), math.MaxInt))
	if string(out.Stdout) != "0123456789" || err != nil {
		t.Errorf("without a limit: %q, %v", out.Stdout, err)
	}
	out, err = end(t, process.Output(sh("echo $$ >&2; while :; do printf 0123456789; done"), 5000))
	if len(out.Stdout) != 5000 || !errors.Is(err, process.ErrOutputLimit) {
		t.Errorf("too much: %d bytes, %v", len(out.Stdout), err)
	}
	var pid int
	if _, err := fmt.Sscan(string(out.Stderr), &pid); err == nil {
		gone(t, pid)
	}
	if _, err := end(t, process.Output(exec.Command("/no/such/program"), 1)); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	var elsewhere bytes.Buffer
	cmd := sh("cat; echo err >&2")
	cmd.Stdin, cmd.Stdout = strings.NewReader("text"), &elsewhere
	out, err = end(t, process.Output(cmd, 10))
	if out.Stdout != nil || elsewhere.String() != "text" || string(out.Stderr) != "err\n" || err != nil {
		t.Errorf("%q, %q, %v", elsewhere.String(), out.Stderr, err)
	}
}

// A grandchild that keeps the pipe is waited for, but no longer than WaitDelay.
func TestWaitDelay(t *testing.T) {
	cmd := sh("sleep 60 & exit 0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Millisecond
	out, err := end(t, process.Output(cmd, 10))
	if !errors.Is(err, exec.ErrWaitDelay) || !out.State.Success() {
		t.Errorf("%v, %v", out.State, err)
	}
	_ = syscall.Kill(-out.State.Pid(), syscall.SIGKILL) // its group
}

func TestDroppedOutputKills(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	o := process.Output(exec.Command("/bin/sh", "-c", "echo $$ >\"$0\"; exec sleep 60", name), 10)
	woken := pending[process.Collected](t, o)
	<-woken
	pending[process.Collected](t, o)
	var pid int
	if f, err := os.Open(name); err != nil {
		t.Fatal(err)
	} else if _, err := fmt.Fscan(f, &pid); err != nil {
		t.Fatal(err)
	}
	o.Drop()
	gone(t, pid)
	process.Output(sh("exit 0"), 1).Drop() // before it has begun
}

// Many children of many threads, each with its own output.
func TestManyChildren(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 5 {
				want := fmt.Sprint(i, " ", j, "\n")
				out, err := future.BlockOn(process.Output(sh("echo "+want), 100))
				if err != nil || string(out.Stdout) != want {
					t.Errorf("%q, %v", out.Stdout, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestZeroValues(t *testing.T) {
	var cx waker.Context
	for name, call := range map[string]func(){
		"Start":    func() { process.Start(nil, process.Config{}) },
		"Output":   func() { process.Output(sh(""), -1) },
		"Process":  func() { (*process.Process)(nil).Drop() },
		"Process ": func() { new(process.Process).Wait() },
		"WaitOp":   func() { new(process.WaitOp).Poll(&cx) },
		"OutputOp": func() { process.OutputOp{}.Poll(&cx) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "process: ") || !strings.Contains(got, strings.TrimSpace(name)) {
					t.Errorf("%s: %s", name, got)
				}
			}()
			call()
		}()
	}
	new(process.WaitOp).Drop() // there is nothing to give up
}
