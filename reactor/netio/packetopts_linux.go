package netio

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// setMulticastInterface4 and setMember4 name an interface by its number: it may have no IPv4 address, or one that another has too.

func setMulticastInterface4(fd int, ifi *net.Interface) error {
	return os.NewSyscallError("setsockopt", unix.SetsockoptIPMreqn(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_IF, &unix.IPMreqn{Ifindex: int32(ifi.Index)}))
}

func setMember4(fd, option int, group [4]byte, ifi *net.Interface) error {
	m := unix.IPMreqn{Multiaddr: group}
	if ifi != nil {
		m.Ifindex = int32(ifi.Index)
	}
	return os.NewSyscallError("setsockopt", unix.SetsockoptIPMreqn(fd, unix.IPPROTO_IP, option, &m))
}
