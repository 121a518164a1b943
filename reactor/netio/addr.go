package netio

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// checkNetwork refuses networks that this package does not speak.
func checkNetwork(network string) error {
	switch network {
	case "tcp", "tcp4", "tcp6", "unix":
		return nil
	case "unixpacket":
		if !hasUnixpacket {
			return fmt.Errorf("netio: network %q: this build has none: %w", network, errors.ErrUnsupported)
		}
		return nil
	case "unixgram":
		return fmt.Errorf("netio: network %q: ListenUnixgram, DialUnixgram and SocketPair open its sockets; want tcp, tcp4, tcp6, unix or unixpacket", network)
	case "udp", "udp4", "udp6":
		return fmt.Errorf("netio: network %q: ListenPacket and DialPacket open its sockets; want tcp, tcp4, tcp6, unix or unixpacket", network)
	}
	return fmt.Errorf("netio: network %q: want tcp, tcp4, tcp6, unix or unixpacket", network)
}

// ofUnix reports whether the addresses of a network are paths.
func ofUnix(network string) bool { return network == "unix" || network == "unixpacket" }

// hostPort is a TCP address as the user wrote it, taken apart.
type hostPort struct {
	network, host, port string
}

func splitAddress(network, address string) (hostPort, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return hostPort{}, fmt.Errorf("netio: want host:port, such as 127.0.0.1:80, [::1]:80 or :80: %w", err)
	}
	return hostPort{network, host, port}, nil
}

// family is the resolver's name for the addresses that the network allows.
func (h hostPort) family() string {
	switch h.network {
	case "tcp4":
		return "ip4"
	case "tcp6":
		return "ip6"
	}
	return "ip"
}

func (h hostPort) allows(a netip.Addr) bool {
	return h.network == "tcp" || a.Is4() == (h.network == "tcp4")
}

// literal returns where to connect if that needs no look-up: the host is an IP address
// or empty, the port a number.
func (h hostPort) literal() (targets []netip.AddrPort, ok bool) {
	port, err := strconv.ParseUint(h.port, 10, 16)
	if err != nil {
		return nil, false
	}
	var addrs []netip.Addr
	if h.host == "" { // this machine
		addrs = []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	} else if a, err := netip.ParseAddr(h.host); err == nil {
		addrs = []netip.Addr{a}
	} else {
		return nil, false
	}
	return h.with(addrs, uint16(port)), true
}

// lookUp returns where to connect. It blocks.
func (h hostPort) lookUp(ctx context.Context) ([]netip.AddrPort, error) {
	port, err := h.lookUpPort(ctx)
	if err != nil {
		return nil, err
	}
	number := h
	number.port = strconv.Itoa(port)
	if targets, ok := number.literal(); ok {
		return targets, nil
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, h.family(), h.host)
	if err != nil {
		return nil, err
	}
	return h.with(addrs, uint16(port)), nil
}

// lookUpPort returns the number of the port. It blocks.
func (h hostPort) lookUpPort(ctx context.Context) (int, error) {
	return net.DefaultResolver.LookupPort(ctx, h.network, h.port)
}

// with returns the addresses that the network allows, with the port.
func (h hostPort) with(addrs []netip.Addr, port uint16) (targets []netip.AddrPort) {
	for _, a := range addrs {
		if a = a.Unmap(); h.allows(a) {
			targets = append(targets, netip.AddrPortFrom(a, port))
		}
	}
	return targets
}

// noAddress is the error for a host that has no address of the family asked for.
func (h hostPort) noAddress() error {
	return fmt.Errorf("%s has no address for network %q", h.host, h.network)
}
