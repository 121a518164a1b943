package netio_test

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// stdPair returns both ends of a connection of package net, and its listener.
func stdPair(t *testing.T, network, address string) (client, server net.Conn, ln net.Listener) {
	t.Helper()
	ln, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	if client, err = net.Dial(network, ln.Addr().String()); err == nil {
		server, err = ln.Accept()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close(); ln.Close() })
	return client, server, ln
}

func TestAdoptedConn(t *testing.T) {
	for network, address := range networks(t) {
		client, server, _ := stdPair(t, network, address)
		io.WriteString(server, "before ") // what has arrived already is not lost
		c, err := netio.Adopt(client)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Write(nil); !errors.Is(err, net.ErrClosed) && dialsQueue {
			t.Errorf("%s: it was not taken over: %v", network, err)
		}
		if got := readFull(t, c, 7); got != "before " {
			t.Errorf("%s: read %q", network, got)
		}
		waits := parked[int](t, future.Box(c.Read(make([]byte, 8))))
		io.WriteString(server, "after")
		if n, err := waits.end(); n != 5 || err != nil {
			t.Errorf("%s: read %d, %v", network, n, err)
		}
		if c.RemoteAddr().String() != server.LocalAddr().String() {
			t.Errorf("%s: the peer of %v is %v", network, server.LocalAddr(), c.RemoteAddr())
		}
		c.Close()
		server.SetReadDeadline(time.Now().Add(patience))
		if n, err := server.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("%s: after Close the peer reads %d, %v", network, n, err)
		}
	}
}

func TestReleasedConn(t *testing.T) {
	for network, address := range networks(t) {
		client, server := connect(t, listen(t, network, address))
		waits := parked[int](t, future.Box(client.Read(make([]byte, 8))))
		must[int](t, future.Box(server.WriteAll([]byte("x"))))
		waits.end()
		std, err := client.Release()
		if errors.Is(err, errors.ErrUnsupported) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		mustFail[int](t, future.Box(client.Read(make([]byte, 1))), net.ErrClosed)
		go io.WriteString(std, "text")
		if got := readFull(t, server, 4); got != "text" {
			t.Errorf("%s: read %q", network, got)
		}
		must[int](t, future.Box(server.WriteAll([]byte("back"))))
		buf := make([]byte, 8)
		if n, err := std.Read(buf); string(buf[:n]) != "back" {
			t.Errorf("%s: read %q, %v", network, buf[:n], err)
		}
		std.Close()
		mustEOF(t, server)
		if _, err := client.Release(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: released twice: %v", network, err)
		}
	}
}

func TestListenersChangeHands(t *testing.T) {
	for network, address := range networks(t) {
		std, err := net.Listen(network, address)
		if err != nil {
			t.Fatal(err)
		}
		l, err := netio.AdoptListener(std)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if l.Addr().String() != std.Addr().String() {
			t.Errorf("%s: it listens on %v", network, l.Addr())
		}
		client, server := connect(t, l)
		must[int](t, future.Box(client.WriteAll([]byte("x"))))
		readFull(t, server, 1)
		accept := parked[*netio.Conn](t, future.Box(l.Accept()))
		future.Drop(accept.f)
		if std, err = l.Release(); errors.Is(err, errors.ErrUnsupported) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		client = must(t, netio.Dial(network, std.Addr().String()))
		c, err := std.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		mustEOF(t, client)
		client.Close()
		std.Close()
		mustFail[*netio.Conn](t, future.Box(l.Accept()), net.ErrClosed)
	}
}

func TestWhatCannotBeAdopted(t *testing.T) {
	a, b := net.Pipe()
	defer b.Close()
	if _, err := netio.Adopt(a); !errors.Is(err, fs.ErrInvalid) {
		t.Error(err)
	}
	if _, err := a.Write(nil); !errors.Is(err, io.ErrClosedPipe) {
		t.Error("it was not closed: ", err)
	}
	for _, err := range []error{
		second(netio.Adopt(nil)), second(netio.AdoptListener(nil)), second(netio.AdoptListener(noListener{})),
	} {
		if !errors.Is(err, fs.ErrInvalid) {
			t.Error(err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

type noListener struct{ net.Listener }

func (noListener) Close() error { return nil }
