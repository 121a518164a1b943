//go:build !portable

package netio_test

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"golang.org/x/sys/unix"
)

// What the system does not take joined is sent one by one: a socket without checksums while it has none, and one of UDP-Lite for good.
func TestGSOThatIsRefused(t *testing.T) {
	server := packetConn(t, "udp4", "127.0.0.1:0")
	offloads(t, server, false, true)
	client := packetConn(t, "udp4", "127.0.0.1:0")
	offloads(t, client, true, false)
	ps := sized(server, 1000, 1000, 1000, 300, 300)
	for _, without := range []int{1, 0} {
		var failed error
		if err := client.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_NO_CHECK, without) }); err != nil || failed != nil {
			t.Fatal(err, failed)
		}
		if n := must[int](t, future.Box(client.WriteBatch(ps))); n != len(ps) {
			t.Errorf("sent %d", n)
		}
		want := []int{1, 1, 1, 1, 1}
		if without == 0 {
			want = []int{4, 1}
		}
		if reads := mustArrive(t, server, ps); !slices.Equal(reads, want) {
			t.Errorf("they came as %v, want %v", reads, want)
		}
	}

	lite := func() *netio.PacketConn {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.IPPROTO_UDPLITE)
		if err != nil {
			t.Skip("no UDP-Lite here: ", err)
		}
		f := os.NewFile(uintptr(fd), "lite")
		defer f.Close()
		if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
			t.Fatal(err)
		}
		c, err := net.FilePacketConn(f)
		if err != nil {
			t.Fatal(err)
		}
		p, err := netio.AdoptPacket(c.(*net.UDPConn))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		return p
	}
	server, client = lite(), lite()
	offloads(t, client, true, false)
	for range 2 {
		ps = sized(server, 1000, 1000, 300)
		if n := must[int](t, future.Box(client.WriteBatch(ps))); n != len(ps) {
			t.Errorf("sent %d", n)
		}
		mustArrive(t, server, ps)
	}
	long := []netio.Packet{{Data: make([]byte, 70_000), Addr: server.LocalAddr().AddrPort()}}
	if _, err := await[int](t, future.Box(client.WriteBatch(long))); err == nil {
		t.Error("70,000 bytes were sent")
	}
}

// The address that datagrams come from goes with those that are joined, and keeps others apart.
func TestGSOFrom(t *testing.T) {
	server := packetConn(t, "udp4", "127.0.0.1:0")
	offloads(t, server, false, true)
	client := packetConn(t, "udp4", "0.0.0.0:0")
	offloads(t, client, true, false)
	ps := sized(server, 500, 500, 500, 500)
	for i := range ps {
		ps[i].Local = netip.AddrFrom4([4]byte{127, 0, 0, byte(3 + i/2)})
	}
	must[int](t, future.Box(client.WriteBatch(ps)))
	for i := range 2 {
		got := readPacket(t, server, 64<<10)
		if want := netip.AddrFrom4([4]byte{127, 0, 0, byte(3 + i)}); got.N != 1000 || got.Segment != 500 || got.Addr.Addr() != want {
			t.Errorf("got %d bytes by %d of %v, want those of %v", got.N, got.Segment, got.Addr, want)
		}
	}
}

// cpu is how long this process has computed, in nanoseconds, the system for it included.
func cpu(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// Datagrams of 1,200 bytes over the loopback, 50 at a time: the time of both sides for one.
func BenchmarkPacketOffload(b *testing.B) {
	for _, c := range []struct {
		name     string
		gso, gro bool
	}{{"neither", false, false}, {"gso", true, false}, {"gso+gro", true, true}} {
		b.Run(c.name, func(b *testing.B) {
			server, err := netio.ListenPacket("udp4", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer server.Close()
			if err := server.SetReadBuffer(1 << 20); err != nil {
				b.Fatal(err)
			}
			if err := server.SetGRO(c.gro); err != nil {
				b.Skip(err)
			}
			client, err := netio.DialPacket("udp4", server.LocalAddr().String())
			if err != nil {
				b.Fatal(err)
			}
			defer client.Close()
			if err := client.SetGSO(c.gso); err != nil {
				b.Skip(err)
			}
			const each = 50
			out, in := make([]netio.Packet, each), make([]netio.Packet, each)
			for i := range out {
				out[i].Data, in[i].Data = make([]byte, 1200), make([]byte, 64<<10)
			}
			_, err = future.BlockOn(future.Do(func(co *future.Co) error {
				begun := cpu(b)
				for b.Loop() {
					if _, err := client.WriteBatch(out).Await(co); err != nil {
						return err
					}
					for got := 0; got < each; {
						n, err := server.ReadBatch(in).Await(co)
						if err != nil {
							return err
						}
						for i := range in[:n] {
							for range in[i].Datagrams() {
								got++
							}
						}
					}
				}
				b.ReportMetric(float64(cpu(b)-begun)/float64(b.N*each), "cpu-ns/datagram")
				return nil
			}))
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
