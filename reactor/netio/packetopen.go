package netio

import (
	"fmt"
	"net"
)

// ListenPacket opens a socket that takes the datagrams of an address of this machine. The networks are udp, udp4 and udp6; the address is
// that of [Listen]: without a host it is every address, of both families for udp, and port 0 is any that is free, see
// [PacketConn.LocalAddr]. It blocks only to look up a host name. The socket must be closed.
func ListenPacket(network, address string) (*PacketConn, error) {
	return ListenConfig{}.ListenPacket(network, address)
}

// ListenPacket is [ListenPacket] with options: ReusePort and Control.
func (lc ListenConfig) ListenPacket(network, address string) (*PacketConn, error) {
	a, err := resolvePacket(network, address)
	if err != nil {
		return nil, packetError("listen", network, nil, err)
	}
	p, err := lc.listenPacket(network, a)
	if err != nil {
		return nil, packetError("listen", network, a, advise(err, "stop the program that listens there, choose another port, or take port 0 for any that is free"))
	}
	return p, nil
}

// DialPacket opens a socket that sends to one address, with [PacketConn.WriteTo] to none, and takes datagrams from there alone. The
// networks are those of [ListenPacket]. Nothing is sent yet. It blocks only to look up a host name. The socket must be closed.
func DialPacket(network, address string) (*PacketConn, error) {
	return DialConfig{}.DialPacket(network, address)
}

// DialPacket is [DialPacket] with options: LocalAddr and Control.
func (dc DialConfig) DialPacket(network, address string) (*PacketConn, error) {
	if err := dc.checkNoPath(network); err != nil {
		return nil, err
	}
	a, err := resolvePacket(network, address)
	if err != nil {
		return nil, packetError("dial", network, nil, err)
	}
	p, err := dc.dialPacket(network, a)
	if err != nil {
		return nil, packetError("dial", network, a, err)
	}
	return p, nil
}

func resolvePacket(network, address string) (*net.UDPAddr, error) {
	switch network {
	case "udp", "udp4", "udp6":
		if _, err := splitAddress(network, address); err != nil {
			return nil, err
		}
		return net.ResolveUDPAddr(network, address)
	}
	return nil, fmt.Errorf("netio: network %q: want udp, udp4 or udp6", network)
}

func packetError(op, network string, a *net.UDPAddr, err error) error {
	e := &net.OpError{Op: op, Net: network, Err: err}
	if a != nil {
		e.Addr = a
	}
	return e
}
