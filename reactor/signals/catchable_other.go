//go:build !unix

package signals

import "os"

// catchable reports whether the system tells a process of a signal.
func catchable(sig os.Signal) bool { return sig != os.Kill }
