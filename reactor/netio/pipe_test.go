package netio_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

func newPipe(t *testing.T) (*netio.PipeReader, *netio.PipeWriter) {
	t.Helper()
	r, w, err := netio.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// pass writes text to one end and wants it at the other.
func pass(t *testing.T, w *netio.PipeWriter, r *netio.PipeReader, text string) {
	t.Helper()
	must[int](t, future.Box(w.WriteAll([]byte(text))))
	got := make([]byte, len(text))
	for done := 0; done < len(got); {
		done += must[int](t, future.Box(r.Read(got[done:])))
	}
	if string(got) != text {
		t.Errorf("%q came, want %q", got, text)
	}
}

func TestPipe(t *testing.T) {
	r, w := newPipe(t)
	for _, text := range []string{"one", "two"} {
		pass(t, w, r, text)
	}
	waits := parked[int](t, future.Box(r.Read(make([]byte, 8))))
	must[int](t, future.Box(w.WriteAll([]byte("three"))))
	if n, err := waits.end(); n != 5 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
	waits = parked[int](t, future.Box(r.Read(make([]byte, 8))))
	w.Close()
	if n, err := waits.end(); n != 0 || err != io.EOF {
		t.Errorf("read %d, %v; want a bare io.EOF", n, err)
	}
}

// More than a pipe holds comes whole, and the writer waits for the reader.
func TestPipeThatIsFull(t *testing.T) {
	r, w := newPipe(t)
	message := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	write := parked[int](t, future.Box(w.WriteAll(message)))
	done := make(chan error, 1)
	go func() {
		_, err := future.BlockOn(write.f)
		done <- err
	}()
	var got []byte
	for buf := make([]byte, 50_000); len(got) < len(message); {
		n := must[int](t, future.Box(r.Read(buf)))
		got = append(got, buf[:n]...)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if !bytes.Equal(got, message) {
		t.Error("something else came")
	}
}

func TestPipeThatNobodyReads(t *testing.T) {
	r, w := newPipe(t)
	write := parked[int](t, future.Box(w.WriteAll(make([]byte, 1<<20))))
	r.Close()
	var op *net.OpError
	if _, err := write.end(); !errors.Is(err, syscall.EPIPE) || !errors.As(err, &op) || op.Net != "pipe" {
		t.Errorf("%#v (%v); want EPIPE", err, err)
	}
	if err := r.Close(); !errors.Is(err, net.ErrClosed) {
		t.Error("closed twice: ", err)
	}
}

func TestTryOnAPipe(t *testing.T) {
	r, w := newPipe(t)
	buf := make([]byte, 8)
	if n, err := r.TryRead(buf); n != 0 || err != netio.ErrWouldBlock {
		t.Errorf("tried to read: %d, %v", n, err)
	}
	ready := parked[future.Unit](t, future.Box(r.Readable()))
	must[future.Unit](t, future.Box(w.Writable()))
	if n, err := w.TryWrite([]byte("text")); n != 4 || err != nil {
		t.Errorf("tried to write: %d, %v", n, err)
	}
	if _, err := ready.end(); err != nil {
		t.Fatal(err)
	}
	if n, err := r.TryRead(buf); string(buf[:n]) != "text" || err != nil {
		t.Errorf("tried to read: %q, %v", buf[:n], err)
	}
	if !dialsQueue {
		return // a write is in a buffer, and the pipe full only later
	}
	for total := 0; ; {
		n, err := w.TryWrite(make([]byte, 1000))
		if err == netio.ErrWouldBlock {
			break
		}
		if total += n; err != nil || total > 16<<20 {
			t.Fatal("it is never full: ", err)
		}
	}
	full := parked[future.Unit](t, future.Box(w.Writable()))
	for {
		if _, err := r.TryRead(make([]byte, 100_000)); err == netio.ErrWouldBlock {
			break
		}
	}
	if _, err := full.end(); err != nil {
		t.Error(err)
	}
}

func TestPipeDeadline(t *testing.T) {
	r, w := newPipe(t)
	r.SetReadDeadline(time.Now().Add(time.Millisecond))
	mustFail[int](t, future.Box(r.Read(make([]byte, 1))), os.ErrDeadlineExceeded)
	r.SetReadDeadline(time.Time{})
	pass(t, w, r, "text")
	if err := w.SetWriteDeadline(time.Unix(1, 0)); err != nil {
		t.Error(err)
	}
	mustFail[int](t, future.Box(w.Write([]byte("x"))), os.ErrDeadlineExceeded)
}

func TestFIFO(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fifo")
	mkfifo(t, name)
	if w, err := netio.OpenPipeWriter(name); !errors.Is(err, syscall.ENXIO) {
		t.Errorf("opened for nobody: %v, %v", w, err)
	}
	r, err := netio.OpenPipeReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for range 2 { // writers come and go
		w, err := netio.OpenPipeWriter(name)
		if err != nil {
			t.Fatal(err)
		}
		pass(t, w, r, "one")
		pass(t, w, r, "two")
		w.Close()
		if n, err := await[int](t, future.Box(r.Read(make([]byte, 1)))); n != 0 || err != io.EOF {
			t.Fatalf("read %d, %v; want a bare io.EOF", n, err)
		}
		if !dialsQueue {
			return // there the end stays
		}
	}
}

func TestWhatIsNoFIFO(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var pe *fs.PathError
	if _, err := netio.OpenPipeReader(name); !errors.Is(err, fs.ErrInvalid) || !errors.As(err, &pe) || pe.Path != name {
		t.Error("reading: ", err)
	}
	if _, err := netio.OpenPipeWriter(name); !errors.Is(err, fs.ErrInvalid) {
		t.Error("writing: ", err)
	}
	if _, err := netio.OpenPipeReader(name + "?"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("of no file: ", err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := netio.NewPipeReader(f); !errors.Is(err, fs.ErrInvalid) {
		t.Error("a regular file: ", err)
	}
	if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
		t.Error("it was not taken over: ", err)
	}
}

// What package os has opened, blocking or not, is taken over, and handed back.
func TestPipesOfPackageOS(t *testing.T) {
	or, ow, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := netio.NewPipeWriter(dupFile(t, or)); err == nil && dialsQueue {
		t.Error("a writer of a reading end")
	}
	r, err := netio.NewPipeReader(or)
	if err != nil {
		t.Fatal(err)
	}
	w, err := netio.NewPipeWriter(ow)
	if err != nil {
		t.Fatal(err)
	}
	pass(t, w, r, "text")
	parkedRead := parked[int](t, future.Box(r.Read(make([]byte, 8))))
	must[int](t, future.Box(w.WriteAll([]byte("more"))))
	parkedRead.end()
	or, err = r.Release()
	if errors.Is(err, errors.ErrUnsupported) {
		w.Close()
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer or.Close()
	if ow, err = w.Release(); err != nil {
		t.Fatal(err)
	}
	defer ow.Close()
	if _, err := ow.WriteString("back"); err != nil {
		t.Error(err)
	}
	buf := make([]byte, 8)
	if n, err := or.Read(buf); string(buf[:n]) != "back" {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	if _, err := r.Release(); !errors.Is(err, net.ErrClosed) {
		t.Error("released twice: ", err)
	}
}

func TestNilPipes(t *testing.T) {
	for name, call := range map[string]func(){
		"PipeReader":      func() { (*netio.PipeReader)(nil).Close() },
		"zero PipeReader": func() { new(netio.PipeReader).Read(nil) },
		"PipeWriter":      func() { (*netio.PipeWriter)(nil).Close() },
		"zero PipeWriter": func() { new(netio.PipeWriter).WriteAll(nil) },
	} {
		mustPanicOf(t, name, call)
	}
}
