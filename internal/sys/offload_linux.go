package sys

import (
	"encoding/binary"
	"syscall"

	"golang.org/x/sys/unix"
)

// HasGSO returns an error if the kernel cannot cut what it is sent into datagrams.
func HasGSO(fd int) error {
	_, err := unix.GetsockoptInt(fd, unix.SOL_UDP, unix.UDP_SEGMENT)
	return err
}

// SetGRO has the kernel join datagrams of one sender that have arrived one after the other.
func SetGRO(fd int, on bool) error {
	v := 0
	if on {
		v = 1
	}
	return unix.SetsockoptInt(fd, unix.SOL_UDP, unix.UDP_GRO, v)
}

// Join adds a datagram that is sent as the one that was added last, and not longer than that: the kernel gets both as one, and cuts
// them. All that are joined but the last have one length.
func (b *Packets) Join(p []byte) {
	h := &b.hdrs[b.n-1].hdr
	if h.Iovlen == 1 {
		binary.NativeEndian.PutUint16(b.tell(unix.SOL_UDP, unix.UDP_SEGMENT, 2), uint16(b.iovs[b.data-1].Len))
	}
	b.addData(p)
	h.SetIovlen(int(h.Iovlen) + 1)
}

// RefusesJoined reports whether an error of Send is that of a kernel, or a device, that does not take joined datagrams which may be sent
// one by one; always, if it takes none whatever their length and receiver.
func RefusesJoined(e syscall.Errno) (refuses, always bool) {
	switch e {
	case unix.EIO, unix.ENOPROTOOPT, unix.EOPNOTSUPP: // without checksums by the device, or through a tunnel
		return true, true
	case unix.EINVAL, unix.EMSGSIZE: // longer than what the way takes in one piece, or without checksums by option
		return true, false
	}
	return false, false
}

// Segment returns the length of all but the last of the datagrams that were joined, if [Packets.AskInfo] has asked for it; 0 for one
// that was not.
func (b *Packets) Segment(i int) (n int) {
	for h, data := range b.told(i) {
		if h.Level == unix.SOL_UDP && h.Type == unix.UDP_GRO && len(data) >= 4 {
			n = int(int32(binary.NativeEndian.Uint32(data)))
		}
	}
	return n
}
