package netio_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

func TestPeek(t *testing.T) {
	for network, address := range networks(t) {
		client, server := connect(t, listen(t, network, address))
		buf := make([]byte, 8)
		waits := parked[int](t, future.Box(server.Peek(buf)))
		must[int](t, future.Box(client.WriteAll([]byte("text"))))
		if n, err := waits.end(); string(buf[:n]) != "text" || err != nil {
			t.Errorf("%s: saw %q, %v", network, buf[:n], err)
		}
		if n := must[int](t, future.Box(server.Peek(buf[:2]))); string(buf[:n]) != "te" {
			t.Errorf("%s: saw %q", network, buf[:n])
		}
		if got := readFull(t, server, 4); got != "text" {
			t.Errorf("%s: read %q", network, got)
		}
		waits = parked[int](t, future.Box(server.Peek(buf)))
		mustPanic(t, future.Box(server.Read(buf)), "a second read")
		future.Drop(waits.f)
		client.Close()
		for range 2 {
			if n, err := await[int](t, future.Box(server.Peek(buf))); n != 0 || err != io.EOF {
				t.Errorf("%s: saw %d, %v; want a bare io.EOF", network, n, err)
			}
		}
		mustEOF(t, server)
		server.Close()
		mustFail[int](t, future.Box(server.Peek(buf)), net.ErrClosed)
	}
}

// Every option fails on a closed connection, does nothing on a Unix one if it is of TCP, and refuses what it cannot be.
func TestOptionsOfAnyConn(t *testing.T) {
	for network, address := range networks(t) {
		client, _ := connect(t, listen(t, network, address))
		options := map[string]func() error{
			"SetKeepAlive": func() error {
				return client.SetKeepAlive(net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: -1})
			},
			"SetReadBuffer":   func() error { return client.SetReadBuffer(10_000) },
			"SetWriteBuffer":  func() error { return client.SetWriteBuffer(10_000) },
			"SetUserTimeout":  func() error { return client.SetUserTimeout(time.Second) },
			"SetQuickAck":     func() error { return client.SetQuickAck(true) },
			"SetTrafficClass": func() error { return client.SetTrafficClass(0x10) },
		}
		for name, set := range options {
			buffers := name == "SetReadBuffer" || name == "SetWriteBuffer"
			if err := set(); err != nil && (network == "unix" && !buffers || !errors.Is(err, errors.ErrUnsupported)) {
				t.Errorf("%s: %s: %v", network, name, err)
			}
		}
		for name, err := range map[string]error{
			"a time":   client.SetUserTimeout(-1),
			"a class":  client.SetTrafficClass(256),
			"a buffer": client.SetReadBuffer(0),
		} {
			if !errors.Is(err, syscall.EINVAL) {
				t.Errorf("%s: %s: %v", network, name, err)
			}
		}
		client.Close()
		for name, set := range options {
			if err := set(); err == nil && network != "unix" || err != nil && !errors.Is(err, net.ErrClosed) && dialsQueue {
				t.Errorf("%s: %s after Close: %v", network, name, err)
			}
		}
	}
}

func TestOptionsOfAListener(t *testing.T) {
	if _, err := (netio.ListenConfig{DeferAccept: -1}).Listen("tcp", "127.0.0.1:0"); err == nil {
		t.Error("a negative time")
	}
	for network, address := range networks(t) {
		var said string
		lc := netio.ListenConfig{Control: func(network, address string, fd uintptr) error {
			said = fmt.Sprint(network, " ", fd > 0)
			return nil
		}}
		l, err := lc.Listen(network, address)
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		if want := network + " true"; said != want {
			t.Errorf("told %q, want %q", said, want)
		}
		refused := errors.New("refused by the test")
		lc.Control = func(string, string, uintptr) error { return refused }
		if _, err := lc.Listen(network, address); !errors.Is(err, refused) {
			t.Errorf("%s: %v", network, err)
		}
	}
}
