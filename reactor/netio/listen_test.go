package netio_test

import (
	"errors"
	"maps"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

func TestPortTaken(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	_, err := netio.Listen("tcp", l.Addr().String())
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Fatalf("a second listener: %v", err)
	}
	for _, part := range []string{"listen tcp", l.Addr().String(), "choose another port"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	var op *net.OpError
	if !errors.As(err, &op) {
		t.Errorf("%#v is no *net.OpError", err)
	}
}

func TestListenMisuse(t *testing.T) {
	for _, c := range []struct {
		config           netio.ListenConfig
		network, address string
		want             string
	}{
		{netio.ListenConfig{}, "udp", ":0", `netio: network "udp": ListenPacket and DialPacket open its sockets; want tcp, tcp4, tcp6, unix or unixpacket`},
		{netio.ListenConfig{}, "tcp", "nonsense", "netio: want host:port"},
		{netio.ListenConfig{}, "unix", "", "netio: an empty address"},
		{netio.ListenConfig{Backlog: -1}, "tcp", ":0", "netio: a backlog of -1"},
		{netio.ListenConfig{}, "tcp4", "192.0.2.1:0", "no interface of this machine has that address"},
		{netio.ListenConfig{}, "unix", "/tmp/" + strings.Repeat("x", 200), "a path of 205 bytes"},
		{netio.ListenConfig{}, "unix", "a\x00b", "zero byte"},
		{netio.ListenConfig{}, "unix", "/no/such/directory/s", "no such file"},
	} {
		l, err := c.config.Listen(c.network, c.address)
		if err == nil {
			l.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Listen(%q, %q): %v; want %q", c.network, c.address, err, c.want)
		}
	}
}

// Without a host, and with the unspecified address of either family, one listener serves
// IPv4 and IPv6, as one of package net does; tcp4 and tcp6 serve their own.
func TestDualStack(t *testing.T) {
	if _, ok := networks(t)["tcp6"]; !ok {
		t.Skip("this machine has no IPv6")
	}
	for _, c := range []struct{ network, address string }{
		{"tcp", ":0"}, {"tcp", "[::]:0"}, {"tcp", "0.0.0.0:0"},
		{"tcp4", ":0"}, {"tcp4", "0.0.0.0:0"}, {"tcp6", ":0"}, {"tcp6", "[::]:0"},
		{"tcp", "127.0.0.1:0"}, {"tcp", "[::1]:0"},
	} {
		// Another program may have the same port at the address that is not ours: who differs tries again.
		var want, got map[string]bool
		for try := 0; try == 0 || try < 5 && !maps.Equal(got, want); try++ {
			want = servedByNet(t, c.network, c.address)
			got = servedByUs(t, c.network, c.address, want)
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s %s: reached at %v; a listener of package net at %v", c.network, c.address, got, want)
		}
	}
}

// loopbacks are the addresses that a listener may be reached at.
var loopbacks = []string{"127.0.0.1", "::1"}

// servedByNet says of each whether a listener of package net is.
func servedByNet(t *testing.T, network, address string) map[string]bool {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	reached := map[string]bool{}
	for _, host := range loopbacks {
		peer, err := net.Dial("tcp", net.JoinHostPort(host, port))
		if reached[host] = err == nil; err == nil {
			peer.Close()
		}
	}
	return reached
}

// servedByUs says it of one of package netio, which takes the connections that are wanted.
func servedByUs(t *testing.T, network, address string, want map[string]bool) map[string]bool {
	t.Helper()
	l := listen(t, network, address)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil || port == "0" {
		t.Fatalf("%s %s: listening on %v", network, address, l.Addr())
	}
	reached := map[string]bool{}
	for _, host := range loopbacks {
		peer, err := await(t, netio.Dial("tcp", net.JoinHostPort(host, port)))
		if reached[host] = err == nil; err != nil {
			continue
		}
		defer peer.Close()
		if !want[host] {
			continue
		}
		s := must[*netio.Conn](t, future.Box(l.Accept()))
		defer s.Close()
		if got, _, _ := net.SplitHostPort(s.RemoteAddr().String()); got != host {
			t.Errorf("a connection from %s is said to come from %s", host, got)
		}
	}
	return reached
}

// The file of a Unix listener goes when it is closed, and not before.
func TestUnixFileRemoved(t *testing.T) {
	path := socketPath(t)
	l := listen(t, "unix", path)
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	if _, err := netio.Listen("unix", path); !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), "remove the file") {
		t.Errorf("a second listener: %v", err)
	}
	l.Close()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Close: %v", err)
	}
	next := listen(t, "unix", path)
	l.Close()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("a second Close removed the file of the next listener: %v", err)
	}
	next.Close()
}

// An accept that is dropped leaves the connection to the next one.
func TestDroppedAccept(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	op := l.Accept()
	parked[*netio.Conn](t, &op)
	op.Drop()
	client, server := connect(t, l)
	must[int](t, future.Box(client.WriteAll([]byte("x"))))
	readFull(t, server, 1)
}
