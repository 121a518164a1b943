//go:build freebsd || dragonfly

package cli

import "syscall"

func setBoth(l *syscall.Rlimit, n uint64) { l.Cur, l.Max = int64(n), int64(n) }
