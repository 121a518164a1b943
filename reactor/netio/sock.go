//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"net"
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"
)

// hasUnixpacket: there are Unix sockets of messages that are connected, if the system has them.
const hasUnixpacket = true

// socketType is the type of a socket of the kind that is connected.
func (k kind) socketType() int {
	switch k {
	case unixpacketKind:
		return unix.SOCK_SEQPACKET
	case unixgramKind:
		return unix.SOCK_DGRAM
	}
	return unix.SOCK_STREAM
}

func setNoDelay(fd int, on bool) error {
	return setInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, toInt(on))
}

func setReusePort(fd int) error { return setInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) }

// toSockaddr returns a as the system wants it, and its family. Who calls it has looked at the zone, or does so before the address is used.
func toSockaddr(a netip.AddrPort) (unix.Sockaddr, int) {
	if ip := a.Addr(); !ip.Is4() {
		zone, _ := zoneID(ip.Zone())
		return &unix.SockaddrInet6{Port: int(a.Port()), Addr: ip.As16(), ZoneId: zone}, unix.AF_INET6
	}
	return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}, unix.AF_INET
}

// zoneID turns the zone of a link-local address, an interface's name or number, into its number. One that is neither is an error here:
// with 0 for it the system takes an interface that it chooses, as for a group.
func zoneID(zone string) (uint32, error) {
	if zone == "" {
		return 0, nil
	}
	if i, err := net.InterfaceByName(zone); err == nil {
		return uint32(i.Index), nil
	}
	n, err := strconv.ParseUint(zone, 10, 32)
	if err != nil {
		return 0, badZone(zone)
	}
	return uint32(n), nil
}

func checkZone(zone string) error {
	_, err := zoneID(zone)
	return err
}

func zoneName(id uint32) string {
	if id == 0 {
		return ""
	}
	if i, err := net.InterfaceByIndex(int(id)); err == nil {
		return i.Name
	}
	return strconv.FormatUint(uint64(id), 10)
}

// fromSockaddr is the reverse; nil for a family we do not know.
func fromSockaddr(sa unix.Sockaddr) net.Addr {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port)))
	case *unix.SockaddrInet6:
		ip := netip.AddrFrom16(sa.Addr).WithZone(zoneName(sa.ZoneId)).Unmap()
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, uint16(sa.Port)))
	case *unix.SockaddrUnix:
		return &net.UnixAddr{Name: sa.Name, Net: "unix"}
	}
	return nil
}
