package fileio_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

func TestCopyFile(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	text := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	fill(t, from, string(text))
	if err := os.Chmod(from, 0o440); err != nil {
		t.Fatal(err)
	}
	fill(t, to, string(text)+"and more")
	if n := must(t, fileio.CopyFile(to, from)); n != int64(len(text)) {
		t.Errorf("copied %d bytes of %d", n, len(text))
	}
	contains(t, to, string(text))
	was, _ := os.Stat(from)
	if is, err := os.Stat(to); err != nil || is.Mode() != was.Mode() {
		t.Errorf("the copy has %v, %v; want %v", is.Mode(), err, was.Mode())
	}
	if n := must(t, fileio.CopyFile(from, from)); n != int64(len(text)) {
		t.Errorf("onto itself: %d bytes", n)
	}
	contains(t, from, string(text))
	mustFail(t, fileio.CopyFile(to, from+"?"), fs.ErrNotExist, from+"?")
	contains(t, to, string(text)) // it is left alone
}

// What it has opened it has closed when it is ready, and not when the collector comes by.
func TestCopyFileLeavesNothingOpen(t *testing.T) {
	from, to := filepath.Join(t.TempDir(), "from"), filepath.Join(t.TempDir(), "to")
	fill(t, from, "text")
	must(t, fileio.CopyFile(to, from))
	for _, name := range []string{from, to} {
		if n := opened(t, name); n != 0 {
			t.Errorf("%s has %d descriptors", name, n)
		}
	}
}

func TestCopyBetweenOpenFiles(t *testing.T) {
	dir := t.TempDir()
	fill(t, filepath.Join(dir, "from"), "0123456789")
	src, dst := must(t, fileio.Open(filepath.Join(dir, "from"))), must(t, fileio.Create(filepath.Join(dir, "to")))
	must(t, src.SeekTo(4, io.SeekStart))
	must(t, dst.WriteAll([]byte("> ")))
	if n := must(t, dst.CopyFrom(src)); n != 6 {
		t.Errorf("copied %d bytes of 6", n)
	}
	must(t, dst.WriteAll([]byte(" <")))
	contains(t, filepath.Join(dir, "to"), "> 456789 <")
	must(t, src.Close())
	must(t, dst.Close())
	var none *fileio.File
	if _, err := future.BlockOn(none.CopyFrom(src)); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("to a nil File: %v", err)
	}
}

// A copy that is given up stops: of a pipe that never ends, which has no other way to stop it.
func TestDroppedCopyStops(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	dst := must(t, fileio.Create(temp(t)))
	src := fileio.New(r)
	c := dst.CopyFrom(src)
	polled(t, c)
	if _, err := w.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	future.Drop(c)
	for limit := 0; ; limit++ { // until the step is full, no more is taken than the pipe holds
		w.SetWriteDeadline(soon())
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			break
		}
		if limit > 64 {
			t.Fatal("the copy goes on for nobody")
		}
	}
	must(t, src.Close())
	must(t, dst.Close())
	w.Close()
}
