package netio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/internal/word"
)

// How a successor says that it is ready.
//
// It inherits the end of a pipe behind the sockets, as MAGPIE_READY_FD says, and writes a byte to it. The other end has nobody
// else to write to it, so a successor that dies, in whatever way, is seen as the end of what can be read.
//
// Rejected: a line on the successor's output (that is the program's own), and waiting for the process beside (it is the
// caller's to wait for, once it is ready).
const readyFD = "MAGPIE_READY_FD"

// ready is the pipe's end in a successor, from TakePassed to NotifyReady.
var ready word.Pointer[os.File]

// waitDelay is how long the output of a successor that was killed may be held open by children of its own.
const waitDelay = time.Second

// StartSuccessor starts a process that is to take the place of this one: it hands sockets over to it, as [HandOver] does, and
// waits until it says by [NotifyReady] that it is ready. This one goes on accepting meanwhile, and after that closes its
// listeners and drains: the system has one queue of connections under both, so none is lost between them.
//
// Without an error the process runs, and is the caller's to wait for, or to leave alone: it outlives this one. With one there
// is no successor any more, and this process is to go on as if nothing had happened. The error wraps an [*exec.ExitError] if the
// process has ended, in another way than with code 0, and the cause of ctx if that was done before; then the process is killed, as
// is one that lets go of the pipe and goes on. What it has accepted is lost with it, so a successor accepts when it has said that
// it is ready, or just before.
//
// The files of the sockets stay the caller's, who closes them in either case. It blocks: on a worker it returns
// [future.ErrOnWorker]. On Windows, where processes inherit no sockets, it fails.
func StartSuccessor(ctx context.Context, cmd *exec.Cmd, socks ...Passed) error {
	if thread.Current() != nil {
		return fmt.Errorf("netio: StartSuccessor: %w", future.ErrOnWorker)
	}
	if err := HandOver(cmd, socks...); err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("netio: StartSuccessor: %w", err)
	}
	said, says, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("netio: StartSuccessor: %w", err)
	}
	defer said.Close()
	cmd.ExtraFiles = append(cmd.ExtraFiles, says)
	cmd.Env = append(cmd.Env, readyFD+"="+strconv.Itoa(firstPassed+len(socks)))
	err = cmd.Start()
	says.Close()
	if err != nil {
		return fmt.Errorf("netio: StartSuccessor: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = said.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	n, err := said.Read(make([]byte, 1))
	if n == 1 {
		return nil
	}
	_ = cmd.Process.Kill() // changes nothing of one that has ended
	cmd.WaitDelay = cmp.Or(cmd.WaitDelay, waitDelay)
	ended := cmd.Wait()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("netio: the successor %s was killed, as it had not said that it is ready: %w", cmd.Path, context.Cause(ctx))
	}
	if ended == nil {
		return fmt.Errorf("netio: the successor %s has ended without saying that it is ready: %v", cmd.Path, cmd.ProcessState)
	}
	return fmt.Errorf("netio: the successor %s has ended without saying that it is ready: %w", cmd.Path, ended)
}

// NotifyReady tells the process that has started this one by [StartSuccessor] that it is ready to take its place: it serves,
// or is about to, what [TakePassed] has returned, which is called before. That process then stops accepting. Without such a process,
// and when it was told already, it does nothing. It fails if that process is gone; the connections are this one's then all the same.
func NotifyReady() error {
	f := ready.Swap(nil)
	if f == nil {
		return nil
	}
	_, err := f.Write([]byte{1})
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("netio: NotifyReady: %w", err)
	}
	return nil
}

// takeReady takes the pipe over that NotifyReady writes to.
func takeReady(number string) error {
	if number == "" {
		return nil
	}
	fd, err := strconv.Atoi(number)
	if err != nil || fd < firstPassed {
		return fmt.Errorf("netio: %s is %q: want a number of %d or more", readyFD, number, firstPassed)
	}
	if err := takeDescriptor(fd); err != nil {
		return fmt.Errorf("netio: descriptor %d, of %s: %w", fd, readyFD, err)
	}
	ready.Store(os.NewFile(uintptr(fd), "ready"))
	return nil
}
