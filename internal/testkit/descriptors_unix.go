//go:build unix

package testkit

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Descriptors returns how many descriptors are open.
func Descriptors(t testing.TB) (n int) {
	t.Helper()
	for fd := range DescriptorLimit(t) {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			n++
		}
	}
	return n
}

// DescriptorLimit returns how many may be open, 65,536 at most.
func DescriptorLimit(t testing.TB) int {
	t.Helper()
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	return int(min(l.Cur, 1<<16))
}
