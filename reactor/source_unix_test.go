//go:build (linux || darwin || freebsd) && !portable

package reactor_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/reactor"
)

// parkedPipe returns a pipe whose reading end waits at the host.
func parkedPipe(t *testing.T, h *host) (src *reactor.Source, write int) {
	t.Helper()
	var fd [2]int
	if err := syscall.Pipe(fd[:]); err != nil {
		t.Fatal(err)
	}
	if err := syscall.SetNonblock(fd[0], true); err != nil {
		t.Fatal(err)
	}
	src = new(reactor.Source)
	src.Init(fd[0])
	t.Cleanup(func() { src.Close() })
	mark, _ := src.Ready(reactor.Read)
	src.WouldBlock(reactor.Read, mark)
	if parked, err := src.Park(&h.cx, reactor.Read); !parked || err != nil {
		t.Fatal(parked, err)
	}
	return src, fd[1]
}

// An owner who is interrupted each time before it parks is told of its descriptors nevertheless.
func TestParkAfterAnInterruption(t *testing.T) {
	h := newHost(t)
	_, write := parkedPipe(t, h)
	defer syscall.Close(write)
	if _, err := syscall.Write(write, []byte("x")); err != nil {
		t.Fatal(err)
	}
	h.r.Unpark()
	if n, err := h.r.Park(&h.ev, time.Minute); n != 1 || err != nil || h.n != 1 {
		t.Errorf("%d delivered, %v, woken %d times; want 1", n, err, h.n)
	}
}

// A call that moved less than it was asked to spares the next one, until there is an event; after a hang-up it spares
// nothing, for there is none any more.
func TestDrained(t *testing.T) {
	h := newHost(t)
	src, write := parkedPipe(t, h)
	for _, c := range []struct {
		what  string
		event func() error
		after bool
	}{
		{"data", func() error { _, err := syscall.Write(write, []byte("x")); return err }, false},
		{"a hang-up", func() error { return syscall.Close(write) }, true},
	} {
		if err := c.event(); err != nil {
			t.Fatal(err)
		}
		if n, err := h.r.Park(&h.ev, time.Minute); n != 1 || err != nil {
			t.Fatalf("%s: %d delivered, %v", c.what, n, err)
		}
		mark, ready := src.Ready(reactor.Read)
		src.Drained(reactor.Read, mark)
		if _, still := src.Ready(reactor.Read); !ready || still != c.after {
			t.Errorf("after %s it is ready: %v, and when that was taken: %v, want %v", c.what, ready, still, c.after)
		}
	}
}
