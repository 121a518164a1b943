package fileio_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
	"github.com/magpie-go/magpie/waker"
	"go.uber.org/goleak"
)

// patience is how long a test waits for what must happen before it fails.
const patience = 20 * time.Second

func TestMain(m *testing.M) {
	// To be filled; before their first use.
	fileio.WaitPool.Limit, fileio.WaitPool.Queue = 8, 8
	fileio.Pool.Queue = 8
	goleak.VerifyTestMain(m)
}

func must[T any](t *testing.T, f future.Future[T]) T {
	t.Helper()
	v, err := future.BlockOn(f)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// mustFail ends f, which has to fail with a *fs.PathError of that kind for that file.
func mustFail[T any](t *testing.T, f future.Future[T], want error, path string) {
	t.Helper()
	_, err := future.BlockOn(f)
	var pe *fs.PathError
	if !errors.Is(err, want) || !errors.As(err, &pe) || pe.Path != path {
		t.Errorf("failed with %#v (%v); want a *fs.PathError of %s with %v", err, err, path, want)
	}
}

func temp(t *testing.T) string { return filepath.Join(t.TempDir(), "file") }

func TestOperations(t *testing.T) {
	name := temp(t)
	f := must(t, fileio.Create(name))
	if n := must(t, f.WriteAll([]byte("hello world!"))); n != 12 {
		t.Errorf("wrote %d of 12", n)
	}
	if n := must(t, f.WriteAt([]byte("W"), 6)); n != 1 {
		t.Errorf("wrote %d of 1", n)
	}
	must(t, f.Sync())
	if off := must(t, f.SeekTo(-6, io.SeekEnd)); off != 6 {
		t.Errorf("6 before the end is %d", off)
	}
	p := make([]byte, 16)
	if n := must(t, f.Read(p)); string(p[:n]) != "World!" {
		t.Errorf("read %q", p[:n])
	}
	if n, err := future.BlockOn(f.Read(p)); n != 0 || err != io.EOF {
		t.Errorf("at the end: %d, %v; want a bare io.EOF", n, err)
	}
	if n, err := future.BlockOn(f.ReadAt(p, 10)); string(p[:n]) != "d!" || err != io.EOF {
		t.Errorf("read %q, %v past the end", p[:n], err)
	}
	must(t, f.Truncate(5))
	if info := must(t, f.Stat()); info.Size() != 5 || info.Name() != "file" {
		t.Errorf("after Truncate: %d bytes, name %s", info.Size(), info.Name())
	}
	must(t, f.Write([]byte("!")))
	must(t, f.Close())
	if got, _ := os.ReadFile(name); !bytes.Equal(got, []byte("hello\x00\x00\x00\x00\x00\x00\x00!")) {
		t.Errorf("the file is %q", got)
	}
}

func TestWholeFiles(t *testing.T) {
	name := temp(t)
	must(t, fileio.WriteFile(name, []byte("all of it"), 0o600))
	if got := must(t, fileio.ReadFile(name)); string(got) != "all of it" {
		t.Errorf("read %q", got)
	}
	mustFail(t, fileio.ReadFile(name+"?"), fs.ErrNotExist, name+"?")
}

func TestErrors(t *testing.T) {
	name := temp(t)
	mustFail(t, fileio.Open(name), fs.ErrNotExist, name)
	f := must(t, fileio.Create(name))
	mustFail(t, fileio.OpenFile(name, os.O_CREATE|os.O_EXCL, 0o600), fs.ErrExist, name)
	must(t, f.Close())
	mustFail(t, f.Close(), fs.ErrClosed, name)
	mustFail(t, f.WriteAll([]byte("x")), fs.ErrClosed, name)
	mustFail(t, f.Stat(), fs.ErrClosed, name)
	var none *fileio.File
	mustFail(t, none.Read(nil), fs.ErrInvalid, "")

	appending := must(t, fileio.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0))
	var pe *fs.PathError
	if _, err := future.BlockOn(appending.WriteAt([]byte("x"), 0)); !errors.As(err, &pe) || pe.Path != name {
		t.Errorf("WriteAt while appending: %v; want a *fs.PathError", err)
	}
	must(t, appending.Close())
}

// polled polls f once, and returns what its waker is told through.
func polled[T any](t *testing.T, f future.Future[T]) (woken chan struct{}) {
	t.Helper()
	woken = make(chan struct{}, 1)
	cx := waker.FromWaker(waker.FromFunc(func() { woken <- struct{}{} }))
	if p := f.Poll(&cx); p.IsReady() {
		t.Fatal("ready at the first poll: it ran on the thread that polls")
	}
	return woken
}

// A file that was opened for nobody is closed again: so says a pipe, whose reading end
// sees the end when its last writer is gone.
func TestDroppedOpenCloses(t *testing.T) {
	name, reader := pipe(t)
	for _, when := range []string{"while it opens", "after it has opened"} {
		open := fileio.OpenFile(name, os.O_WRONLY, 0)
		woken := polled(t, open)
		if when == "after it has opened" {
			<-woken
		}
		future.Drop(open)
	}
	reader.SetReadDeadline(time.Now().Add(patience))
	if n, err := reader.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("read %d, %v from the pipe; want its end", n, err)
	}
}

// A Close that nobody waits for closes all the same.
func TestDroppedCloseCloses(t *testing.T) {
	for _, begun := range []bool{false, true} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		c := fileio.New(w).Close()
		if begun {
			polled(t, c)
		}
		future.Drop(c)
		r.SetReadDeadline(time.Now().Add(patience))
		if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("begun %v: read %d, %v from the pipe; want its end", begun, n, err)
		}
		r.Close()
	}
}

// A write that was given up while it runs goes on to its end.
func TestDroppedWriteFinishes(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	message := bytes.Repeat([]byte("0123456789"), 100_000) // more than a pipe holds
	f := fileio.New(w)
	write := f.WriteAll(message)
	polled(t, write)
	got := make([]byte, len(message))
	if _, err := io.ReadFull(r, got[:1]); err != nil { // so it has begun
		t.Fatal(err)
	}
	future.Drop(write)
	if _, err := io.ReadFull(r, got[1:]); err != nil || !bytes.Equal(got, message) {
		t.Errorf("the rest did not arrive: %v", err)
	}
	must(t, f.Close())
}
