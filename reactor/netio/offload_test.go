package netio_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// offloads has a socket join datagrams in one or both ways, where the system can.
func offloads(t *testing.T, p *netio.PacketConn, gso, gro bool) {
	t.Helper()
	for _, err := range []error{p.SetGSO(gso), p.SetGRO(gro)} {
		if errors.Is(err, errors.ErrUnsupported) {
			t.Skip(err)
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// sized is datagrams of these lengths for one receiver, each of a letter of its own.
func sized(to *netio.PacketConn, sizes ...int) []netio.Packet {
	ps := make([]netio.Packet, len(sizes))
	for i, n := range sizes {
		ps[i] = netio.Packet{Data: []byte(strings.Repeat(string(rune('a'+i%26)), n)), Addr: to.LocalAddr().AddrPort()}
	}
	return ps
}

// mustArrive reads until all of ps have, and returns how many each read has brought.
func mustArrive(t *testing.T, at *netio.PacketConn, ps []netio.Packet) (reads []int) {
	t.Helper()
	room := make([]netio.Packet, 64)
	for i := range room {
		room[i].Data = make([]byte, 64<<10)
	}
	for seen := 0; seen < len(ps); {
		n := must[int](t, future.Box(at.ReadBatch(room)))
		for i := range room[:n] {
			before := seen
			for d := range room[i].Datagrams() {
				if seen == len(ps) || string(d) != string(ps[seen].Data) || room[i].Truncated {
					t.Fatalf("after %d of %d there is one of %d bytes, of %d, cut: %v", seen, len(ps), len(d), room[i].N, room[i].Truncated)
				}
				seen++
			}
			reads = append(reads, seen-before)
		}
	}
	return reads
}

// Where datagrams are not joined it is said so, and they arrive all the same.
func TestOffloadWhereThereIsNone(t *testing.T) {
	p := packetConn(t, "udp4", "127.0.0.1:0")
	for what, err := range map[string]error{"SetGSO": p.SetGSO(true), "SetGRO": p.SetGRO(true)} {
		if err != nil && (!errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), what)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	ps := sized(p, 10, 10, 5)
	must[int](t, future.Box(p.WriteBatch(ps)))
	mustArrive(t, p, ps)
	p.Close()
	if err := p.SetGSO(true); err == nil {
		t.Error("it was set after Close")
	}
}

// What is joined when it is sent arrives datagram by datagram, in its order, wherever groups begin and end.
func TestGSO(t *testing.T) {
	long := slices.Repeat([]int{1200}, 150) // more than a call takes, and than one may be long
	for _, c := range [][2]string{{"127.0.0.1:0", "127.0.0.1:0"}, {"[::1]:0", "[::1]:0"}, {"127.0.0.1:0", ":0"}} {
		server, err := netio.ListenPacket("udp", c[0])
		if err != nil {
			t.Log(err) // no IPv6 here
			continue
		}
		defer server.Close()
		client := packetConn(t, "udp", c[1])
		offloads(t, client, true, false)
		for _, sizes := range [][]int{
			{1000}, {1000, 1000}, {1000, 1000, 300}, {1000, 300, 300}, {300, 1000, 1000}, {1000, 300, 1000}, {0, 0}, {10, 0, 10}, {1, 1, 1, 0, 1}, {60_000, 5_000, 5_000}, long,
		} {
			ps := sized(server, sizes...)
			var reads []int
			for len(ps) > 0 { // what fits in the buffer of the socket
				now := ps[:min(len(ps), 70)]
				if n := must[int](t, future.Box(client.WriteBatch(now))); n != len(now) {
					t.Fatalf("%v: sent %d of %v", c, n, sizes)
				}
				reads = append(reads, mustArrive(t, server, now)...)
				ps = ps[len(now):]
			}
			if slices.Max(reads) != 1 {
				t.Errorf("%v, %v: several came as one to a socket that is not to get that: %v", c, sizes, reads)
			}
		}
	}
}

// Of several that are sent as one, a read brings several, and tells how long they are: to whoever reads, or looks.
func TestGRO(t *testing.T) {
	server := packetConn(t, "udp4", "127.0.0.1:0")
	offloads(t, server, false, true)
	client := packetConn(t, "udp4", "127.0.0.1:0")
	offloads(t, client, true, false)
	other := packetConn(t, "udp4", "127.0.0.1:0")
	ps := sized(server, 1000, 1000, 1000, 300)
	sent := func() { must[int](t, future.Box(client.WriteBatch(ps))) }
	for _, c := range []struct {
		sizes, reads []int
	}{
		{[]int{1000, 1000, 1000, 300}, []int{4}}, {[]int{1000}, []int{1}}, {[]int{1000, 300, 300, 1000}, []int{2, 1, 1}},
		{slices.Repeat([]int{1200}, 60), []int{54, 6}}, {[]int{0, 0, 10}, []int{1, 1, 1}},
	} {
		ps := sized(server, c.sizes...)
		must[int](t, future.Box(client.WriteBatch(ps)))
		if reads := mustArrive(t, server, ps); !slices.Equal(reads, c.reads) {
			t.Errorf("%v came as %v, want %v", c.sizes, reads, c.reads)
		}
	}
	for _, info := range []bool{false, true} {
		if err := server.SetPacketInfo(info); err != nil {
			t.Fatal(err)
		}
		sent()
		room := make([]byte, 64<<10)
		peeked := must[netio.Packet](t, future.Box(server.PeekFrom(room)))
		got := must[netio.Packet](t, future.Box(server.ReadFrom(room)))
		for _, p := range []netio.Packet{peeked, got} {
			if p.N != 3300 || p.Segment != 1000 || p.Local.IsValid() != info || p.Addr != client.LocalAddr().AddrPort() {
				t.Errorf("got %d bytes by %d, at %v of %v", p.N, p.Segment, p.Local, p.Addr)
			}
		}
	}
	sent()
	var sizes []int
	got := must[netio.Packet](t, future.Box(server.ReadFrom(make([]byte, 1500))))
	for d := range got.Datagrams() {
		sizes = append(sizes, len(d))
	}
	if !got.Truncated || !slices.Equal(sizes, []int{1000, 500}) {
		t.Errorf("of what there is room for in part: %v, cut: %v", sizes, got.Truncated)
	}

	// Not joined: for two receivers, and from another address.
	two := slices.Concat(sized(server, 100), sized(other, 100), sized(server, 100))
	must[int](t, future.Box(client.WriteBatch(two)))
	if reads := mustArrive(t, server, slices.Concat(two[:1], two[2:])); !slices.Equal(reads, []int{1, 1}) {
		t.Errorf("for two receivers: %v", reads)
	}
	mustArrive(t, other, two[1:2])
	offloads(t, client, false, false)
	sent()
	if reads := mustArrive(t, server, ps); !slices.Equal(reads, []int{1, 1, 1, 1}) {
		t.Errorf("when it is over: %v", reads)
	}
}
