//go:build unix

package cli

import (
	"fmt"
	"runtime"
	"syscall"
)

// needDescriptors sees to it that the process may open so many connections: the soft
// limit is raised up to the hard one, and that too where it is allowed.
func needDescriptors(connections int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return nil // no limit is known, so none is in the way
	}
	// Beside its connections the process holds two for each worker's reactor, the
	// standard files, and a few for looking up names and reading the topology.
	need := uint64(connections) + uint64(2*runtime.NumCPU()+64)
	if raise(limit, need, setLimit) != nil {
		return fmt.Errorf("%d connections need some %d descriptors, but this process may open %d at most (hard limit) "+
			"and may not raise that: use fewer connections, or raise it with ulimit -Hn", connections, need, limit.Max)
	}
	return nil
}

// raise has a limit set that is enough for n descriptors: the hard one, if that is, or
// another hard one.
func raise(limit syscall.Rlimit, n uint64, set func(*syscall.Rlimit) error) error {
	if uint64(limit.Cur) >= n {
		return nil
	}
	limit.Cur = limit.Max
	if uint64(limit.Max) < n {
		setBoth(&limit, n)
	}
	return set(&limit)
}

// raiseDescriptors raises the soft limit to the hard one if that is allowed.
func raiseDescriptors() {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil {
		_ = raise(limit, uint64(limit.Max), setLimit)
	}
}

func setLimit(limit *syscall.Rlimit) error {
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, limit)
}
