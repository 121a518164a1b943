//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package netio

import (
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

func setMulticastInterface4(fd int, ifi *net.Interface) error {
	four, err := addressOf(ifi)
	if err != nil {
		return err
	}
	return os.NewSyscallError("setsockopt", unix.SetsockoptInet4Addr(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_IF, four))
}

func setMember4(fd, option int, group [4]byte, ifi *net.Interface) error {
	four, err := addressOf(ifi)
	if err != nil {
		return err
	}
	return os.NewSyscallError("setsockopt", unix.SetsockoptIPMreq(fd, unix.IPPROTO_IP, option, &unix.IPMreq{Multiaddr: group, Interface: four}))
}

// addressOf returns an IPv4 address of an interface, which stands for it; none for nil.
func addressOf(ifi *net.Interface) (a [4]byte, err error) {
	if ifi == nil {
		return a, nil
	}
	addrs, err := ifi.Addrs()
	if err != nil {
		return a, err
	}
	for _, at := range addrs {
		if n, ok := at.(*net.IPNet); ok && n.IP.To4() != nil {
			return [4]byte(n.IP.To4()), nil
		}
	}
	return a, fmt.Errorf("the interface %s has no IPv4 address: %w", ifi.Name, syscall.EADDRNOTAVAIL)
}
