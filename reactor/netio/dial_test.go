package netio_test

import (
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
)

func TestDialRefused(t *testing.T) {
	for network, address := range networks(t) {
		l := listen(t, network, address)
		address := l.Addr().String()
		l.Close()
		_, err := await(t, netio.Dial(network, address))
		var op *net.OpError
		if !errors.As(err, &op) || op.Op != "dial" || op.Net != network || op.Addr == nil || op.Addr.String() != address {
			t.Errorf("%s: %#v is no *net.OpError of that dial", network, err)
		}
		want := error(syscall.ECONNREFUSED)
		if network == "unix" {
			want = os.ErrNotExist // Close has removed the file
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: %v; want %v", network, err, want)
		}
	}
}

func TestDialByName(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for _, dial := range []struct{ network, address string }{
		{"tcp4", "localhost:" + port},
		{"tcp", "localhost:" + port}, // perhaps ::1 first, which refuses
		{"tcp", ":" + port},
		{"tcp", "127.0.0.1:" + port},
	} {
		c, err := await(t, netio.Dial(dial.network, dial.address))
		if err != nil {
			t.Errorf("%v: %v", dial, err)
			continue
		}
		if got := c.RemoteAddr().String(); got != l.Addr().String() {
			t.Errorf("%v: connected to %s", dial, got)
		}
		c.Close()
	}
}

func TestDialMisuse(t *testing.T) {
	for _, c := range []struct{ network, address, want string }{
		{"udp", "127.0.0.1:1", `netio: network "udp": ListenPacket and DialPacket open its sockets; want tcp, tcp4, tcp6, unix or unixpacket`},
		{"", "127.0.0.1:1", `netio: network "": want tcp, tcp4, tcp6, unix or unixpacket`},
		{"tcp", "127.0.0.1", "netio: want host:port, such as 127.0.0.1:80, [::1]:80 or :80: address 127.0.0.1: missing port in address"},
		{"tcp6", "127.0.0.1:1", `dial tcp6: 127.0.0.1 has no address for network "tcp6"`},
		{"tcp4", "[::1]:1", `dial tcp4: ::1 has no address for network "tcp4"`},
		{"unix", "", "netio: an empty address: want the path of a Unix socket"},
		{"tcp", "127.0.0.1:99999", "invalid port"},
	} {
		if _, err := await(t, netio.Dial(c.network, c.address)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Dial(%q, %q): %v; want %q", c.network, c.address, err, c.want)
		}
	}
}

// A look-up that is given up ends, and so does what it would have connected.
func TestDialDroppedDuringLookUp(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	_, port, _ := net.SplitHostPort(l.Addr().String())
	future.Drop(netio.Dial("tcp", "localhost:"+port)) // before its first poll
	for range 20 {
		d := netio.Dial("tcp", "localhost:"+port)
		if _, p := start(t, d); p.IsReady() {
			t.Fatal("a name was looked up on the thread that polls")
		}
		future.Drop(d)
	}
}

func TestDialTimeout(t *testing.T) {
	l := full(t)
	_, err := await(t, future.Box(clock.Timeout(netio.Dial("unix", l.Addr().String()), 10*time.Millisecond)))
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
}

// A dial to a Unix server whose queue is full waits for its turn.
func TestDialWaitsForAFullServer(t *testing.T) {
	l := full(t)
	d := parked(t, netio.Dial("unix", l.Addr().String()))
	for {
		must[*netio.Conn](t, future.Box(l.Accept())).Close()
		if d.wasWoken() {
			if p := d.f.Poll(&d.cx); p.IsReady() {
				c, err := p.Result()
				if err != nil {
					t.Fatal(err)
				}
				c.Close()
				return
			}
		}
		// One more for the next turn, unless it is d that takes the place.
		if k, p := start(t, netio.Dial("unix", l.Addr().String())); p.IsReady() {
			c, _ := p.Result()
			t.Cleanup(func() { c.Close() })
		} else {
			future.Drop(k.f)
		}
	}
}

// full returns a Unix listener whose queue has no place left.
func full(t *testing.T) *netio.Listener {
	t.Helper()
	if !dialsQueue {
		t.Skip("here such a dial fails")
	}
	l, err := netio.ListenConfig{Backlog: 1}.Listen("unix", socketPath(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	for range 100 {
		k, p := start(t, netio.Dial("unix", l.Addr().String()))
		if p.IsPending() {
			future.Drop(k.f)
			return l
		}
		c, err := p.Result()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
	}
	t.Fatal("100 connections fit in a queue of 1")
	return nil
}
