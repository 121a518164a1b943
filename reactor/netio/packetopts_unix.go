//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package netio

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

func setPacketBuffer(fd int, read bool, bytes int) error {
	option := unix.SO_SNDBUF
	if read {
		option = unix.SO_RCVBUF
	}
	return setInt(fd, unix.SOL_SOCKET, option, bytes)
}

func setBroadcast(fd int, on bool) error {
	return setInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, toInt(on))
}

// isSix reports whether a socket is one of IPv6.
func isSix(fd int) bool {
	sa, _ := unix.Getsockname(fd)
	_, six := sa.(*unix.SockaddrInet6)
	return six
}

func setHops(fd, n int, multicast bool) error {
	option4, option6 := unix.IP_TTL, unix.IPV6_UNICAST_HOPS
	if multicast {
		option4, option6 = unix.IP_MULTICAST_TTL, unix.IPV6_MULTICAST_HOPS
	}
	set4 := func() error {
		if multicast { // which takes a byte everywhere
			return os.NewSyscallError("setsockopt", unix.SetsockoptByte(fd, unix.IPPROTO_IP, option4, byte(n)))
		}
		return setInt(fd, unix.IPPROTO_IP, option4, n)
	}
	if !isSix(fd) {
		return set4()
	}
	_ = set4() // for IPv4 receivers, where there may be any
	return setInt(fd, unix.IPPROTO_IPV6, option6, n)
}

func setMulticastLoop(fd int, on bool) error {
	err := os.NewSyscallError("setsockopt", unix.SetsockoptByte(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_LOOP, byte(toInt(on))))
	if isSix(fd) {
		return setInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_LOOP, toInt(on))
	}
	return err
}

func setMulticastInterface(fd int, ifi *net.Interface) error {
	four, err := addressOf(ifi)
	if err == nil {
		err = os.NewSyscallError("setsockopt", unix.SetsockoptInet4Addr(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_IF, four))
	}
	if isSix(fd) {
		return setInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_IF, ifi.Index)
	}
	return err
}

func setMember(fd int, group netip.Addr, ifi *net.Interface, join bool) error {
	if group.Is4() {
		four, err := addressOf(ifi)
		if err != nil {
			return err
		}
		option := unix.IP_DROP_MEMBERSHIP
		if join {
			option = unix.IP_ADD_MEMBERSHIP
		}
		return os.NewSyscallError("setsockopt", unix.SetsockoptIPMreq(fd, unix.IPPROTO_IP, option, &unix.IPMreq{Multiaddr: group.As4(), Interface: four}))
	}
	option := unix.IPV6_LEAVE_GROUP
	if join {
		option = unix.IPV6_JOIN_GROUP
	}
	m := unix.IPv6Mreq{Multiaddr: group.As16()}
	if ifi != nil {
		m.Interface = uint32(ifi.Index)
	}
	return os.NewSyscallError("setsockopt", unix.SetsockoptIPv6Mreq(fd, unix.IPPROTO_IPV6, option, &m))
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
