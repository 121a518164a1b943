//go:build !portable && !386 && !arm && !mips && !mipsle

package netio_test

import (
	"errors"
	"math"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/reactor/netio"
	"golang.org/x/sys/unix"
)

// What the system has no room for, 32 bits, does not become another value: a time goes on for as long as can be, and of a number it
// is told what is wrong.
func TestOptionsBeyondTheSystems(t *testing.T) {
	const beyond = 1 << 32 // and 0 in 32 bits
	client, _ := pair(t)
	get := func(level, option int) (v int) {
		t.Helper()
		err := client.Control(func(fd uintptr) { v, _ = unix.GetsockoptInt(int(fd), level, option) })
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if err := client.SetLinger(beyond); err != nil {
		t.Error(err)
	}
	err := client.Control(func(fd uintptr) {
		if l, err := unix.GetsockoptLinger(int(fd), unix.SOL_SOCKET, unix.SO_LINGER); err != nil || l.Linger <= 0 {
			t.Errorf("it lingers for %+v, %v: that would reset the connection", l, err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.SetLinger(-1); err != nil {
		t.Error(err)
	}
	if err := client.SetUserTimeout(math.MaxInt64); err != nil || get(unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT) != math.MaxInt32 {
		t.Errorf("the user's time-out is %d ms, %v", get(unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT), err)
	}
	was := get(unix.IPPROTO_TCP, unix.TCP_KEEPIDLE)
	for _, idle := range []time.Duration{math.MaxInt64, (beyond + 70) * time.Second} {
		if err := client.SetKeepAlive(net.KeepAliveConfig{Enable: true, Idle: idle}); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("idle for %v: %v", idle, err)
		}
	}
	if is := get(unix.IPPROTO_TCP, unix.TCP_KEEPIDLE); is != was {
		t.Errorf("it is idle for %d s, before %d", is, was)
	}
	for what, err := range map[string]error{
		"a count":  client.SetKeepAlive(net.KeepAliveConfig{Enable: true, Count: beyond + 3}),
		"a mark":   client.SetMark(beyond + 7),
		"a mark <": client.SetMark(-1),
		"a buffer": client.SetReadBuffer(beyond + 5000),
	} {
		if !errors.Is(err, syscall.EINVAL) || !strings.Contains(err.Error(), "want") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := (netio.ListenConfig{FastOpen: beyond}).Listen("tcp", "127.0.0.1:0"); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a queue of fast opens: %v", err)
	}
	l, err := netio.ListenConfig{DeferAccept: math.MaxInt64}.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = l.Control(func(fd uintptr) {
		if s, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT); err != nil || s < 60 {
			t.Errorf("it defers for %d s, %v", s, err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A backlog beyond what the system counts to is a long one, and not none.
func TestBacklogBeyondTheSystems(t *testing.T) {
	for _, backlog := range []int{1 << 32, math.MaxInt} {
		l, err := netio.ListenConfig{Backlog: backlog}.Listen("unix", socketPath(t))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		for i := range 20 { // nobody accepts
			fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer unix.Close(fd)
			if err := unix.Connect(fd, &unix.SockaddrUnix{Name: l.Addr().String()}); err != nil {
				t.Fatalf("a backlog of %d: connection %d: %v", backlog, i, err)
			}
		}
	}
}

// A lifetime of no hop is refused on a socket of either family.
func TestTTLOfZero(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		p, err := netio.ListenPacket("udp", address)
		if err != nil {
			t.Skip(err)
		}
		defer p.Close()
		if err := p.SetTTL(0); !errors.Is(err, syscall.EINVAL) || !strings.Contains(err.Error(), "want 1 to 255") {
			t.Errorf("%s: %v", address, err)
		}
		if err := p.SetMulticastTTL(0); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}
