//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package sys

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// HasGSO fails: only Linux cuts what it is sent into datagrams.
func HasGSO(int) error { return unix.ENOPROTOOPT }

// SetGRO fails: only Linux joins datagrams.
func SetGRO(int, bool) error { return unix.ENOPROTOOPT }

// Join adds a datagram that is sent as the one that was added last.
func (b *Packets) Join(p []byte) {
	q := b.list[len(b.list)-1]
	q.p = p
	b.list = append(b.list, q)
}

// RefusesJoined reports false: none are joined.
func RefusesJoined(syscall.Errno) (refuses, always bool) { return false, false }

// Segment returns 0: none are joined.
func (b *Packets) Segment(int) int { return 0 }
