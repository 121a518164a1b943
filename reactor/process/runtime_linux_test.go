package process_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/process"
	"github.com/magpie-go/magpie/sched"
)

// A child has the affinity of the process, whatever worker has asked for it.
func TestAffinityOfAChild(t *testing.T) {
	mask := func() *exec.Cmd { return exec.Command("grep", "Cpus_allowed_list", "/proc/self/status") }
	want, err := mask().Output()
	if err != nil {
		t.Skip(err)
	}
	rt, err := sched.New(sched.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		out, err := sched.Spawn(rt, process.Output(mask(), 1000)).Wait(context.Background())
		if err != nil || string(out.Stdout) != string(want) {
			t.Errorf("%q, %v; want %q", out.Stdout, err, want)
		}
	}
	if err := rt.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}

// A child that was started under one runtime is waited for under another, after the end of the first.
func TestChildChangesRuntimes(t *testing.T) {
	first, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	p, err := sched.Spawn(first, process.Start(sh("read line; exit 4"), process.Config{Stdin: true})).Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	// Its pipe and its end are registered there.
	sched.Spawn(first, future.Box(p.Stdin.WriteAll([]byte("no line"))))
	waiting := sched.Spawn(first, future.Async(func(co *future.Co) (*os.ProcessState, error) { return p.Wait().Await(co) }))
	for range 3 {
		sched.Spawn(first, future.Value(0)).Wait(context.Background())
	}
	waiting.Abort()
	waiting.Wait(context.Background())
	if err := first.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	second, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	wait := sched.Spawn(second, future.Box(p.Wait()))
	if _, err := sched.Spawn(second, future.Box(p.Stdin.WriteAll([]byte("\n")))).Wait(context.Background()); err != nil {
		t.Error(err)
	}
	if state, err := wait.Wait(context.Background()); state.ExitCode() != 4 {
		t.Errorf("it ended with %v, %v", state, err)
	}
	p.Drop()
	if err := second.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}

// A child that a tracer holds ends like others: strace -D lets the program be the child, and follows it from outside.
func TestTracedChildren(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not here: ", err)
	}
	if out, err := exec.Command(strace, "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("strace does not work here: %v, %s", err, out)
	}
	var wg sync.WaitGroup
	for range 8 {
		p := start(t, exec.Command(strace, "-o", os.DevNull, "-D", "sleep", "1000"), process.Config{})
		wg.Go(func() {
			defer p.Drop()
			for limit := time.Now().Add(patience); !traced(p.Pid()); runtime.Gosched() {
				if time.Now().After(limit) {
					t.Error("it is not traced")
					return
				}
			}
			if err := p.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
			if _, err := future.BlockOn(future.Box(p.Wait())); err == nil || err.Error() != "signal: interrupt" {
				t.Errorf("it ended with %v; want the interrupt", err)
			}
		})
	}
	wg.Wait()
}

// traced reports whether a process has a tracer and is the program that it is to become.
func traced(pid int) bool {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return string(name) == "sleep\n" && !bytes.Contains(status, []byte("TracerPid:\t0\n"))
}
