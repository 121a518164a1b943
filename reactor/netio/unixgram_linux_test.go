//go:build !portable

package netio_test

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

func unixgram(t *testing.T, c *netio.Conn, err error) *netio.Conn {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// Datagrams go to a path or an abstract name, whole, empty ones too, and say where they come from.
func TestUnixgram(t *testing.T) {
	for _, name := range []string{socketPath(t), "@netio-" + t.Name() + "-" + strconv.Itoa(os.Getpid())} {
		a, err := netio.ListenUnixgram(name)
		server := unixgram(t, a, err)
		b, err := netio.DialUnixgram(name+".client", name)
		client := unixgram(t, b, err)
		c, err := netio.DialUnixgram("", name)
		nameless := unixgram(t, c, err)
		if got := server.LocalAddr(); got.String() != name || got.Network() != "unixgram" {
			t.Errorf("it listens at %v of %s", got, got.Network())
		}
		waits := parked[netio.Message](t, future.Box(server.ReadMessage(make([]byte, 8))))
		must[int](t, future.Box(client.Write([]byte("hello"))))
		if m, err := waits.end(); err != nil || m.N != 5 || m.From != name+".client" || m.Truncated || m.Credentials != nil {
			t.Errorf("%+v, %v", m, err)
		}
		must[int](t, future.Box(nameless.WriteMessage([]byte("too long for it"))))
		buf := make([]byte, 8)
		if m := must[netio.Message](t, future.Box(server.ReadMessage(buf))); m.N != 8 || m.From != "" || !m.Truncated || string(buf) != "too long" {
			t.Errorf("%q, %+v", buf, m)
		}
		must[int](t, future.Box(server.WriteMessageTo(name+".client", []byte("answer"))))
		if n := must[int](t, future.Box(client.Read(buf))); string(buf[:n]) != "answer" {
			t.Errorf("the client has read %q", buf[:n])
		}
		if err := syscall.Sendto(int(fdOf(t, client)), nil, 0, nil); err != nil {
			t.Fatal(err)
		}
		if n, err := await[int](t, future.Box(server.Read(buf))); n != 0 || err != nil {
			t.Errorf("of an empty datagram it has read %d bytes, %v", n, err)
		}
	}
}

// An empty datagram is no end, however it is read.
func TestEmptyDatagramIsNoEnd(t *testing.T) {
	a, b, err := netio.SocketPair("unixgram")
	client, server := unixgram(t, a, err), unixgram(t, b, err)
	buf := make([]byte, 8)
	room := [][]byte{buf[:3], buf[3:]}
	for _, c := range []struct {
		how  string
		read future.Future[int]
	}{
		{"ReadBuffers", future.Box(server.ReadBuffers(room))},
		{"PollReadVectored", future.Func(func(cx *waker.Context) future.Poll[int] { return server.PollReadVectored(cx, room) })},
		{"Peek", future.Box(server.Peek(buf))},
		{"Read", future.Box(server.Read(buf))}, // of what Peek has left
	} {
		if c.how != "Read" {
			if err := syscall.Sendto(int(fdOf(t, client)), nil, 0, nil); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := await(t, c.read); n != 0 || err != nil {
			t.Errorf("%s of an empty datagram comes to %d, %v", c.how, n, err)
		}
	}
}

func fdOf(t *testing.T, c *netio.Conn) (fd uintptr) {
	t.Helper()
	if err := c.Control(func(n uintptr) { fd = n }); err != nil {
		t.Fatal(err)
	}
	return fd
}

// A connected socket waits for a receiver that is behind; one that is not connected is told.
func TestUnixgramThatIsBehind(t *testing.T) {
	name := socketPath(t)
	a, err := netio.ListenUnixgram(name)
	server := unixgram(t, a, err)
	b, err := netio.DialUnixgram("", name)
	client := unixgram(t, b, err)
	c, err := netio.ListenUnixgram(name + ".other")
	other := unixgram(t, c, err)
	sent := 0
	for ; ; sent++ {
		_, err := await[int](t, future.Box(other.WriteMessageTo(name, []byte("x"))))
		if errors.Is(err, syscall.EAGAIN) {
			break
		}
		if err != nil || sent > 100_000 {
			t.Fatalf("after %d: %v", sent, err)
		}
	}
	waits := parked[int](t, future.Box(client.Write([]byte("y"))))
	buf := make([]byte, 1)
	for range sent {
		must[int](t, future.Box(server.Read(buf)))
	}
	if n, err := waits.end(); n != 1 || err != nil {
		t.Errorf("it has written %d, %v", n, err)
	}
	if must[int](t, future.Box(server.Read(buf))); buf[0] != 'y' {
		t.Errorf("%q", buf)
	}
}

// Files and credentials come with a datagram, and with what is read of a stream.
func TestCredentialsArePassed(t *testing.T) {
	want := netio.Credentials{PID: os.Getpid(), UID: os.Getuid(), GID: os.Getgid()}
	name := socketPath(t)
	a, err := netio.ListenUnixgram(name)
	server := unixgram(t, a, err)
	b, err := netio.DialUnixgram("", name)
	client := unixgram(t, b, err)
	out, in := connect(t, listen(t, "unix", socketPath(t)))
	f, data := fileOf(t, 100)
	for _, c := range []struct{ from, to *netio.Conn }{{client, server}, {out, in}} {
		if err := c.to.SetPassCredentials(true); err != nil {
			t.Fatal(err)
		}
		must[int](t, future.Box(c.from.WriteMessage([]byte("x"), f)))
		m := must[netio.Message](t, future.Box(c.to.ReadMessage(make([]byte, 8))))
		if m.Credentials == nil || *m.Credentials != want || len(m.Files) != 1 {
			t.Fatalf("%+v", m)
		}
		if got, err := io.ReadAll(io.NewSectionReader(m.Files[0], 0, 1000)); string(got) != string(data) || err != nil {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		m.Close()
	}
	tcp, _ := pair(t)
	if err := tcp.SetPassCredentials(true); !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Error(err)
	}
}

// What is wrong is told, with what.
func TestUnixgramRefuses(t *testing.T) {
	name := socketPath(t)
	for _, c := range []struct {
		want string
		err  error
		open func() (*netio.Conn, error)
	}{
		{"a path of 300 bytes", nil, func() (*netio.Conn, error) { return netio.ListenUnixgram(strings.Repeat("x", 300)) }},
		{"listen unixgram", nil, func() (*netio.Conn, error) { return netio.ListenUnixgram("") }},
		{name, syscall.ENOENT, func() (*netio.Conn, error) { return netio.DialUnixgram("", name) }},
		{"a path of 300 bytes", nil, func() (*netio.Conn, error) { return netio.DialUnixgram(strings.Repeat("x", 300), name) }},
		{"dial unixgram", nil, func() (*netio.Conn, error) { return netio.DialUnixgram("", "") }},
	} {
		conn, err := c.open()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.err != nil && !errors.Is(err, c.err) {
			t.Errorf("%v, %v; want one that says %q", conn, err, c.want)
		}
	}
	a, err := netio.ListenUnixgram(name)
	server := unixgram(t, a, err)
	if _, err := netio.ListenUnixgram(name); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("a second one: %v", err)
	}
	mustFail[int](t, future.Box(server.WriteMessageTo(name+".nobody", []byte("x"))), syscall.ENOENT)
	out, _ := connect(t, listen(t, "unix", socketPath(t)))
	mustFail[int](t, future.Box(out.WriteMessageTo(name, []byte("x"))), syscall.EOPNOTSUPP)
}
