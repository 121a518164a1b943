package netio_test

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// A write is a message, and a read takes one.
func TestUnixpacket(t *testing.T) {
	l, err := netio.Listen("unixpacket", socketPath(t))
	if err != nil {
		if !errors.Is(err, errors.ErrUnsupported) && dialsQueue {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	defer l.Close()
	if a := l.Addr(); a.Network() != "unixpacket" {
		t.Errorf("it listens on %v of %s", a, a.Network())
	}
	client, server := connect(t, l)
	if a := client.RemoteAddr(); a.Network() != "unixpacket" || a.String() != l.Addr().String() {
		t.Errorf("its peer is %v of %s", a, a.Network())
	}
	for _, message := range []string{"one", "and two", "three"} {
		must[int](t, future.Box(client.WriteAll([]byte(message))))
	}
	buf := make([]byte, 5)
	if n := must[int](t, future.Box(server.Read(buf))); string(buf[:n]) != "one" {
		t.Errorf("read %q", buf[:n])
	}
	m, err := await[netio.Message](t, future.Box(server.ReadMessage(buf)))
	if !errors.Is(err, errors.ErrUnsupported) && (err != nil || string(buf[:m.N]) != "and t" || !m.Truncated) {
		t.Errorf("read %q, cut: %v, %v", buf[:m.N], m.Truncated, err)
	}
	m, err = await[netio.Message](t, future.Box(server.ReadMessage(buf)))
	if !errors.Is(err, errors.ErrUnsupported) && (err != nil || string(buf[:m.N]) != "three" || m.Truncated) {
		t.Errorf("read %q, cut: %v, %v", buf[:m.N], m.Truncated, err)
	}
	client.Close()
	mustEOF(t, server)
}

func TestSocketPair(t *testing.T) {
	for _, network := range []string{"unix", "unixpacket"} {
		a, b, err := netio.SocketPair(network)
		if errors.Is(err, errors.ErrUnsupported) || err != nil && !dialsQueue {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		waits := parked[int](t, future.Box(b.Read(make([]byte, 8))))
		must[int](t, future.Box(a.WriteAll([]byte("text"))))
		if n, err := waits.end(); n != 4 || err != nil {
			t.Errorf("read %d, %v", n, err)
		}
		a.Close()
		mustEOF(t, b)
	}
	if _, _, err := netio.SocketPair("tcp"); err == nil {
		t.Error("a pair of tcp was made")
	}
}
