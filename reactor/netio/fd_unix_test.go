//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio_test

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// fdPair returns the two ends of a socket pair, as descriptors whose calls are made here.
func fdPair(t *testing.T) (a, b *netio.FD) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ends [2]*netio.FD
	for i, fd := range fds {
		if ends[i], err = netio.NewFD(os.NewFile(uintptr(fd), "end")); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ends[i].Close() })
	}
	return ends[0], ends[1]
}

// duplicate returns a connection of package net, which it closes, as a descriptor.
func duplicate(t *testing.T, c interface {
	Close() error
	File() (*os.File, error)
}) *netio.FD {
	t.Helper()
	defer c.Close() // the descriptor is another one
	file, err := c.File()
	if err != nil {
		t.Fatal(err)
	}
	f, err := netio.NewFD(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// fdReader is a call that appends what it reads to got.
func fdReader(got *[]byte) func(fd int) error {
	return func(fd int) error {
		p := make([]byte, 100)
		n, err := unix.Read(fd, p)
		if err == nil {
			*got = append(*got, p[:n]...)
		}
		return err
	}
}

func fdWriter(p string) func(fd int) error {
	return func(fd int) error {
		_, err := unix.Write(fd, []byte(p))
		return err
	}
}

// fillFD writes until there is no room.
func fillFD(t *testing.T, f *netio.FD) {
	t.Helper()
	for {
		if err := f.TryWrite(fdWriter(strings.Repeat("x", 4096))); err == netio.ErrWouldBlock {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// A call waits until it would not block, in each direction, by an operation and by a poll.
func TestFD(t *testing.T) {
	a, b := fdPair(t)
	var got []byte
	read := parked[future.Unit](t, future.Box(a.Read(fdReader(&got))))
	must[future.Unit](t, future.Box(b.Write(fdWriter("text"))))
	if _, err := read.end(); err != nil || string(got) != "text" {
		t.Errorf("read %q, %v", got, err)
	}
	fillFD(t, a)
	write := parked[future.Unit](t, future.Func(func(cx *waker.Context) future.Poll[future.Unit] { return a.PollWrite(cx, fdWriter("last")) }))
	got = nil
	for {
		if err := b.TryRead(fdReader(&got)); err == netio.ErrWouldBlock {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := write.end(); err != nil {
		t.Error(err)
	}
	must[future.Unit](t, future.Func(func(cx *waker.Context) future.Poll[future.Unit] { return b.PollRead(cx, fdReader(&got)) }))
	if !strings.HasSuffix(string(got), "xlast") {
		t.Errorf("the last bytes are %q", got[max(0, len(got)-5):])
	}
}

// Readable waits again once a call has found nothing, whichever way that says so, and not before.
func TestFDReadable(t *testing.T) {
	a, b := fdPair(t)
	for i, nothing := range []error{syscall.EAGAIN, os.NewSyscallError("read", syscall.EAGAIN), netio.ErrWouldBlock} {
		must[future.Unit](t, future.Box(b.Write(fdWriter("1"))))
		must[future.Unit](t, future.Box(a.Readable()))
		must[future.Unit](t, future.Box(a.Readable())) // nothing was read
		if err := a.TryRead(fdReader(new([]byte))); err != nil {
			t.Fatal(err)
		}
		if err := a.TryRead(func(int) error { return nothing }); err != netio.ErrWouldBlock {
			t.Errorf("%d: a call that would block came to %v", i, err)
		}
		ready := parked[future.Unit](t, future.Box(a.Readable()))
		must[future.Unit](t, future.Box(b.Write(fdWriter("2"))))
		if _, err := ready.end(); err != nil {
			t.Error(err)
		}
		if err := a.TryRead(fdReader(new([]byte))); err != nil {
			t.Error(err)
		}
	}
}

// What a call returns is handed on as it is, after any number of EINTR.
func TestFDErrors(t *testing.T) {
	a, _ := fdPair(t)
	mine := errors.New("mine")
	interrupted := 3
	call := func(int) error {
		if interrupted--; interrupted >= 0 {
			return syscall.EINTR
		}
		return mine
	}
	if _, err := await[future.Unit](t, future.Box(a.Read(call))); err != mine {
		t.Errorf("%v", err)
	}
	interrupted = 3
	if err := a.TryRead(call); err != mine {
		t.Errorf("%v", err)
	}
	if err := a.TryWrite(func(int) error { return io.EOF }); err != io.EOF {
		t.Errorf("%v", err)
	}
}

// An error of the descriptor is an event too: the call then tells which.
func TestFDTellsOfErrors(t *testing.T) {
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.LocalAddr().String()
	l.Close()
	c, err := net.Dial("udp", nobody)
	if err != nil {
		t.Fatal(err)
	}
	f := duplicate(t, c.(*net.UDPConn))
	if err := f.TryRead(fdReader(new([]byte))); err != netio.ErrWouldBlock {
		t.Fatal(err)
	}
	ready := parked[future.Unit](t, future.Box(f.Readable()))
	if err := f.TryWrite(fdWriter("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := ready.end(); err != nil {
		t.Fatal(err)
	}
	if err := f.TryRead(fdReader(new([]byte))); err != syscall.ECONNREFUSED {
		t.Errorf("%v; want that nobody is there", err)
	}
}

func TestFDEnds(t *testing.T) {
	a, b := fdPair(t)
	never := func(int) error { return syscall.EAGAIN }
	if err := a.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	mustFail[future.Unit](t, future.Box(a.Read(never)), os.ErrDeadlineExceeded)
	if err := a.SetDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	given := parked[future.Unit](t, future.Box(a.Read(never)))
	future.Drop(given.f)
	read := parked[future.Unit](t, future.Box(a.Read(never)))
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	var op *net.OpError
	if _, err := read.end(); !errors.Is(err, net.ErrClosed) || !errors.As(err, &op) || op.Net != "fd" {
		t.Errorf("a read that waits when it is closed: %v", err)
	}
	if err := a.TryRead(never); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a try after Close: %v", err)
	}
	if err := a.Control(func(uintptr) {}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Control after Close: %v", err)
	}
	got := []byte{}
	must[future.Unit](t, future.Box(b.Read(fdReader(&got))))
	if len(got) > 0 {
		t.Errorf("%q came from an end that is closed", got)
	}
}

// What was handed over goes on elsewhere, and may come back.
func TestFDRelease(t *testing.T) {
	a, b := fdPair(t)
	must[future.Unit](t, future.Box(b.Writable()))
	file, err := b.Release()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("one"); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Close after Release: %v", err)
	}
	again, err := netio.NewFD(file)
	if err != nil {
		t.Fatal(err)
	}
	must[future.Unit](t, future.Box(again.Write(fdWriter("two"))))
	again.Close()
	var got []byte
	for n := -1; n != len(got); {
		n = len(got)
		must[future.Unit](t, future.Box(a.Read(fdReader(&got))))
	}
	if string(got) != "onetwo" {
		t.Errorf("%q came", got)
	}
}

// A call that panics, or ends its goroutine, does not hold the descriptor: it can be closed, as the other end sees.
func TestFDWhoseCallsPanic(t *testing.T) {
	broken := func(int) error { panic("broken") }
	for name, use := range map[string]func(f *netio.FD){
		"Read":     func(f *netio.FD) { _, _ = await[future.Unit](t, future.Box(f.Read(broken))) },
		"TryWrite": func(f *netio.FD) { _ = f.TryWrite(broken) },
		"Control":  func(f *netio.FD) { _ = f.Control(func(uintptr) { panic("broken") }) },
	} {
		a, b := fdPair(t)
		func() {
			defer func() {
				if recover() != "broken" {
					t.Errorf("%s: the panic was lost", name)
				}
			}()
			use(a)
		}()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		read := fdReader(new([]byte))
		if _, err := await[future.Unit](t, future.Box(b.Read(read))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An operation whose call panics, at whichever attempt, is over once it is dropped: another one may wait.
func TestFDAfterACallThatPanics(t *testing.T) {
	a, b := fdPair(t)
	attempts := 0
	read := future.Box(a.Read(func(int) error {
		if attempts++; attempts == 1 {
			// The first deadline wakes who waits, so it does not stop at the attempt that finds nothing.
			if err := a.SetReadDeadline(time.Now().Add(time.Hour)); err != nil {
				t.Error(err)
			}
			return syscall.EAGAIN
		}
		panic("broken")
	}))
	func() {
		defer func() {
			if recover() != "broken" {
				t.Error("the panic was lost")
			}
		}()
		_, _ = await[future.Unit](t, read)
	}()
	future.Drop(read)
	var got []byte
	next := parked[future.Unit](t, future.Box(a.Read(fdReader(&got))))
	must[future.Unit](t, future.Box(b.Write(fdWriter("text"))))
	if _, err := next.end(); err != nil || string(got) != "text" {
		t.Errorf("the next one has read %q, %v", got, err)
	}
}

func TestWhatIsNoFD(t *testing.T) {
	if _, err := netio.NewFD(nil); err == nil {
		t.Error("nil is one")
	}
	regular, err := os.Create(filepath.Join(t.TempDir(), "regular"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := netio.NewFD(regular); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a regular file: %v", err)
	}
	if err := regular.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the file was not taken over: %v", err)
	}
	mustPanicOf(t, "a nil or zero FD", func() { new(netio.FD).Readable() })
	a, _ := fdPair(t)
	mustPanicOf(t, "a nil func", func() { a.Read(nil) })
	mustPanicOf(t, "a nil func", func() { _ = a.TryWrite(nil) })
	mustPanicOf(t, "a zero one", func() { new(netio.FDOp).Poll(nil) })
}

func TestFDAllocatesNothing(t *testing.T) {
	a, b := fdPair(t)
	one := []byte{1}
	send := func(fd int) error { _, err := unix.Write(fd, one); return err }
	take := func(fd int) error { _, err := unix.Read(fd, one); return err }
	cx := waker.NewContext(waker.Noop(), nil, nil)
	if n := testing.AllocsPerRun(100, func() {
		op := a.Read(take)
		if err := b.TryWrite(send); err != nil || op.Poll(&cx).IsPending() {
			t.Fatal("it waits: ", err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// A FIFO that its reader has open for writing too has no end: writers come and go.
func TestFIFOWhoseWritersComeAndGo(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fifo")
	mkfifo(t, name)
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Skip("no FIFO can be opened both ways here: ", err)
	}
	r, err := netio.NewPipeReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	buf := make([]byte, 10)
	for range 3 {
		read := parked[int](t, future.Box(r.Read(buf)))
		w, err := netio.OpenPipeWriter(name)
		if err != nil {
			t.Fatal(err)
		}
		must[int](t, future.Box(w.WriteAll([]byte("line"))))
		w.Close()
		if n, err := read.end(); string(buf[:n]) != "line" || err != nil {
			t.Errorf("%q, %v", buf[:n], err)
		}
	}
}

// Who waits to write to a peer that resets the connection is told, and a write then says so.
func TestWritableWhenThePeerResets(t *testing.T) {
	client, server := pair(t)
	defer client.Close()
	for {
		if _, err := client.TryWrite(make([]byte, 1<<16)); err == netio.ErrWouldBlock {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	ready := parked[future.Unit](t, future.Box(client.Writable()))
	server.Close() // what was not read makes a reset of it
	if _, err := ready.end(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.TryWrite([]byte("x")); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		t.Errorf("a write came to %v", err)
	}
}
