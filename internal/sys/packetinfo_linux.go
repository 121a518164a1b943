package sys

import (
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// info is room for the control messages of a datagram, aligned as the kernel wants it: one each of IPv4 and IPv6.
type info [10]uint64

func (i *info) bytes() []byte { return unsafe.Slice((*byte)(unsafe.Pointer(i)), unsafe.Sizeof(*i)) }

// Where the addresses stand in struct in_pktinfo, behind the interface: what to answer from, and what was sent to.
const (
	specDst = 4
	dstAddr = 8
)

// SetPacketInfo has a socket, of IPv6 if six, tell with each datagram which address it was sent to.
func SetPacketInfo(fd int, six, on bool) error {
	v := 0
	if on {
		v = 1
	}
	if six {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, v); err != nil {
			return err
		}
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, v)
}

// AskLocal makes room for what [SetPacketInfo] has the system tell of all that was added.
func (b *Packets) AskLocal() {
	for i := range b.n {
		b.hdrs[i].hdr.Control = (*byte)(unsafe.Pointer(&b.infos[i]))
		b.hdrs[i].hdr.SetControllen(len(b.infos[i].bytes()))
	}
}

// Local returns the address that a datagram was sent to, if [Packets.AskLocal] has asked for it and the system told.
func (b *Packets) Local(i int) (a netip.Addr) {
	rest := b.infos[i].bytes()[:min(int(b.hdrs[i].hdr.Controllen), len(b.infos[i].bytes()))]
	for b.hdrs[i].hdr.Control != nil && len(rest) >= unix.CmsgLen(0) {
		h, data, next, err := unix.ParseOneSocketControlMessage(rest)
		switch {
		case err != nil:
			return a
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) >= unix.SizeofInet4Pktinfo:
			a = netip.AddrFrom4([4]byte(data[dstAddr:]))
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO && len(data) >= unix.SizeofInet6Pktinfo:
			a = netip.AddrFrom16([16]byte(data)).Unmap()
		}
		rest = next
	}
	return a
}

// From has the datagram that was added last be sent from an address of this machine, on a socket of IPv6 if six.
func (b *Packets) From(local netip.Addr, six bool) syscall.Errno {
	room := b.infos[b.n-1].bytes()
	clear(room)
	h := (*unix.Cmsghdr)(unsafe.Pointer(&room[0])) // infos are aligned for it
	data := room[unix.CmsgLen(0):]
	size := unix.SizeofInet4Pktinfo
	if six {
		size = unix.SizeofInet6Pktinfo
		h.Level, h.Type = unix.IPPROTO_IPV6, unix.IPV6_PKTINFO
		ip := local.As16()
		copy(data, ip[:])
	} else {
		h.Level, h.Type = unix.IPPROTO_IP, unix.IP_PKTINFO
		ip := local.Unmap().As4()
		copy(data[specDst:], ip[:])
	}
	h.SetLen(unix.CmsgLen(size))
	b.hdrs[b.n-1].hdr.Control = &room[0]
	b.hdrs[b.n-1].hdr.SetControllen(unix.CmsgSpace(size))
	return 0
}
