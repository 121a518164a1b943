//go:build unix

package fileio_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// pipe returns a named pipe and its reading end.
func pipe(t *testing.T) (name string, reader *os.File) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Skip("no named pipes here: ", err)
	}
	// Without waiting for a writer, and then with: a pipe that no writer has opened
	// yet reads as ended.
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	reader = os.NewFile(uintptr(fd), name)
	t.Cleanup(func() { reader.Close() })
	return name, reader
}
