//go:build !linux && !freebsd && !windows

package sys

// Thread returns 0: the system does not tell which thread is running, or not to pure Go.
func Thread() uint64 { return 0 }
