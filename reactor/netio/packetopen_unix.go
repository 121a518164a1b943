//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// openPacketSocket opens one, which prepare binds or connects.
func openPacketSocket(family int, prepare func(fd int) error) (p *PacketConn, err error) {
	fd, err := socketOf(family, unix.SOCK_DGRAM)
	if err != nil {
		return nil, err
	}
	defer func() {
		if p == nil { // also when Control, which is a user's, panics
			_ = unix.Close(fd)
		}
	}()
	_ = setInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1) // as package net does
	if err := prepare(fd); err != nil {
		return nil, err
	}
	return newPacketConn(fd, family == unix.AF_INET6), nil
}

func (lc ListenConfig) listenPacket(network string, a *net.UDPAddr) (*PacketConn, error) {
	return onFamily(network, (*net.TCPAddr)(a), func(family int, sa unix.Sockaddr, v6only int) (*PacketConn, error) {
		return openPacketSocket(family, func(fd int) error { return lc.bindPacket(fd, family, sa, v6only) })
	})
}

func (lc ListenConfig) bindPacket(fd, family int, sa unix.Sockaddr, v6only int) error {
	if family == unix.AF_INET6 {
		if err := setInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, v6only); err != nil {
			return err
		}
	}
	if lc.ReusePort {
		if err := setReusePort(fd); err != nil {
			return err
		}
	}
	if lc.Control != nil {
		if err := lc.Control(udpOf(family), fromSockaddr(sa).String(), uintptr(fd)); err != nil {
			return err
		}
	}
	return os.NewSyscallError("bind", unix.Bind(fd, sa))
}

func (dc DialConfig) dialPacket(network string, a *net.UDPAddr) (*PacketConn, error) {
	ip, ok := netip.AddrFromSlice(a.IP)
	if ip = ip.Unmap(); !ok { // this machine
		if ip = netip.AddrFrom4([4]byte{127, 0, 0, 1}); network == "udp6" {
			ip = netip.IPv6Loopback()
		}
	}
	if !dc.fits(ip) {
		return nil, &net.AddrError{Err: "not of the family of the local address", Addr: a.String()}
	}
	if err := checkZone(a.Zone); err != nil {
		return nil, err
	}
	sa, family := toSockaddr(netip.AddrPortFrom(ip.WithZone(a.Zone), uint16(a.Port)))
	return openPacketSocket(family, func(fd int) error {
		if dc.Control != nil {
			if err := dc.Control(udpOf(family), a.String(), uintptr(fd)); err != nil {
				return err
			}
		}
		if err := dc.bind(fd, family); err != nil {
			return err
		}
		return os.NewSyscallError("connect", unix.Connect(fd, sa))
	})
}

func udpOf(family int) string {
	if family == unix.AF_INET6 {
		return "udp6"
	}
	return "udp4"
}

// AdoptPacket makes a PacketConn of a UDP socket of package net, and takes it over: c is closed, also after an error.
func AdoptPacket(c *net.UDPConn) (*PacketConn, error) {
	defer c.Close()
	fd, err := duplicate(c)
	if err != nil {
		return nil, packetError("dup", "udp", nil, err)
	}
	sa, err := unix.Getsockname(fd)
	if err != nil {
		_ = unix.Close(fd)
		return nil, packetError("dup", "udp", nil, os.NewSyscallError("getsockname", err))
	}
	_, six := sa.(*unix.SockaddrInet6)
	return newPacketConn(fd, six), nil
}
