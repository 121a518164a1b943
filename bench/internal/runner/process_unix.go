//go:build unix

package runner

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

func interrupt(p *os.Process) error { return p.Signal(unix.SIGTERM) }

// filesNeeded is what a server with 8,000 connections and its client have open each.
const filesNeeded = 8100

// raiseFiles lets the processes started from here have as many files open as this one may
// have at most.
func raiseFiles() error {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return err
	}
	l.Cur = l.Max
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return err
	}
	if l.Max < filesNeeded {
		return fmt.Errorf("the limit of open files is %d; the echo suite needs %d (ulimit -n)", l.Max, filesNeeded)
	}
	return nil
}
