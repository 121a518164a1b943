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

// raiseFiles lets the processes started from here have as many files open as the echo suite needs.
func raiseFiles() error {
	if err := raiseFilesTo(filesNeeded); err != nil {
		return err
	}
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return err
	}
	if l.Cur < filesNeeded {
		return fmt.Errorf("the limit of open files is %d; the echo suite needs %d (ulimit -n)", l.Cur, filesNeeded)
	}
	return nil
}

// raiseFilesTo lets this process, and those started from it, have as many files open as it may have at most: n, if that can be raised, as
// root can.
func raiseFilesTo(n int) error {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return err
	}
	if more := uint64(n); l.Max < more {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: more, Max: more}); err == nil {
			return nil
		}
	}
	l.Cur = l.Max
	return unix.Setrlimit(unix.RLIMIT_NOFILE, &l)
}
