//go:build unix

package cli

import (
	"fmt"
	"syscall"
)

// otherDescriptors is what a process holds beside its connections, generously: standard
// files, two for each worker's reactor.
const otherDescriptors = 300

// needDescriptors sees to it that the process may open so many connections: the soft
// limit is raised up to the hard one, and that too where it is allowed.
func needDescriptors(connections int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return nil // no limit is known, so none is in the way
	}
	need := uint64(connections) + otherDescriptors
	if uint64(limit.Cur) >= need {
		return nil
	}
	want := limit
	want.Cur = want.Max
	if uint64(want.Max) < need {
		setLimit(&want, need)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &want); err != nil {
		return fmt.Errorf("%d connections need some %d descriptors, but this process may open %d at most (hard limit) "+
			"and may not raise that: use fewer connections, or raise it with ulimit -Hn", connections, need, limit.Max)
	}
	return nil
}

// raiseDescriptors raises the soft limit to the hard one if that is allowed.
func raiseDescriptors() {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil && limit.Cur < limit.Max {
		limit.Cur = limit.Max
		_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	}
}
