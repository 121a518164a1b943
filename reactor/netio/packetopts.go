package netio

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

// SetReadBuffer is [Conn.SetReadBuffer]. Datagrams that do not fit in it are lost.
func (p *PacketConn) SetReadBuffer(bytes int) error { return p.setBuffer(true, bytes) }

// SetWriteBuffer is [Conn.SetWriteBuffer].
func (p *PacketConn) SetWriteBuffer(bytes int) error { return p.setBuffer(false, bytes) }

func (p *PacketConn) setBuffer(read bool, bytes int) error {
	p.check()
	if bytes <= 0 {
		return p.fail("set", fmt.Errorf("a buffer of %d: want a number of bytes: %w", bytes, syscall.EINVAL))
	}
	return p.call("set", func(fd int) error { return setPacketBuffer(fd, read, bytes) })
}

// SetPacketInfo has what arrives tell which address of this machine it was sent to, in [Packet.Local], or no more: a server that listens on
// all of them answers from there, by [PacketConn.WriteBatch]. It does not allocate with Linux. The portable build, and systems that
// cannot, fail with errors.ErrUnsupported.
func (p *PacketConn) SetPacketInfo(on bool) error {
	p.check()
	return p.setPacketInfo(on)
}

// SetTrafficClass is [Conn.SetTrafficClass].
func (p *PacketConn) SetTrafficClass(class int) error {
	return p.setByte("SetTrafficClass", class, 0, func(fd int) error { return setTrafficClass(fd, class) })
}

// SetTTL sets how many routers a datagram may pass, 1 to 255, that goes to one receiver.
func (p *PacketConn) SetTTL(n int) error {
	return p.setByte("SetTTL", n, 1, func(fd int) error { return setHops(fd, n, false) })
}

// SetMulticastTTL is [PacketConn.SetTTL] for datagrams to a group: 1 by default, which do not leave the network, and 0 for this
// machine alone.
func (p *PacketConn) SetMulticastTTL(n int) error {
	return p.setByte("SetMulticastTTL", n, 0, func(fd int) error { return setHops(fd, n, true) })
}

func (p *PacketConn) setByte(what string, n, least int, set func(fd int) error) error {
	p.check()
	if n < least || n > 255 {
		return p.fail("set", fmt.Errorf("%s of %d: want %d to 255: %w", what, n, least, syscall.EINVAL))
	}
	return p.call("set", set)
}

// SetMulticastLoop says whether this machine, too, gets what is sent to a group that it has joined; it does by default.
func (p *PacketConn) SetMulticastLoop(on bool) error {
	p.check()
	return p.call("set", func(fd int) error { return setMulticastLoop(fd, on) })
}

// SetMulticastInterface sets the interface that datagrams to a group leave by.
func (p *PacketConn) SetMulticastInterface(ifi *net.Interface) error {
	p.check()
	if ifi == nil || ifi.Index <= 0 {
		return p.fail("set", fmt.Errorf("SetMulticastInterface of %v: want an interface: %w", ifi, syscall.EINVAL))
	}
	return p.call("set", func(fd int) error { return setMulticastInterface(fd, ifi) })
}

// SetBroadcast says whether datagrams may go to a broadcast address; they may by default.
func (p *PacketConn) SetBroadcast(on bool) error {
	p.check()
	return p.call("set", func(fd int) error { return setBroadcast(fd, on) })
}

// JoinGroup has the socket get what is sent to a multicast group and its port, by an interface; nil stands for that of the group's zone
// or, without one, for one that the system chooses.
func (p *PacketConn) JoinGroup(group netip.Addr, ifi *net.Interface) error {
	return p.member(group, ifi, true)
}

// LeaveGroup ends what [PacketConn.JoinGroup] has begun, with the same arguments. Close leaves all groups.
func (p *PacketConn) LeaveGroup(group netip.Addr, ifi *net.Interface) error {
	return p.member(group, ifi, false)
}

func (p *PacketConn) member(group netip.Addr, ifi *net.Interface, join bool) error {
	p.check()
	if group = group.Unmap(); !group.IsMulticast() {
		return p.fail("set", fmt.Errorf("%v is no multicast group: want one of 224.0.0.0/4 or ff00::/8: %w", group, syscall.EINVAL))
	}
	ifi, err := groupInterface(group.Zone(), ifi)
	if err != nil {
		return p.fail("set", err)
	}
	return p.call("set", func(fd int) error { return setMember(fd, group, ifi, join) })
}

// groupInterface returns the interface that a group of a zone is joined by; nil for any.
func groupInterface(zone string, ifi *net.Interface) (*net.Interface, error) {
	if ifi != nil && ifi.Index <= 0 {
		return nil, fmt.Errorf("%v: want an interface of this machine, or nil for any: %w", ifi, syscall.EINVAL)
	}
	if zone == "" {
		return ifi, nil
	}
	named, err := net.InterfaceByName(zone)
	if n, e := strconv.Atoi(zone); err != nil && e == nil {
		named, err = net.InterfaceByIndex(n)
	}
	if err != nil {
		return nil, badZone(zone)
	}
	if ifi != nil && ifi.Index != named.Index {
		return nil, fmt.Errorf("the zone %q and the interface %s: want one of them, or the same twice: %w", zone, ifi.Name, syscall.EINVAL)
	}
	return named, nil
}

func badZone(zone string) error {
	return fmt.Errorf("the zone %q: want the name or the number of an interface of this machine: %w", zone, syscall.EINVAL)
}
