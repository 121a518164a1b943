//go:build !windows

package stats

import "syscall"

var errnos = []struct {
	errno syscall.Errno
	kind  Kind
}{
	{syscall.ECONNREFUSED, Refused},
	{syscall.ENOENT, Refused}, // no such Unix socket
	{syscall.ENETUNREACH, Unreachable},
	{syscall.EHOSTUNREACH, Unreachable},
	{syscall.ENETDOWN, Unreachable},
	{syscall.ECONNRESET, Reset},
	{syscall.ECONNABORTED, Reset},
	{syscall.EPIPE, Reset},
	{syscall.ETIMEDOUT, Timeout},
	{syscall.EMFILE, Descriptors},
	{syscall.ENFILE, Descriptors},
	{syscall.EADDRNOTAVAIL, Ports},
}
