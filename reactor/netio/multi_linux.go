//go:build !portable

package netio

import (
	"os"

	"golang.org/x/sys/unix"
)

// canShare: the system deals what arrives for an address to all the sockets that share it.
const canShare = true

// steer has the sockets that share fd's address get what arrives on the core of their number, modulo n: by a program that
// returns that. Their numbers are in the order in which they were bound.
func steer(fd, n int) error {
	const core = 0xfffff000 + 36 // SKF_AD_OFF + SKF_AD_CPU
	program := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: core},
		{Code: unix.BPF_ALU | unix.BPF_MOD | unix.BPF_K, K: uint32(n)},
		{Code: unix.BPF_RET | unix.BPF_A},
	}
	return os.NewSyscallError("setsockopt", unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_REUSEPORT_CBPF,
		&unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}))
}
