package netio_test

import (
	"net"
	"net/netip"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// Connections arrive at one of the sockets, whichever, and each is accepted once.
func TestListenEach(t *testing.T) {
	for _, steer := range []bool{false, true} {
		lc := netio.ListenConfig{SteerByCPU: steer}
		all, err := lc.ListenEach("tcp4", "127.0.0.1:0", 3)
		if err != nil {
			t.Fatal(err)
		}
		accepts := make([]netio.AcceptOp, len(all))
		tasks := make([]*task[*netio.Conn], len(all))
		for i, l := range all {
			defer l.Close()
			if l.Addr().String() != all[0].Addr().String() {
				t.Errorf("it listens on %v and on %v", all[0].Addr(), l.Addr())
			}
			accepts[i] = l.Accept()
			tasks[i] = parked[*netio.Conn](t, &accepts[i])
		}
		for range 20 {
			client := must(t, netio.Dial("tcp", all[0].Addr().String()))
			n := 0
			for n == 0 {
				for i, k := range tasks {
					if !k.wasWoken() {
						continue
					}
					p := accepts[i].Poll(&k.cx)
					for p.IsReady() {
						c, err := p.Result()
						if err != nil {
							t.Fatal(err)
						}
						c.Close()
						n++
						accepts[i] = all[i].Accept()
						p = accepts[i].Poll(&k.cx)
					}
				}
			}
			if n != 1 {
				t.Fatalf("accepted %d times", n)
			}
			mustEOF(t, client)
			client.Close()
		}
		for i := range accepts {
			accepts[i].Drop()
		}
	}
}

func TestListenPackets(t *testing.T) {
	all, err := netio.ListenConfig{SteerByCPU: true}.ListenPackets("udp4", "127.0.0.1:0", 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		defer p.Close()
		if p.LocalAddr().Port != all[0].LocalAddr().Port {
			t.Errorf("it is at %v and at %v", all[0].LocalAddr(), p.LocalAddr())
		}
	}
	if len(all) == 1 {
		t.Skip("one socket for all here")
	}
	client := packetConn(t, "udp4", "127.0.0.1:0")
	first := parked[netio.Packet](t, future.Box(all[0].ReadFrom(make([]byte, 8))))
	other := parked[netio.Packet](t, future.Box(all[len(all)-1].ReadFrom(make([]byte, 8))))
	must[int](t, future.Box(client.WriteTo([]byte("x"), netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(all[0].LocalAddr().Port)))))
	select {
	case <-first.woken:
	case <-other.woken:
	}
}

// The sockets are of the network that was asked for, also those after the first.
func TestListenEachOfOneFamily(t *testing.T) {
	all, err := netio.ListenConfig{}.ListenEach("tcp4", ":0", 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		defer l.Close()
		if ip := l.Addr().(*net.TCPAddr).IP; ip.To4() == nil {
			t.Errorf("it listens on %v", ip)
		}
	}
}

func TestListenEachRefuses(t *testing.T) {
	var lc netio.ListenConfig
	for _, err := range []error{
		second(lc.ListenEach("tcp", "127.0.0.1:0", 0)), second(lc.ListenEach("unix", "x", 2)), second(lc.ListenPackets("tcp", "127.0.0.1:0", 2)),
	} {
		if err == nil {
			t.Error("it was taken")
		}
	}
}
