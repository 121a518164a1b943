//go:build unix

package fileio_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
	"github.com/magpie-go/magpie/waker"
)

// Opens of a pipe that nobody writes to fill the pool of those that wait. Who has a file
// open goes on with it, whatever else runs on the process's other pools goes on, and with a
// Queue the next open is told.
func TestOpensOfAPipeStopNoFile(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skip("no named pipes here: ", err)
	}
	before := fileio.WaitPool.Stats()
	f, err := future.BlockOn(fileio.Create(filepath.Join(dir, "file")))
	if err != nil {
		t.Fatal(err)
	}
	cx := waker.FromWaker(waker.FromFunc(func() {}))
	var opens []future.Future[*fileio.File]
	for range 16 {
		o := fileio.Open(fifo)
		if o.Poll(&cx).IsReady() {
			t.Fatal("a pipe without a writer was opened")
		}
		opens = append(opens, o)
	}
	if s := fileio.WaitPool.Stats(); s.Limit != 8 || s.Running != 8 || s.Waiting < 8 || s.Delayed < before.Delayed+8 {
		t.Errorf("the pool says %+v", s)
	}

	if n, err := future.BlockOn(f.WriteAt([]byte("text"), 0)); n != 4 || err != nil {
		t.Errorf("writing to an open file: %d, %v", n, err)
	}
	var buf [4]byte
	if n, err := future.BlockOn(f.ReadAt(buf[:], 0)); n != 4 || err != nil {
		t.Errorf("reading from an open file: %d, %v", n, err)
	}
	if v, err := future.BlockOn(future.Blocking(func() (int, error) { return 1, nil })); v != 1 || err != nil {
		t.Errorf("Blocking: %d, %v", v, err)
	}
	if _, err := future.BlockOn(fileio.Open(fifo)); !errors.Is(err, future.ErrPoolFull) {
		t.Errorf("the 17th open answered %v, want %v", err, future.ErrPoolFull)
	}
	if s := fileio.WaitPool.Stats(); s.Refused != before.Refused+1 {
		t.Errorf("the pool says %+v", s)
	}

	// A writer lets them all through.
	w, err := os.OpenFile(fifo, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range opens {
		p, err := future.BlockOn(o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := future.BlockOn(p.Close()); err != nil {
			t.Error(err)
		}
	}
	w.Close()
	if _, err := future.BlockOn(f.Close()); err != nil {
		t.Error(err)
	}
}

// Reads of pipes that have nothing to say do not stop it either.
func TestReadsOfAPipeStopNoFile(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	pipe := fileio.New(r)
	if _, err := future.BlockOn(pipe.Stat()); err != nil {
		t.Fatal(err)
	}
	before := fileio.Pool.Stats().Running
	cx := waker.FromWaker(waker.FromFunc(func() {}))
	read := pipe.Read(make([]byte, 1))
	if read.Poll(&cx).IsReady() {
		t.Fatal("an empty pipe was read")
	}
	if n := fileio.Pool.Stats().Running; n > before {
		t.Errorf("a read of a pipe holds a place of the pool for files")
	}
	w.Write([]byte("x"))
	if n, err := future.BlockOn(read); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	future.BlockOn(pipe.Close())
	w.Close()
}
