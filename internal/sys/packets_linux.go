package sys

import (
	"net/netip"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// name is room for the address of a datagram.
type name = unix.RawSockaddrInet6

// setName writes an address into r for a socket of one family, and returns its length: 0 for none.
func setName(r *name, a netip.AddrPort, zone uint32, six bool) uint32 {
	ip := a.Addr()
	if !ip.IsValid() {
		return 0
	}
	port := (*[2]byte)(unsafe.Pointer(&r.Port)) // in the order of the network
	port[0], port[1] = byte(a.Port()>>8), byte(a.Port())
	if six {
		r.Family, r.Addr, r.Scope_id, r.Flowinfo = unix.AF_INET6, ip.As16(), zone, 0
		return unix.SizeofSockaddrInet6
	}
	r.Family = unix.AF_INET
	four := (*unix.RawSockaddrInet4)(unsafe.Pointer(r)) // the smaller one
	four.Addr = ip.Unmap().As4()
	four.Zero = [8]uint8{}
	return unix.SizeofSockaddrInet4
}

// getName reads an address that the kernel has written.
func getName(r *name) (a netip.AddrPort, zone uint32) {
	port := (*[2]byte)(unsafe.Pointer(&r.Port))
	p := uint16(port[0])<<8 | uint16(port[1])
	switch r.Family {
	case unix.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4((*unix.RawSockaddrInet4)(unsafe.Pointer(r)).Addr), p), 0
	case unix.AF_INET6:
		return netip.AddrPortFrom(netip.AddrFrom16(r.Addr).Unmap(), p), r.Scope_id
	}
	return netip.AddrPort{}, 0
}

// RecvFrom takes a datagram off a non-blocking socket, or looks at it only, and returns its whole length, which may be more than p has
// room for.
func RecvFrom(fd int, p []byte, peek bool) (n int, from netip.AddrPort, zone uint32, e syscall.Errno) {
	var r name
	for {
		l := uint32(unsafe.Sizeof(r))
		got, _, e := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(base(p)), uintptr(len(p)), unix.MSG_TRUNC|peekFlag(peek),
			uintptr(unsafe.Pointer(&r)), uintptr(unsafe.Pointer(&l)))
		switch e {
		case 0:
			received(fd, p[:min(int(got), len(p))])
			from, zone = getName(&r)
			return int(got), from, zone, 0
		case unix.EINTR:
			continue
		}
		return 0, from, 0, e
	}
}

func peekFlag(peek bool) uintptr {
	if peek {
		return unix.MSG_PEEK
	}
	return 0
}

// SendTo sends a datagram from a non-blocking socket, of IPv6 if six, to an address, or to its peer if that is not valid.
func SendTo(fd int, p []byte, to netip.AddrPort, zone uint32, six bool) (int, syscall.Errno) {
	var r name
	l := setName(&r, to, zone, six)
	release()
	for {
		var n uintptr
		var e syscall.Errno
		if l == 0 {
			n, _, e = unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(base(p)), uintptr(len(p)), unix.MSG_NOSIGNAL, 0, 0)
		} else {
			n, _, e = unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(base(p)), uintptr(len(p)), unix.MSG_NOSIGNAL,
				uintptr(unsafe.Pointer(&r)), uintptr(l))
		}
		if e == 0 {
			sent(p)
		}
		if e != unix.EINTR {
			return count(n, e)
		}
	}
}

// MostPackets is how many datagrams one call moves.
const MostPackets = 64

// Packets is what a call for several datagrams needs, on the heap and used again: the kernel is handed pointers into it.
type Packets struct {
	hdrs  [MostPackets]mmsghdr
	iovs  [MostPackets]unix.Iovec
	names [MostPackets]name
	infos [MostPackets]info // room for control messages
	n     int               // of hdrs
	data  int               // of iovs: as many, unless datagrams were joined
}

// mmsghdr is struct mmsghdr of the kernel.
type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
}

var packets = sync.Pool{New: func() any {
	return new(Packets)
}}

// NewPackets returns one without datagrams.
func NewPackets() *Packets { return packets.Get().(*Packets) }

// Free gives it back. It holds no buffer then.
func (b *Packets) Free() {
	clear(b.iovs[:b.data])
	for i := range b.n {
		b.hdrs[i].hdr.Control = nil
		b.hdrs[i].hdr.SetControllen(0)
	}
	b.n, b.data = 0, 0
	packets.Put(b)
}

func (b *Packets) add(p []byte) *mmsghdr {
	h := &b.hdrs[b.n]
	h.hdr.Name = (*byte)(unsafe.Pointer(&b.names[b.n]))
	h.hdr.Iov = &b.iovs[b.data]
	h.hdr.SetIovlen(1)
	b.addData(p)
	b.n++
	return h
}

func (b *Packets) addData(p []byte) {
	b.iovs[b.data].Base = (*byte)(base(p))
	b.iovs[b.data].SetLen(len(p))
	b.data++
}

// AddRoom adds room for a datagram.
func (b *Packets) AddRoom(p []byte) { b.add(p).hdr.Namelen = unix.SizeofSockaddrInet6 }

// Add adds a datagram to be sent, see [SendTo].
func (b *Packets) Add(p []byte, to netip.AddrPort, zone uint32, six bool) {
	r := &b.names[b.n]
	h := b.add(p)
	if h.hdr.Namelen = setName(r, to, zone, six); h.hdr.Namelen == 0 {
		h.hdr.Name = nil
	}
}

// Recv takes up to as many datagrams as there is room for off a non-blocking socket. To peek there must be room for one, which stays.
func (b *Packets) Recv(fd int, peek bool) (int, syscall.Errno) {
	return b.call(unix.SYS_RECVMMSG, fd, peekFlag(peek))
}

// Send sends what was added, up to the first that fails, and returns how many datagrams that is; the error is that of the very first.
func (b *Packets) Send(fd int) (datagrams int, e syscall.Errno) {
	release()
	n, e := b.call(unix.SYS_SENDMMSG, fd, unix.MSG_NOSIGNAL)
	for i := range n {
		datagrams += int(b.hdrs[i].hdr.Iovlen)
	}
	return datagrams, e
}

func (b *Packets) call(call uintptr, fd int, flags uintptr) (int, syscall.Errno) {
	for {
		n, _, e := unix.RawSyscall6(call, uintptr(fd), uintptr(unsafe.Pointer(&b.hdrs)), uintptr(b.n), flags, 0, 0)
		runtime.KeepAlive(b)
		if e == 0 {
			b.seen(call, fd, int(n))
		}
		if e != unix.EINTR {
			return count(n, e)
		}
	}
}

// seen tells the race detector.
func (b *Packets) seen(call uintptr, fd, n int) {
	at := 0
	for i := range n {
		for range int(b.hdrs[i].hdr.Iovlen) {
			p := unsafe.Slice(b.iovs[at].Base, int(b.iovs[at].Len))
			at++
			if call == unix.SYS_SENDMMSG {
				sent(p)
			} else {
				received(fd, p[:min(len(p), int(b.hdrs[i].len))])
			}
		}
	}
}

// Got returns the length of a datagram that was received, whose it was, and whether there was no room for all of it.
func (b *Packets) Got(i int) (n int, from netip.AddrPort, zone uint32, truncated bool) {
	h := &b.hdrs[i]
	from, zone = getName(&b.names[i])
	return int(h.len), from, zone, h.hdr.Flags&unix.MSG_TRUNC != 0
}
