//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package sys

import (
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// infoSpace is room for the control messages of a datagram: one each of IPv4 and IPv6.
const infoSpace = 128

// SetPacketInfo has a socket, of IPv6 if six, tell with each datagram which address it was sent to.
func SetPacketInfo(fd int, six, on bool) error {
	v := 0
	if on {
		v = 1
	}
	if six {
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, v)
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_RECVDSTADDR, v)
}

// localOf returns the address that a datagram was sent to, from its control messages.
func localOf(oob []byte) (a netip.Addr) {
	for len(oob) >= unix.CmsgLen(0) {
		h, data, next, err := unix.ParseOneSocketControlMessage(oob)
		switch {
		case err != nil:
			return a
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_RECVDSTADDR && len(data) >= 4:
			a = netip.AddrFrom4([4]byte(data))
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO && len(data) >= 16:
			a = netip.AddrFrom16([16]byte(data)).Unmap()
		}
		oob = next
	}
	return a
}

// AskInfo has Recv ask for what [SetPacketInfo] has the system tell.
func (b *Packets) AskInfo() { b.asks = true }

// Local returns the address that a datagram was sent to, if [Packets.AskInfo] has asked for it and the system told.
func (b *Packets) Local(i int) netip.Addr { return b.list[i].local }

// From would have the datagram that was added last be sent from an address of this machine.
func (b *Packets) From(netip.Addr, bool) syscall.Errno { return unix.EOPNOTSUPP }
