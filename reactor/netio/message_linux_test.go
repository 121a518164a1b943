//go:build !portable

package netio_test

import (
	"errors"
	"io"
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"golang.org/x/sys/unix"
)

// Files go with the bytes that they were written with, as new descriptors that children do not inherit; a plain read leaves none behind.
func TestFilesArePassed(t *testing.T) {
	client, server := connect(t, listen(t, "unix", "@netio-"+t.Name()+"-"+strconv.Itoa(os.Getpid())))
	f, data := fileOf(t, 100)
	waits := parked[netio.Message](t, future.Box(server.ReadMessage(make([]byte, 8))))
	must[int](t, future.Box(client.WriteMessage([]byte("two"), f, f)))
	m, err := waits.end()
	if err != nil || m.N != 3 || len(m.Files) != 2 || m.FilesLost || m.Truncated {
		t.Fatalf("got %+v, %v", m, err)
	}
	for _, g := range m.Files {
		if got, err := io.ReadAll(io.NewSectionReader(g, 0, 1000)); string(got) != string(data) || err != nil {
			t.Errorf("the file has %d bytes, %v", len(got), err)
		}
		if flags, err := unix.FcntlInt(g.Fd(), unix.F_GETFD, 0); flags&unix.FD_CLOEXEC == 0 || err != nil {
			t.Errorf("children inherit it: %x, %v", flags, err)
		}
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	before := descriptors(t, f.Name())
	for range 3 { // not taken: by a plain read, by a dropped one, and by nobody
		must[int](t, future.Box(client.WriteMessage([]byte("x"), f)))
	}
	readFull(t, server, 1)
	dropped := server.ReadMessage(make([]byte, 1))
	dropped.Drop()
	must[int](t, future.Box(client.WriteMessage([]byte("y"))))
	client.CloseWrite()
	for range 2 {
		if m = must[netio.Message](t, future.Box(server.ReadMessage(make([]byte, 1)))); len(m.Files) != 1 {
			t.Fatalf("got %+v", m)
		}
		m.Close()
	}
	if m = must[netio.Message](t, future.Box(server.ReadMessage(make([]byte, 1)))); m.N != 1 || len(m.Files) != 0 {
		t.Errorf("got %+v", m)
	}
	if _, err := await[netio.Message](t, future.Box(server.ReadMessage(make([]byte, 1)))); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if after := descriptors(t, f.Name()); after != before {
		t.Errorf("%d files are open, %d before", after, before)
	}
}

// Who comes second while a message is waited for, or waits to be sent, is refused, and takes no files from the first.
func TestTwoReadersOfMessages(t *testing.T) {
	client, server := connect(t, listen(t, "unix", socketPath(t)))
	f, _ := fileOf(t, 1)
	first := parked[netio.Message](t, future.Box(server.ReadMessage(make([]byte, 8))))
	must[int](t, future.Box(client.WriteMessage([]byte("x"), f)))
	<-first.woken // there is a message now
	mustPanic[netio.Message](t, future.Box(server.ReadMessage(make([]byte, 8))), "a second read from a Conn while another one waits")
	first.woken <- struct{}{}
	m, err := first.end()
	if err != nil || m.N != 1 || len(m.Files) != 1 {
		t.Errorf("the first read %+v, %v", m, err)
	}
	m.Close()
	fill(t, client)
	sends := parked[int](t, future.Box(client.WriteMessage([]byte("y"))))
	for room := make([]byte, 1<<20); err != netio.ErrWouldBlock; _, err = server.TryRead(room) {
		if err != nil {
			t.Fatal(err)
		}
	}
	<-sends.woken // there is room now
	mustPanic[int](t, future.Box(client.WriteMessage([]byte("z"))), "a second write to a Conn while another one waits")
	sends.woken <- struct{}{}
	if n, err := sends.end(); n != 1 || err != nil {
		t.Errorf("the first wrote %d, %v", n, err)
	}
}

// More files than can be taken: those that fit are handed out, and the others are closed.
func TestFilesThatDoNotFit(t *testing.T) {
	client, server := connect(t, listen(t, "unix", socketPath(t)))
	f, _ := fileOf(t, 1)
	before := descriptors(t, f.Name())
	fds := make([]int, 100)
	for i := range fds {
		fds[i] = int(f.Fd())
	}
	err := client.Control(func(fd uintptr) {
		if err := unix.Sendmsg(int(fd), []byte("x"), unix.UnixRights(fds...), nil, 0); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	m := must[netio.Message](t, future.Box(server.ReadMessage(make([]byte, 1))))
	if len(m.Files) != netio.MaxFiles || !m.FilesLost {
		t.Errorf("got %d files, lost: %v", len(m.Files), m.FilesLost)
	}
	m.Close()
	if after := descriptors(t, f.Name()); after != before {
		t.Errorf("%d files are open, %d before", after, before)
	}
	for _, err := range []error{
		second(await[int](t, future.Box(client.WriteMessage(nil, f)))),
		second(await[int](t, future.Box(client.WriteMessage([]byte("x"), make([]*os.File, 65)...)))),
	} {
		if !errors.Is(err, syscall.EINVAL) {
			t.Error(err)
		}
	}
	tcp, _ := pair(t)
	mustFail[int](t, future.Box(tcp.WriteMessage([]byte("x"), f)), syscall.EOPNOTSUPP)
	mustFail[netio.Message](t, future.Box(tcp.ReadMessage([]byte("x"))), syscall.EOPNOTSUPP)
}

// Into no room nothing is read: a stream keeps its bytes, and the files that go with them, a socket of messages its message.
func TestMessageIntoNoRoom(t *testing.T) {
	f, _ := fileOf(t, 1)
	for _, network := range []string{"unix", "unixpacket"} {
		a, b, err := netio.SocketPair(network)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		defer b.Close()
		must[int](t, future.Box(a.WriteMessage([]byte("text"), f)))
		mustFail[netio.Message](t, future.Box(b.ReadMessage(nil)), syscall.EINVAL)
		if m, err := b.TryReadMessage(nil); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s: %+v, %v", network, m, err)
		}
		m := must[netio.Message](t, future.Box(b.ReadMessage(make([]byte, 8))))
		if m.N != 4 || len(m.Files) != 1 {
			t.Errorf("%s: then it has read %+v", network, m)
		}
		m.Close()
	}
	a, b, err := netio.SocketPair("unixgram")
	client, server := unixgram(t, a, err), unixgram(t, b, err)
	must[int](t, future.Box(client.WriteMessage([]byte("text"))))
	if m := must[netio.Message](t, future.Box(server.ReadMessage(nil))); m.N != 0 || !m.Truncated { // a datagram is taken by any read
		t.Errorf("unixgram: %+v", m)
	}
}
