package netio_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// tries waits with a readiness and tries, until there is something.
func tries[T any](t *testing.T, ready func() netio.ReadyOp, try func() (T, error)) (T, error) {
	t.Helper()
	for {
		if v, err := try(); err != netio.ErrWouldBlock {
			return v, err
		}
		must[future.Unit](t, future.Box(ready()))
	}
}

func tryReadPacket(t *testing.T, p *netio.PacketConn, try func(b []byte) (netio.Packet, error), room int) netio.Packet {
	t.Helper()
	got, err := tries(t, p.Readable, func() (netio.Packet, error) { return try(make([]byte, room)) })
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func tryWritePacket(t *testing.T, p *netio.PacketConn, text string, to netip.AddrPort) {
	t.Helper()
	if n, err := tries(t, p.Writable, func() (int, error) { return p.TryWriteTo([]byte(text), to) }); n != len(text) || err != nil {
		t.Fatalf("%d of %q were written, %v", n, text, err)
	}
}

// A datagram that was looked at is there once more, for the next look and for the read, by an operation that waits or by a try;
// without a buffer a look tells whose it is.
func TestPeekFrom(t *testing.T) {
	server := packetConn(t, "udp4", "127.0.0.1:0")
	client := packetConn(t, "udp4", "127.0.0.1:0")
	from := client.LocalAddr().AddrPort()
	for _, info := range []bool{false, true} {
		if err := server.SetPacketInfo(info); errors.Is(err, errors.ErrUnsupported) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		peek := func(room int) netio.Packet {
			return must[netio.Packet](t, future.Box(server.PeekFrom(make([]byte, room))))
		}
		tryPeek := func(room int) netio.Packet { // it is there: nothing to wait for
			got, err := server.TryPeekFrom(make([]byte, room))
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		waits := parked[netio.Packet](t, future.Box(server.PeekFrom(nil)))
		tryWritePacket(t, client, "hello", server.LocalAddr().AddrPort())
		sender, err := waits.end()
		if err != nil || sender.Addr != from || sender.N != 0 || !sender.Truncated {
			t.Errorf("without a buffer it has seen %+v, %v; want one of %v", sender, err, from)
		}
		for _, got := range []netio.Packet{tryPeek(8), peek(8), tryPeek(0), readPacket(t, server, 8)} {
			want := "hello"[:min(5, len(got.Data))]
			if string(got.Bytes()) != want || got.Addr != from || got.Truncated != (len(got.Data) == 0) || got.Local.IsValid() != info {
				t.Errorf("got %q of %v, %+v", got.Bytes(), got.Addr, got)
			}
		}
		if got, err := server.TryPeekFrom(make([]byte, 8)); err != netio.ErrWouldBlock {
			t.Errorf("after it was read there is %+v, %v", got, err)
		}
		tryWritePacket(t, client, "", server.LocalAddr().AddrPort())
		if got := peek(0); got.Truncated || got.Addr != from {
			t.Errorf("of an empty one it has seen %+v", got)
		}
		readPacket(t, server, 0)
	}
}

// Tries that wait with a readiness before them move the datagrams that operations would, to an address and to a peer, and from
// another thread.
func TestTryPackets(t *testing.T) {
	server := packetConn(t, "udp4", "127.0.0.1:0")
	to := server.LocalAddr().AddrPort()
	client := packetConn(t, "udp4", "127.0.0.1:0")
	peer := connected(t, server)
	for range 5 {
		tryWritePacket(t, client, "hello world", to)
		if got := tryReadPacket(t, server, server.TryReadFrom, 512); string(got.Bytes()) != "hello world" || got.Addr != client.LocalAddr().AddrPort() || got.Truncated {
			t.Fatalf("got %q of %v", got.Bytes(), got.Addr)
		}
		tryWritePacket(t, peer, "to the peer", netip.AddrPort{})
		got := tryReadPacket(t, server, server.TryReadFrom, 6)
		if string(got.Bytes()) != "to the" || got.Addr != peer.LocalAddr().AddrPort() || !got.Truncated {
			t.Fatalf("got %q of %v", got.Bytes(), got.Addr)
		}
		tryWritePacket(t, server, "back", got.Addr)
		if got := tryReadPacket(t, peer, peer.TryReadFrom, 8); string(got.Bytes()) != "back" || got.Addr != to {
			t.Fatalf("got %q of %v", got.Bytes(), got.Addr)
		}
	}
	ended := make(chan error, 1)
	go func() {
		_, err := future.BlockOn(future.Async(func(co *future.Co) (n int, err error) {
			for {
				if n, err = client.TryWriteTo([]byte("of another"), to); err != netio.ErrWouldBlock {
					return n, err
				}
				if _, err := client.Writable().Await(co); err != nil {
					return 0, err
				}
			}
		}))
		ended <- err
	}()
	if got := tryReadPacket(t, server, server.TryReadFrom, 16); string(got.Bytes()) != "of another" {
		t.Errorf("got %q", got.Bytes())
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got, err := server.TryReadFrom(make([]byte, 8)); err != netio.ErrWouldBlock || got.Data != nil {
		t.Errorf("of nothing more: %+v, %v", got, err)
	}
}

// Who waits for readiness is told of what comes, and again of what comes after that.
func TestPacketReadiness(t *testing.T) {
	server := packetConn(t, "udp4", "127.0.0.1:0")
	client := connected(t, server)
	for range 3 {
		if _, err := server.TryReadFrom(make([]byte, 1)); err != netio.ErrWouldBlock {
			t.Fatal(err)
		}
		waits := parked[future.Unit](t, future.Box(server.Readable()))
		must[future.Unit](t, future.Box(client.Writable()))
		tryWritePacket(t, client, "x", netip.AddrPort{})
		if _, err := waits.end(); err != nil {
			t.Fatal(err)
		}
		tryReadPacket(t, server, server.TryReadFrom, 1)
	}
}

// A try is refused beside an operation that waits, and fails as an operation does.
func TestTryPacketsFail(t *testing.T) {
	p := packetConn(t, "udp4", "127.0.0.1:0")
	to := p.LocalAddr().AddrPort()
	op := p.PeekFrom(make([]byte, 1))
	parked[netio.Packet](t, &op)
	mustPanicOf(t, "a second read", func() { p.TryReadFrom(make([]byte, 1)) })
	mustPanic[netio.Packet](t, future.Box(p.ReadFrom(make([]byte, 1))), "a second read")
	op.Drop()
	if _, err := p.TryReadFrom(make([]byte, 1)); err != netio.ErrWouldBlock {
		t.Errorf("after a Drop: %v", err)
	}
	mustPanic[netio.Packet](t, &op, "PeekFromOp polled after Ready")

	var oops *net.OpError
	six := netip.MustParseAddrPort("[::1]:9")
	if n, err := p.TryWriteTo([]byte("x"), six); n != 0 || !errors.As(err, &oops) {
		t.Errorf("to an IPv6 address: %d, %v", n, err)
	}
	mustSet(t, p.SetDeadline, past)
	for what, err := range map[string]error{
		"read": second(p.TryReadFrom(nil)), "peek": second(p.TryPeekFrom(nil)), "write": second(p.TryWriteTo(nil, to)),
	} {
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &oops) {
			t.Errorf("%s after the deadline: %v", what, err)
		}
	}
	mustSet(t, p.SetDeadline, time.Time{})
	p.Close()
	for what, err := range map[string]error{
		"read": second(p.TryReadFrom(nil)), "peek": second(p.TryPeekFrom(nil)), "write": second(p.TryWriteTo(nil, to)),
		"an operation": second(await[netio.Packet](t, future.Box(p.PeekFrom(nil)))),
	} {
		if !errors.Is(err, net.ErrClosed) || !errors.As(err, &oops) {
			t.Errorf("%s after Close: %v", what, err)
		}
	}
	mustPanicOf(t, "a zero PacketConn", func() { new(netio.PacketConn).TryReadFrom(nil) })
	mustPanicOf(t, "a nil PeekFromOp", func() { (*netio.PeekFromOp)(nil).Drop() })
}
