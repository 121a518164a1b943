package netio_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

func packetConn(t *testing.T, network, address string) *netio.PacketConn {
	t.Helper()
	p, err := netio.ListenPacket(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func connected(t *testing.T, to *netio.PacketConn) *netio.PacketConn {
	t.Helper()
	p, err := netio.DialPacket("udp", to.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func readPacket(t *testing.T, p *netio.PacketConn, room int) netio.Packet {
	t.Helper()
	return must[netio.Packet](t, future.Box(p.ReadFrom(make([]byte, room))))
}

// Datagrams there and back, over each family, and over IPv4 to a socket of both; empty ones too.
func TestPackets(t *testing.T) {
	for _, c := range [][2]string{{"udp4", "127.0.0.1:0"}, {"udp6", "[::1]:0"}, {"udp", ":0"}} {
		server, err := netio.ListenPacket(c[0], c[1])
		if err != nil {
			t.Log(err) // no IPv6 here
			continue
		}
		defer server.Close()
		to := server.LocalAddr().String()
		if c[1] == ":0" {
			to = fmt.Sprintf("127.0.0.1:%d", server.LocalAddr().Port)
		}
		client, err := netio.DialPacket("udp", to)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		waits := parked[netio.Packet](t, future.Box(server.ReadFrom(make([]byte, 8))))
		must[int](t, future.Box(client.WriteTo([]byte("there"), netip.AddrPort{})))
		got, err := waits.end()
		if err != nil || string(got.Bytes()) != "there" || got.Truncated || got.Addr != client.LocalAddr().AddrPort() {
			t.Errorf("%v: got %q of %v, %v; from %v", c, got.Bytes(), got.Addr, err, client.LocalAddr())
		}
		must[int](t, future.Box(server.WriteTo([]byte("back again"), got.Addr)))
		if got := readPacket(t, client, 4); string(got.Bytes()) != "back" || !got.Truncated || got.Addr.Port() != uint16(server.LocalAddr().Port) {
			t.Errorf("%v: got %q of %v, truncated %v", c, got.Bytes(), got.Addr, got.Truncated)
		}
		must[int](t, future.Box(server.WriteTo(nil, got.Addr)))
		if got := readPacket(t, client, 4); got.N != 0 || got.Truncated {
			t.Errorf("%v: an empty one came as %+v", c, got)
		}
		if a := client.RemoteAddr(); a == nil || a.Port != server.LocalAddr().Port || server.RemoteAddr() != nil {
			t.Errorf("%v: the peers are %v and %v", c, a, server.RemoteAddr())
		}
	}
}

// 200 datagrams, more than one call takes, each with its length, its sender and whether it was cut.
func TestPacketBatches(t *testing.T) {
	server := packetConn(t, "udp", "127.0.0.1:0")
	client := packetConn(t, "udp4", "127.0.0.1:0")
	const n = 200
	out := make([]netio.Packet, n)
	for i := range out {
		out[i] = netio.Packet{Data: fmt.Appendf(nil, "%d is a datagram", i)[:1+i%12], Addr: server.LocalAddr().AddrPort()}
	}
	if sent := must[int](t, future.Box(client.WriteBatch(out))); sent != n {
		t.Fatalf("sent %d", sent)
	}
	in := make([]netio.Packet, 100)
	for i := range in {
		in[i].Data = make([]byte, 6)
	}
	for seen := 0; seen < n; {
		got := must[int](t, future.Box(server.ReadBatch(in)))
		if got < 1 || got > len(in) {
			t.Fatalf("got %d", got)
		}
		for i := range in[:got] {
			p, want := &in[i], out[seen].Data
			if string(p.Bytes()) != string(want[:min(len(want), 6)]) || p.Truncated != (len(want) > 6) || p.Addr != client.LocalAddr().AddrPort() {
				t.Fatalf("datagram %d is %q of %v, cut %v; want %q of %v", seen, p.Bytes(), p.Addr, p.Truncated, want, client.LocalAddr())
			}
			seen++
		}
	}
	waits := parked[int](t, future.Box(server.ReadBatch(in)))
	must[int](t, future.Box(client.WriteBatch(out[:1])))
	if got, err := waits.end(); got != 1 || err != nil {
		t.Errorf("after a wait: %d, %v", got, err)
	}
	for _, f := range []netio.BatchOp{server.ReadBatch(nil), server.WriteBatch(nil)} {
		if got, err := await[int](t, future.Box(f)); got != 0 || err != nil {
			t.Errorf("of nothing: %d, %v", got, err)
		}
	}
}

// A batch ends at what cannot be sent, and tells how many went before it.
func TestPacketBatchFails(t *testing.T) {
	server := packetConn(t, "udp4", "127.0.0.1:0")
	to := server.LocalAddr().AddrPort()
	bad := netio.Packet{Addr: netip.MustParseAddrPort("[::1]:9")}
	n, err := await[int](t, future.Box(server.WriteBatch([]netio.Packet{{Data: []byte("a"), Addr: to}, {Data: []byte("b"), Addr: to}, bad})))
	var op *net.OpError
	if n != 2 || !errors.As(err, &op) {
		t.Errorf("sent %d, %v", n, err)
	}
	long := make([]byte, 70_000)
	if _, err := await[int](t, future.Box(server.WriteTo(long, to))); err == nil || dialsQueue && !errors.Is(err, syscall.EMSGSIZE) {
		t.Errorf("of one that is too long: %v", err)
	}
	for _, want := range "ab" {
		if got := readPacket(t, server, 4); string(got.Bytes()) != string(want) {
			t.Errorf("got %q, want %q", got.Bytes(), want)
		}
	}
}

// What became of a datagram to nobody is told once.
func TestRefusedPacket(t *testing.T) {
	server := packetConn(t, "udp", "127.0.0.1:0")
	client := connected(t, server)
	server.Close()
	waits := parked[netio.Packet](t, future.Box(client.ReadFrom(make([]byte, 8))))
	must[int](t, future.Box(client.WriteTo([]byte("x"), netip.AddrPort{})))
	if _, err := waits.end(); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Skip("not told here: ", err)
	}
	again := parked[netio.Packet](t, future.Box(client.ReadFrom(make([]byte, 8))))
	client.Close()
	if _, err := again.end(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

func TestPacketsEnd(t *testing.T) {
	p := packetConn(t, "udp", "127.0.0.1:0")
	waits := parked[netio.Packet](t, future.Box(p.ReadFrom(make([]byte, 8))))
	mustPanic[netio.Packet](t, future.Box(p.ReadFrom(make([]byte, 8))), "a second read")
	mustSet(t, p.SetReadDeadline, time.Now())
	if _, err := waits.end(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	mustSet(t, p.SetDeadline, time.Time{})
	batch := p.ReadBatch(make([]netio.Packet, 1))
	parked[int](t, &batch)
	batch.Drop()
	readable := parked[future.Unit](t, future.Box(p.Readable()))
	must[int](t, future.Box(p.WriteTo([]byte("to itself"), p.LocalAddr().AddrPort())))
	if _, err := readable.end(); err != nil {
		t.Error(err)
	}
	if got := readPacket(t, p, 20); string(got.Bytes()) != "to itself" {
		t.Errorf("got %q", got.Bytes())
	}
	waits = parked[netio.Packet](t, future.Box(p.ReadFrom(make([]byte, 8))))
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := waits.end(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	mustFail[int](t, future.Box(p.WriteTo(nil, netip.AddrPort{})), net.ErrClosed)
	mustFail[int](t, future.Box(p.ReadBatch(make([]netio.Packet, 1))), net.ErrClosed)
	if err := p.Close(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	mustPanicOf(t, "a zero PacketConn", func() { new(netio.PacketConn).Close() })
}

func TestPacketAddresses(t *testing.T) {
	for _, c := range [][3]string{{"tcp", "127.0.0.1:0", "want udp, udp4 or udp6"}, {"udp", "nowhere", "want host:port"}, {"udp", "", "want host:port"}, {"udp4", "[::1]:0"}} {
		if _, err := netio.ListenPacket(c[0], c[1]); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%v listened on: %v", c, err)
		}
		if _, err := netio.DialPacket(c[0], c[1]); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%v dialled: %v", c, err)
		}
	}
	p := packetConn(t, "udp", "127.0.0.1:0")
	if _, err := netio.ListenPacket("udp", p.LocalAddr().String()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Error(err)
	}
	from, err := netio.DialConfig{LocalAddr: netip.MustParseAddrPort("127.0.0.2:0")}.DialPacket("udp", p.LocalAddr().String())
	if err != nil {
		t.Skip(err)
	}
	defer from.Close()
	if ip := from.LocalAddr().IP.String(); ip != "127.0.0.2" {
		t.Errorf("it is %v", ip)
	}
}

func TestAdoptedPackets(t *testing.T) {
	std, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	p, err := netio.AdoptPacket(std)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	must[int](t, future.Box(connected(t, p).WriteTo([]byte("x"), netip.AddrPort{})))
	if got := readPacket(t, p, 4); string(got.Bytes()) != "x" {
		t.Errorf("got %q", got.Bytes())
	}
}

// A group on the loopback is heard from the joining to the leaving.
func TestMulticast(t *testing.T) {
	lo := loopback(t)
	group := netip.MustParseAddr("224.0.0.251")
	p := packetConn(t, "udp4", "0.0.0.0:0")
	for what, err := range map[string]error{
		"join": p.JoinGroup(group, lo), "interface": p.SetMulticastInterface(lo), "loop": p.SetMulticastLoop(true),
		"ttl": p.SetMulticastTTL(1), "ttl of one": p.SetTTL(7), "broadcast": p.SetBroadcast(true),
		"class": p.SetTrafficClass(0x10), "buffer": p.SetReadBuffer(100_000), "another": p.SetWriteBuffer(100_000),
	} {
		if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.ENODEV) {
			t.Skip(what, err)
		} else if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	to := netip.AddrPortFrom(group, uint16(p.LocalAddr().Port))
	if _, err := await[int](t, future.Box(p.WriteTo([]byte("all"), to))); err != nil {
		t.Skip("no multicast here: ", err)
	}
	mustSet(t, p.SetReadDeadline, time.Now().Add(patience))
	if got := readPacket(t, p, 8); string(got.Bytes()) != "all" {
		t.Errorf("got %q", got.Bytes())
	}
	if err := p.LeaveGroup(group, lo); err != nil {
		t.Error(err)
	}
	if err := p.LeaveGroup(group, lo); err == nil {
		t.Error("left twice")
	}
	for what, err := range map[string]error{
		"no group": p.JoinGroup(netip.MustParseAddr("127.0.0.1"), nil), "ttl": p.SetTTL(256), "buffer": p.SetReadBuffer(0),
		"interface": p.SetMulticastInterface(nil),
	} {
		if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func loopback(t *testing.T) *net.Interface {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Skip(err)
	}
	for i := range all {
		if all[i].Flags&net.FlagLoopback != 0 {
			return &all[i]
		}
	}
	t.Skip("no loopback")
	return nil
}

// Room for datagrams stays the caller's when none has come.
func TestBatchKeepsItsRoom(t *testing.T) {
	p := packetConn(t, "udp4", "127.0.0.1:0")
	ps := []netio.Packet{{Data: make([]byte, 8)}}
	mustSet(t, p.SetReadDeadline, past)
	mustFail[int](t, future.Box(p.ReadBatch(ps)), os.ErrDeadlineExceeded)
	if err := p.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	must[int](t, future.Box(p.WriteTo([]byte("text"), p.LocalAddr().AddrPort())))
	if n := must[int](t, future.Box(p.ReadBatch(ps))); n != 1 || string(ps[0].Bytes()) != "text" {
		t.Errorf("then %d have come: %+v", n, ps[0])
	}
}
