package testkit

import (
	"bufio"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// programArgs is the variable of the environment that holds the arguments of a test binary that is to be the program.
const programArgs = "MAGPIE_TEST_PROGRAM"

// IsProgram runs the main function of a program, and reports true, if this process was started by
// [StartProgram]. TestMain of a package main asks it first, and returns if it was.
func IsProgram(main func()) bool {
	args, is := os.LookupEnv(programArgs)
	if is {
		os.Args = append(os.Args[:1], strings.Fields(args)...)
		main()
	}
	return is
}

// Program is the program whose tests run, as a process of its own.
type Program struct {
	Addr string // where it says that it listens

	cmd   *exec.Cmd
	lines *bufio.Scanner
}

// StartProgram starts the program with arguments that have no blanks in them, and waits for its first line, which is to be "name: listening on"
// and the address. It skips the test on Windows, where there is no SIGTERM to end it by. It is killed with the test, or after a minute.
func StartProgram(t testing.TB, name string, args ...string) *Program {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM")
	}
	p := &Program{cmd: exec.Command(os.Args[0])}
	p.cmd.Env = environ(programArgs + "=" + strings.Join(args, " "))
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(time.Minute, func() { p.cmd.Process.Kill() })
	t.Cleanup(func() {
		late.Stop()
		p.cmd.Process.Kill()
		p.cmd.Wait()
	})
	p.lines = bufio.NewScanner(out)
	p.lines.Scan()
	var ok bool
	if p.Addr, ok = strings.CutPrefix(p.lines.Text(), name+": listening on "); !ok {
		t.Fatalf("it said %q, not where it listens: %v", p.lines.Text(), p.lines.Err())
	}
	return p
}

// Terminate sends a SIGTERM.
func (p *Program) Terminate(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// Wait waits for the end, which is to be one with code 0 and without another line.
func (p *Program) Wait(t testing.TB) {
	t.Helper()
	for p.lines.Scan() {
		t.Errorf("it said %q as well", p.lines.Text())
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}
