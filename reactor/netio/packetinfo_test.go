package netio_test

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// A socket that listens on every address tells which one a datagram was sent to, alone and in batches.
func TestPacketInfo(t *testing.T) {
	for _, network := range []string{"udp4", "udp"} {
		server := packetConn(t, network, ":0")
		if err := server.SetPacketInfo(true); errors.Is(err, errors.ErrUnsupported) {
			t.Skip(err)
		} else if err != nil {
			t.Fatal(err)
		}
		port := server.LocalAddr().Port
		client := packetConn(t, "udp4", "127.0.0.1:0")
		for i, to := range []string{"127.0.0.1", "127.0.0.2", "127.0.0.1"} {
			if !reaches(t, client, to, port) {
				continue // no more of the loopback than one address
			}
			var got netio.Packet
			if i == 0 {
				got = readPacket(t, server, 8)
			} else {
				ps := []netio.Packet{{Data: make([]byte, 8)}, {Data: make([]byte, 8)}}
				if n := must[int](t, future.Box(server.ReadBatch(ps))); n != 1 {
					t.Fatalf("%d came", n)
				}
				got = ps[0]
			}
			if got.Local != netip.MustParseAddr(to) || string(got.Bytes()) != "there" {
				t.Errorf("%s: %q was sent to %s, and came to %v", network, got.Bytes(), to, got.Local)
			}
		}
		if err := server.SetPacketInfo(false); err != nil {
			t.Error(err)
		}
		reaches(t, client, "127.0.0.1", port)
		if got := readPacket(t, server, 8); got.Local.IsValid() {
			t.Errorf("%s: it tells %v, though it is not to", network, got.Local)
		}
	}
}

// reaches sends a datagram, if there is such an address.
func reaches(t *testing.T, client *netio.PacketConn, to string, port int) bool {
	t.Helper()
	_, err := await[int](t, future.Box(client.WriteTo([]byte("there"), netip.MustParseAddrPort(fmt.Sprintf("%s:%d", to, port)))))
	if err != nil && to == "127.0.0.1" {
		t.Fatal(err)
	}
	return err == nil
}

// A datagram comes from the address that it is told to come from.
func TestPacketFrom(t *testing.T) {
	for _, network := range []string{"udp4", "udp"} {
		server := packetConn(t, network, ":0")
		client := packetConn(t, "udp4", "127.0.0.1:0")
		for _, from := range []string{"127.0.0.3", "127.0.0.4"} {
			ps := []netio.Packet{{Data: []byte("back"), Addr: client.LocalAddr().AddrPort(), Local: netip.MustParseAddr(from)}}
			_, err := await[int](t, future.Box(server.WriteBatch(ps)))
			if errors.Is(err, errors.ErrUnsupported) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			want := netip.AddrPortFrom(ps[0].Local, uint16(server.LocalAddr().Port))
			if got := readPacket(t, client, 8); got.Addr != want || string(got.Bytes()) != "back" {
				t.Errorf("%s: %q came from %v, want %v", network, got.Bytes(), got.Addr, want)
			}
		}
		// What is sent next, from nowhere in particular, comes from where the system chooses.
		must[int](t, future.Box(server.WriteBatch([]netio.Packet{{Data: []byte("own"), Addr: client.LocalAddr().AddrPort()}})))
		if got := readPacket(t, client, 8); got.Addr.Addr() != netip.MustParseAddr("127.0.0.1") {
			t.Errorf("%s: it came from %v", network, got.Addr)
		}
	}
	four := packetConn(t, "udp4", "127.0.0.1:0")
	six := []netio.Packet{{Data: []byte("x"), Addr: four.LocalAddr().AddrPort(), Local: netip.IPv6Loopback()}}
	if _, err := await[int](t, future.Box(four.WriteBatch(six))); err == nil {
		t.Error("a socket of IPv4 sends from an address of IPv6")
	}
}
