//go:build unix

package sched_test

import (
	"testing"

	"golang.org/x/sys/unix"
)

// openDescriptors counts the descriptors of the process without opening one.
func openDescriptors(t testing.TB) (n int) {
	t.Helper()
	for fd := range descriptorLimit(t) {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			n++
		}
	}
	return n
}

// descriptorLimit is how many descriptors the process may have, as far as tests go.
func descriptorLimit(t testing.TB) int {
	t.Helper()
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	return int(min(l.Cur, 1<<16))
}
