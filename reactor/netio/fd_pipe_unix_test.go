//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/sys"
	"github.com/magpie-go/magpie/reactor/netio"
)

// The calls on a pipe may be one's own, with several buffers at a time: they come to ErrWouldBlock while it is empty, or full,
// and what one waits for then comes with the other end's call.
func TestFDsOfAPipe(t *testing.T) {
	rf, wf, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r, err := netio.NewFD(rf)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w, err := netio.NewFD(wf)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()

	n := 0 // of the last call
	call := func(move func(fd int, bufs [][]byte) (int, syscall.Errno), bufs ...[]byte) func(fd int) error {
		return func(fd int) error {
			var errno syscall.Errno
			if n, errno = move(fd, bufs); errno != 0 {
				return errno
			}
			return nil
		}
	}
	odd, even := make([]byte, 701), make([]byte, 502)
	read := call(sys.ReadBuffers, odd, even)
	if err := r.TryRead(read); err != netio.ErrWouldBlock {
		t.Fatalf("an empty pipe: %v", err)
	}
	readable := parked[future.Unit](t, future.Box(r.Readable()))
	must[future.Unit](t, future.Box(w.Writable()))
	var written byte // what is written is a count of bytes
	wrote := 0
	for {
		p := make([]byte, 1000)
		for i := range p {
			p[i] = written + byte(i)
		}
		err := w.TryWrite(call(sys.WriteBuffers, p[:300], p[300:]))
		if err == netio.ErrWouldBlock {
			break
		}
		if wrote += n; err != nil || wrote > 16<<20 {
			t.Fatalf("it is never full: %v, %d bytes", err, wrote)
		}
		written += byte(n)
	}
	if _, err := readable.end(); err != nil {
		t.Fatal(err)
	}
	writable := parked[future.Unit](t, future.Box(w.Writable()))
	var seen byte
	got := 0
	for {
		err := r.TryRead(read)
		if err == netio.ErrWouldBlock {
			break
		}
		if err != nil || n == 0 {
			t.Fatalf("%d bytes, %v", n, err)
		}
		for _, b := range append(odd[:min(n, len(odd)):len(odd)], even[:max(0, n-len(odd))]...) {
			if b != seen {
				t.Fatalf("byte %d is %d, want %d", got, b, seen)
			}
			seen++
			got++
		}
	}
	if _, err := writable.end(); err != nil || got != wrote {
		t.Errorf("%v; %d bytes came of %d", err, got, wrote)
	}
	w.Close()
	must[future.Unit](t, future.Box(r.Readable()))
	if err := r.TryRead(read); n != 0 || err != nil {
		t.Errorf("the other end is closed: %d, %v", n, err)
	}
}
