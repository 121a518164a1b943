package netio_test

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"golang.org/x/sys/unix"
)

func TestAbstractUnixAddress(t *testing.T) {
	name := fmt.Sprintf("@magpie-netio-%d", os.Getpid())
	l := listen(t, "unix", name)
	if l.Addr().String() != name {
		t.Errorf("listening on %q", l.Addr())
	}
	client, server := connect(t, l)
	if client.RemoteAddr().String() != name {
		t.Errorf("connected to %q", client.RemoteAddr())
	}
	must[int](t, future.Box(client.WriteAll([]byte("x"))))
	readFull(t, server, 1)
	if _, err := os.Stat(name); err == nil {
		t.Error("it made a file")
	}
}

// Urgent data cuts a read short although more follows: the rest is read without another
// event. What is urgent is not part of the stream.
func TestUrgentDataInMidStream(t *testing.T) {
	for _, registered := range []bool{false, true} {
		client, server := pair(t)
		var waits *task[int]
		if registered {
			waits = parked[int](t, future.Box(server.Read(make([]byte, 64))))
			must[int](t, future.Box(client.WriteAll([]byte("-"))))
			if _, err := waits.end(); err != nil {
				t.Fatal(err)
			}
			waits = parked[int](t, future.Box(server.Read(make([]byte, 64))))
		}
		err := client.Control(func(fd uintptr) {
			for _, part := range []struct {
				bytes string
				flags int
			}{{"before", 0}, {"!", unix.MSG_OOB}, {"after", 0}} {
				if err := unix.Send(int(fd), []byte(part.bytes), part.flags); err != nil {
					t.Error(err)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		want := "beforeafter"
		if registered {
			n, err := waits.end()
			if err != nil {
				t.Fatal(err)
			}
			want = want[n:]
		}
		if got := readFull(t, server, len(want)); got != want {
			t.Errorf("registered %v: read %q, want %q", registered, got, want)
		}
	}
}

// A Unix peer that passes descriptors cuts reads short; the rest is read all the same.
func TestPassedDescriptorsInMidStream(t *testing.T) {
	client, server := connect(t, listen(t, "unix", socketPath(t)))
	waits := parked[int](t, future.Box(server.Read(make([]byte, 64))))
	err := client.Control(func(fd uintptr) {
		for _, part := range []string{"one", "two", "three"} {
			if err := unix.Sendmsg(int(fd), []byte(part), unix.UnixRights(0), nil, 0); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	n, err := waits.end()
	if err != nil {
		t.Fatal(err)
	}
	want := "onetwothree"[n:]
	if got := readFull(t, server, len(want)); got != want {
		t.Errorf("read %q, want %q", got, want)
	}
}

func TestNoDelayAndFlagsOfEveryConn(t *testing.T) {
	client, server := pair(t)
	for who, c := range map[string]*netio.Conn{"dialled": client, "accepted": server} {
		option := func() (v int) {
			t.Helper()
			err := c.Control(func(fd uintptr) { v, _ = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NODELAY) })
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if option() == 0 {
			t.Errorf("%s: no TCP_NODELAY", who)
		}
		if err := c.SetNoDelay(false); err != nil || option() != 0 {
			t.Errorf("%s: SetNoDelay(false): %v", who, err)
		}
		_ = c.Control(func(fd uintptr) {
			if v, _ := unix.FcntlInt(fd, unix.F_GETFD, 0); v&unix.FD_CLOEXEC == 0 {
				t.Errorf("%s: a child would inherit it", who)
			}
			if v, _ := unix.FcntlInt(fd, unix.F_GETFL, 0); v&unix.O_NONBLOCK == 0 {
				t.Errorf("%s: it blocks", who)
			}
		})
	}
}

func TestReusePort(t *testing.T) {
	if !dialsQueue {
		t.Skip("this build has none")
	}
	shared := netio.ListenConfig{ReusePort: true}
	a, err := shared.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := shared.Listen("tcp", a.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := netio.Listen("tcp", a.Addr().String()); err == nil {
		t.Error("a listener that does not share got the port too")
	}
}

// Whatever way a connection comes and goes, its descriptor goes too.
func TestNoDescriptorStays(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	connect(t, l) // whatever needs a descriptor once has it
	before := sockets(t)
	for range 20 {
		client := must(t, netio.Dial("tcp", l.Addr().String()))
		server := must[*netio.Conn](t, future.Box(l.Accept()))
		read := parked[int](t, future.Box(server.Read(make([]byte, 1))))
		client.Close()
		_, _ = read.end()
		server.Close()
		_, _ = await(t, netio.Dial("tcp", "127.0.0.1:1"))
		for network, address := range map[string]string{"tcp": l.Addr().String(), "unix": "/no/such/directory/s"} {
			if l, err := netio.Listen(network, address); err == nil {
				l.Close()
				t.Errorf("listens on %s %s", network, address)
			}
		}
	}
	if after := sockets(t); after != before && dialsQueue { // package net closes in its own time
		t.Errorf("%d sockets before, %d after", before, after)
	}
	if dialsQueue {
		waiting := parked(t, netio.Dial("unix", full(t).Addr().String()))
		future.Drop(waiting.f)
		slow := parked(t, netio.Dial("tcp", fullTCP(t).String()))
		now := sockets(t)
		future.Drop(slow.f)
		if after := sockets(t); after != now-1 {
			t.Errorf("dropping a dial that connects closed %d sockets", now-after)
		}
	}
}

// fullTCP returns the address of a server that answers no further connection.
func fullTCP(t *testing.T) net.Addr {
	t.Helper()
	l, err := netio.ListenConfig{Backlog: 1}.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	for range 100 {
		k, p := start(t, netio.Dial("tcp", l.Addr().String()))
		if p.IsPending() && !k.wasWoken() {
			t.Cleanup(func() { future.Drop(k.f) })
			return l.Addr()
		}
		for p.IsPending() {
			<-k.woken
			p = k.f.Poll(&k.cx)
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

// sockets counts this process's sockets.
func sockets(t *testing.T) int { return descriptors(t, "socket:") }

// descriptors counts the descriptors of this process that are of a kind, or of a file, as /proc says.
func descriptors(t *testing.T, of string) (n int) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	for _, fd := range fds {
		if to, _ := os.Readlink("/proc/self/fd/" + fd.Name()); strings.HasPrefix(to, of) {
			n++
		}
	}
	return n
}
