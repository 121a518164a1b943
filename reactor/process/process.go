package process

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor/netio"
)

// Pool is what children are started on. Its Limit and Queue may be set before the first one.
var Pool = &future.BlockingPool{Limit: 16}

// Config says which pipes a child gets, and what becomes of it. The zero value is none, and that it is left running.
type Config struct {
	// Stdin, Stdout and Stderr make a pipe of that end of the child, which is [Process.Stdin] and so on. What the
	// command says about that end must be nil. Without a pipe an end is what the command says.
	Stdin, Stdout, Stderr bool
	// KillOnDrop kills the child when its [Process] is dropped, or the operation that starts it. What
	// children it has itself are not killed.
	KillOnDrop bool
}

// Process is a child that was started. Who is done with it awaits [Process.Wait], or drops it. Its pipes are the
// user's to close; Drop closes them too.
type Process struct {
	_ word.NoCopy
	// Stdin is what the child reads from, Stdout and Stderr what it writes to, as the Config has asked for; else nil.
	Stdin          *netio.PipeWriter
	Stdout, Stderr *netio.PipeReader

	cmd  *exec.Cmd
	kill bool
	exit exit
}

// Start returns an operation that comes to the child that it has started of cmd, which belongs to the Process from then on. It fails as
// exec.Cmd.Start does, such as with exec.ErrNotFound. Dropped, it drops the Process that it comes to.
func Start(cmd *exec.Cmd, with Config) future.BlockingOp[*Process] {
	if cmd == nil {
		panic("process: Start of a nil *exec.Cmd: exec.Command makes them")
	}
	return future.BlockingOn(Pool, func() (*Process, error) { return start(cmd, with) })
}

func start(cmd *exec.Cmd, with Config) (_ *Process, err error) {
	p := &Process{cmd: cmd, kill: with.KillOnDrop}
	var theirs []*os.File // the ends of the pipes that the child has
	defer func() {
		for _, f := range theirs {
			f.Close()
		}
		if err != nil {
			p.closePipes()
		}
	}()
	if with.Stdin {
		if cmd.Stdin != nil {
			return nil, taken("Stdin")
		}
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		theirs = append(theirs, r)
		cmd.Stdin = r
		if p.Stdin, err = netio.NewPipeWriter(w); err != nil {
			return nil, err
		}
	}
	if with.Stdout {
		if cmd.Stdout != nil {
			return nil, taken("Stdout")
		}
		r, w, err := readPipe()
		if err != nil {
			return nil, err
		}
		theirs = append(theirs, w)
		p.Stdout, cmd.Stdout = r, w
	}
	if with.Stderr {
		if cmd.Stderr != nil {
			return nil, taken("Stderr")
		}
		r, w, err := readPipe()
		if err != nil {
			return nil, err
		}
		theirs = append(theirs, w)
		p.Stderr, cmd.Stderr = r, w
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p.exit.watch(cmd.Process.Pid)
	return p, nil
}

func taken(end string) error {
	return fmt.Errorf("process: the command has a %s, and the Config asks for a pipe: leave one of them out", end)
}

func readPipe() (*netio.PipeReader, *os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	reader, err := netio.NewPipeReader(r)
	if err != nil {
		w.Close()
	}
	return reader, w, err
}

func (p *Process) check() {
	if p == nil || p.cmd == nil {
		panic("process: a nil or zero Process: Start makes them")
	}
}

// Pid returns the child's number in the system, which may be another one's once [Process.Wait] was ready.
func (p *Process) Pid() int {
	p.check()
	return p.cmd.Process.Pid
}

// Signal sends the child a signal. It fails with os.ErrProcessDone when the child has ended and was waited for. On
// Windows only os.Kill is possible.
func (p *Process) Signal(sig os.Signal) error {
	p.check()
	return p.cmd.Process.Signal(sig)
}

// Kill ends the child at once, which then [Process.Wait] tells. It fails with os.ErrProcessDone when the child has ended and was waited for.
func (p *Process) Kill() error { return p.Signal(os.Kill) }

// Drop gives the child up: it closes its pipes, kills it if the Config says so, and sees to it that it is no zombie
// when it has ended. It does not block. Nobody may be waiting for the child. It does nothing the second time.
func (p *Process) Drop() {
	p.check()
	p.closePipes()
	if p.exit.over() {
		return
	}
	if p.kill {
		_ = p.Kill()
	}
	p.exit.reap(p.cmd)
	p.exit.unwatch()
}

func (p *Process) closePipes() {
	if p.Stdin != nil {
		_ = p.Stdin.Close()
	}
	if p.Stdout != nil {
		_ = p.Stdout.Close()
	}
	if p.Stderr != nil {
		_ = p.Stderr.Close()
	}
}
