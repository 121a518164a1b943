//go:build unix

package fileio_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// A file that is opened only after its Open was dropped is closed again: the writer of a pipe,
// whom the opening has waited for, is left alone with it.
func TestOpenThatEndsAfterItsDropCloses(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skip("no named pipes here: ", err)
	}
	limit := time.Now().Add(patience)
	for time.Now().Before(limit) {
		open := fileio.Open(fifo)
		polled[*fileio.File](t, open)
		for fileio.WaitPool.Stats().Waiting > 0 && time.Now().Before(limit) {
			time.Sleep(time.Millisecond)
		}
		future.Drop(open)
		// Unless it was dropped too early to be carried out, there is a reader now, or soon.
		w, err := os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		for try := 0; errors.Is(err, syscall.ENXIO) && try < 100; try++ {
			time.Sleep(time.Millisecond)
			w, err = os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		}
		if errors.Is(err, syscall.ENXIO) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		for err == nil && time.Now().Before(limit) {
			_, err = w.Write([]byte("x"))
			time.Sleep(time.Millisecond)
		}
		runtime.KeepAlive(open) // what it holds would be closed by the collector
		if !errors.Is(err, syscall.EPIPE) {
			t.Errorf("the pipe that nobody has open: %v", err)
		}
		return
	}
	t.Skip("it was always dropped before it began")
}
