//go:build !portable

package netio_test

import (
	"net"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"golang.org/x/sys/unix"
)

// The system has what the options say.
func TestOptionsArriveAtTheSystem(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := netio.Listen("tcp", address)
		if err != nil {
			t.Skip(err)
		}
		defer l.Close()
		client, _ := connect(t, l)
		get := func(level, option int) (v int) {
			t.Helper()
			err := client.Control(func(fd uintptr) { v, err = unix.GetsockoptInt(int(fd), level, option) })
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		want := func(what string, level, option, value int, set error) {
			t.Helper()
			if got := get(level, option); got != value || set != nil {
				t.Errorf("%s is %d, %v; want %d", what, got, set, value)
			}
		}
		err = client.SetKeepAlive(net.KeepAliveConfig{Enable: true, Idle: 70 * time.Second, Interval: 1500 * time.Millisecond, Count: 3})
		want("keep-alive", unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1, err)
		want("its idle time", unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 70, nil)
		want("its interval", unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 2, nil)
		want("its count", unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 3, client.SetKeepAlive(net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: -1}))
		want("its idle time", unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 15, client.SetKeepAlive(net.KeepAliveConfig{Enable: true}))
		want("its count", unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 9, nil)
		want("no keep-alive", unix.SOL_SOCKET, unix.SO_KEEPALIVE, 0, client.SetKeepAlive(net.KeepAliveConfig{}))
		want("the read buffer", unix.SOL_SOCKET, unix.SO_RCVBUF, 20_000, client.SetReadBuffer(10_000))
		want("the write buffer", unix.SOL_SOCKET, unix.SO_SNDBUF, 20_000, client.SetWriteBuffer(10_000))
		want("the user's time-out", unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 1501, client.SetUserTimeout(1500*time.Millisecond+1))
		want("quick acknowledging", unix.IPPROTO_TCP, unix.TCP_QUICKACK, 0, client.SetQuickAck(false))
		want("quick acknowledging", unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1, client.SetQuickAck(true))
		if address[0] == '[' {
			want("the class", unix.IPPROTO_IPV6, unix.IPV6_TCLASS, 0x10, client.SetTrafficClass(0x10))
		} else {
			want("the class", unix.IPPROTO_IP, unix.IP_TOS, 0x10, client.SetTrafficClass(0x10))
		}
		if err := client.SetMark(7); err == nil {
			want("the mark", unix.SOL_SOCKET, unix.SO_MARK, 7, nil)
		}
		for _, seconds := range []int{-1, 0, 5} {
			var linger *unix.Linger
			if err := client.SetLinger(seconds); err != nil {
				t.Error(err)
			}
			client.Control(func(fd uintptr) { linger, err = unix.GetsockoptLinger(int(fd), unix.SOL_SOCKET, unix.SO_LINGER) })
			if err != nil || (linger.Onoff == 0) != (seconds < 0) || int(linger.Linger) != max(seconds, 0) {
				t.Errorf("linger %d is %+v, %v", seconds, linger, err)
			}
		}
	}
}

// A connection that has sent nothing yet is kept from those who accept.
func TestDeferAccept(t *testing.T) {
	l, err := netio.ListenConfig{DeferAccept: 30 * time.Second}.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	silent := must(t, netio.Dial("tcp", l.Addr().String()))
	defer silent.Close()
	client := must(t, netio.Dial("tcp", l.Addr().String()))
	defer client.Close()
	must[int](t, future.Box(client.WriteAll([]byte("text"))))
	server := must[*netio.Conn](t, future.Box(l.Accept()))
	defer server.Close()
	if server.RemoteAddr().String() != client.LocalAddr().String() {
		t.Errorf("accepted the one that says nothing, %v", server.RemoteAddr())
	}
	if got := readFull(t, server, 4); got != "text" {
		t.Errorf("read %q", got)
	}
}

// With or without the system's leave connections are made.
func TestFastOpen(t *testing.T) {
	l, err := netio.ListenConfig{FastOpen: 8}.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("not in this kernel: ", err)
	}
	defer l.Close()
	for range 3 { // the first one brings the leave for the next ones
		client := must(t, netio.DialConfig{FastOpen: true}.Dial("tcp", l.Addr().String()))
		must[int](t, future.Box(client.WriteAll([]byte("text"))))
		server := must[*netio.Conn](t, future.Box(l.Accept()))
		if got := readFull(t, server, 4); got != "text" {
			t.Errorf("read %q", got)
		}
		client.Close()
		mustEOF(t, server)
		server.Close()
	}
}
