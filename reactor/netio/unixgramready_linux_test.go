//go:build !portable

package netio_test

import (
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// A server that answers whoever has a path to be answered at. A client that is bound and connected reads what comes, or who it is from too.
func TestUnixgramEcho(t *testing.T) {
	name := socketPath(t)
	a, err := netio.ListenUnixgram(name)
	server := unixgram(t, a, err)
	ended := make(chan error, 1)
	go func() {
		_, err := future.BlockOn(future.Do(func(co *future.Co) error {
			buf := make([]byte, 64)
			for {
				m, err := server.ReadMessage(buf).Await(co)
				if err != nil {
					return err
				}
				if m.From == "" {
					continue
				}
				if _, err := server.WriteMessageTo(m.From, buf[:m.N]).Await(co); err != nil {
					return err
				}
			}
		}))
		ended <- err
	}()
	b, err := netio.DialUnixgram(name+".client", name)
	client := unixgram(t, b, err)
	buf := make([]byte, 16)
	for range 3 {
		must[int](t, future.Box(client.Write([]byte("ECHO"))))
		if n := must[int](t, future.Box(client.Read(buf))); string(buf[:n]) != "ECHO" {
			t.Errorf("read %q", buf[:n])
		}
		must[int](t, future.Box(client.WriteMessage([]byte("FROM"))))
		if m := must[netio.Message](t, future.Box(client.ReadMessage(buf))); string(buf[:m.N]) != "FROM" || m.From != name {
			t.Errorf("read %q of %q", buf[:m.N], m.From)
		}
	}
	server.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// A socket that is not connected sends to itself while another operation of it reads, and to another one, which is told from where.
func TestUnixgramBothWays(t *testing.T) {
	name := socketPath(t)
	a, err := netio.ListenUnixgram(name)
	both := unixgram(t, a, err)
	b, err := netio.ListenUnixgram(name + ".other")
	other := unixgram(t, b, err)
	for _, from := range []*netio.Conn{both, other} {
		buf := make([]byte, 32)
		waits := parked[netio.Message](t, future.Box(both.ReadMessage(buf)))
		if n := must[int](t, future.Box(from.WriteMessageTo(name, []byte("hello")))); n != 5 {
			t.Errorf("wrote %d", n)
		}
		if m, err := waits.end(); err != nil || string(buf[:m.N]) != "hello" || m.From != from.LocalAddr().String() {
			t.Errorf("read %q of %q, %v; want it of %v", buf[:m.N], m.From, err, from.LocalAddr())
		}
	}
}

// Both of a pair are connected with one another. Tries never wait: they fill the other's queue until that would, and empty it.
func TestUnixgramPair(t *testing.T) {
	a, b, err := netio.SocketPair("unixgram")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	buf := make([]byte, 16)
	for _, way := range [][2]*netio.Conn{{a, b}, {b, a}} {
		waits := parked[int](t, future.Box(way[1].Read(buf)))
		must[int](t, future.Box(way[0].Write([]byte("hello"))))
		if n, err := waits.end(); string(buf[:n]) != "hello" || err != nil {
			t.Errorf("read %q, %v", buf[:n], err)
		}
	}
	sent := 0
	for ; ; sent++ {
		try := a.TryWrite
		if sent%2 == 1 {
			try = func(p []byte) (int, error) { return a.TryWriteMessage(p) }
		}
		n, err := try([]byte("PAYLOAD"))
		if err == netio.ErrWouldBlock {
			break
		}
		if n != 7 || err != nil || sent > 100_000 {
			t.Fatalf("after %d: %d, %v", sent, n, err)
		}
	}
	room := parked[future.Unit](t, future.Box(a.Writable()))
	for i := range sent {
		try := b.TryRead
		if i%2 == 1 {
			try = func(p []byte) (int, error) {
				m, err := b.TryReadMessage(p)
				return m.N, err
			}
		}
		n, err := try(buf)
		if string(buf[:n]) != "PAYLOAD" || err != nil {
			t.Fatalf("%d of %d: read %q, %v", i, sent, buf[:n], err)
		}
	}
	if _, err := b.TryReadMessage(buf); err != netio.ErrWouldBlock {
		t.Errorf("of nothing more: %v", err)
	}
	if _, err := b.TryRead(buf); err != netio.ErrWouldBlock {
		t.Errorf("of nothing more: %v", err)
	}
	if _, err := room.end(); err != nil {
		t.Error(err)
	}
	if n, err := a.TryWrite([]byte("x")); n != 1 || err != nil {
		t.Errorf("with room again: %d, %v", n, err)
	}
}

// Readiness and tries move datagrams, with files, to a path, and tell whose they are.
func TestTryUnixgram(t *testing.T) {
	name := socketPath(t)
	a, err := netio.ListenUnixgram(name)
	server := unixgram(t, a, err)
	b, err := netio.ListenUnixgram(name + ".client")
	client := unixgram(t, b, err)
	f, _ := fileOf(t, 10)
	buf := make([]byte, 64)
	for range 5 {
		if _, err := server.TryReadMessage(buf); err != netio.ErrWouldBlock {
			t.Fatal(err)
		}
		waits := parked[future.Unit](t, future.Box(server.Readable()))
		mustPanicOf(t, "a second read", func() { server.TryReadMessage(buf) })
		must[future.Unit](t, future.Box(client.Writable()))
		if n, err := client.TryWriteMessageTo(name, []byte("hello world"), f); n != 11 || err != nil {
			t.Fatal(n, err)
		}
		if _, err := waits.end(); err != nil {
			t.Fatal(err)
		}
		m, err := server.TryReadMessage(buf)
		if err != nil || string(buf[:m.N]) != "hello world" || m.From != name+".client" || len(m.Files) != 1 {
			t.Fatalf("read %q: %+v, %v", buf[:m.N], m, err)
		}
		m.Close()
	}
	behind := false
	for range 100_000 {
		n, err := client.TryWriteMessageTo(name, []byte("x"))
		if behind = err == netio.ErrWouldBlock; behind {
			break
		} else if n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if !behind {
		t.Error("it takes any number of them")
	}
	if _, err := client.TryWriteMessageTo(name+".nobody", []byte("x")); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("to nobody: %v", err)
	}
	if _, err := client.TryWriteMessageTo(name, nil); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("of nothing: %v", err)
	}
	mustPanicOf(t, "to nobody", func() { client.TryWriteMessageTo("", []byte("x")) })
	tcp, _ := pair(t)
	for _, err := range []error{second(tcp.TryReadMessage(buf)), second(tcp.TryWriteMessage(buf))} {
		if !errors.Is(err, syscall.EOPNOTSUPP) {
			t.Errorf("over TCP: %v", err)
		}
	}
	server.Close()
	if _, err := server.TryReadMessage(buf); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// A stream is not sent datagrams on, and what listens and dials for streams says what opens the others.
func TestUnixgramIsNoStream(t *testing.T) {
	name := socketPath(t)
	_, listens := netio.Listen("unixgram", name)
	_, dials := await(t, netio.Dial("unixgram", name))
	for what, err := range map[string]error{"listen": listens, "dial": dials} {
		if err == nil || !strings.Contains(err.Error(), "ListenUnixgram, DialUnixgram and SocketPair open its sockets") {
			t.Errorf("%s: %v", what, err)
		}
	}
	out, _ := connect(t, listen(t, "unix", name))
	if _, err := out.TryWriteMessageTo(name, []byte("x")); !errors.Is(err, syscall.EOPNOTSUPP) || !strings.Contains(err.Error(), "want one of unixgram") {
		t.Errorf("of a stream: %v", err)
	}
}
