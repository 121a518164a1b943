//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package netio

import (
	"net"
	"net/netip"
	"os"

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
	err := setMulticastInterface4(fd, ifi)
	if isSix(fd) {
		return setInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_IF, ifi.Index)
	}
	return err
}

func setMember(fd int, group netip.Addr, ifi *net.Interface, join bool) error {
	if group.Is4() {
		option := unix.IP_DROP_MEMBERSHIP
		if join {
			option = unix.IP_ADD_MEMBERSHIP
		}
		return setMember4(fd, option, group.As4(), ifi)
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
