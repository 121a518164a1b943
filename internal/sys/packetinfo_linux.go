package sys

import (
	"iter"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// info is room for the control messages of a datagram, aligned as the kernel wants it: an address each of IPv4 and IPv6, and a length.
type info [12]uint64

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

// AskInfo makes room for what [SetPacketInfo] and [SetGRO] have the system tell of all that was added.
func (b *Packets) AskInfo() {
	for i := range b.n {
		b.hdrs[i].hdr.Control = (*byte)(unsafe.Pointer(&b.infos[i]))
		b.hdrs[i].hdr.SetControllen(len(b.infos[i].bytes()))
	}
}

// Local returns the address that a datagram was sent to, if [Packets.AskInfo] has asked for it and the system told.
func (b *Packets) Local(i int) (a netip.Addr) {
	for h, data := range b.told(i) {
		switch {
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) >= unix.SizeofInet4Pktinfo:
			a = netip.AddrFrom4([4]byte(data[dstAddr:]))
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO && len(data) >= unix.SizeofInet6Pktinfo:
			a = netip.AddrFrom16([16]byte(data)).Unmap()
		}
	}
	return a
}

// told yields the control messages of a datagram that was received.
func (b *Packets) told(i int) iter.Seq2[unix.Cmsghdr, []byte] {
	return func(yield func(unix.Cmsghdr, []byte) bool) {
		if b.hdrs[i].hdr.Control == nil {
			return
		}
		rest := b.infos[i].bytes()[:min(int(b.hdrs[i].hdr.Controllen), len(b.infos[i].bytes()))]
		for len(rest) >= unix.CmsgLen(0) {
			h, data, next, err := unix.ParseOneSocketControlMessage(rest)
			if err != nil || !yield(h, data) {
				return
			}
			rest = next
		}
	}
}

// From has the datagram that was added last be sent from an address of this machine, on a socket of IPv6 if six.
func (b *Packets) From(local netip.Addr, six bool) syscall.Errno {
	if six {
		ip := local.As16()
		copy(b.tell(unix.IPPROTO_IPV6, unix.IPV6_PKTINFO, unix.SizeofInet6Pktinfo), ip[:])
	} else {
		ip := local.Unmap().As4()
		copy(b.tell(unix.IPPROTO_IP, unix.IP_PKTINFO, unix.SizeofInet4Pktinfo)[specDst:], ip[:])
	}
	return 0
}

// tell adds a control message to what was added last, and returns the room for its data, which is empty.
func (b *Packets) tell(level, kind int32, size int) []byte {
	hdr, room := &b.hdrs[b.n-1].hdr, b.infos[b.n-1].bytes()
	at := int(hdr.Controllen)
	hdr.Control = &room[0]
	hdr.SetControllen(at + unix.CmsgSpace(size))
	room = room[at:hdr.Controllen]
	clear(room)
	h := (*unix.Cmsghdr)(unsafe.Pointer(&room[0])) // infos are aligned for it, and so is what comes behind a message
	h.Level, h.Type = level, kind
	h.SetLen(unix.CmsgLen(size))
	return room[unix.CmsgLen(0):]
}
