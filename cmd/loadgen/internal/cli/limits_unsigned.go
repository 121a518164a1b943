//go:build unix && !freebsd && !dragonfly

package cli

import "syscall"

func setBoth(l *syscall.Rlimit, n uint64) { l.Cur, l.Max = n, n }
