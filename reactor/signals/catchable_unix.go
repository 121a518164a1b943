//go:build unix

package signals

import (
	"os"
	"syscall"
)

// catchable reports whether the system tells a process of a signal.
func catchable(sig os.Signal) bool { return sig != syscall.SIGKILL && sig != syscall.SIGSTOP }
