package fileio_test

import (
	"path/filepath"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// While the pool is closed every operation fails, one after the other on the same file, and takes nothing: the file
// is where it was when there is a pool again.
func TestOperationsWithoutAPool(t *testing.T) {
	f, err := future.BlockOn(fileio.Create(filepath.Join(t.TempDir(), "file")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := future.BlockOn(f.WriteAll([]byte("hello world"))); err != nil {
		t.Fatal(err)
	}
	if _, err := future.BlockOn(f.SeekTo(6, 0)); err != nil {
		t.Fatal(err)
	}

	whole, closed := fileio.Pool, new(future.BlockingPool)
	closed.Close()
	fileio.Pool = closed
	defer func() { fileio.Pool = whole }()
	for range 2 {
		for name, op := range map[string]func() error{
			"Read":     func() error { _, err := future.BlockOn(f.Read(make([]byte, 4))); return err },
			"Write":    func() error { _, err := future.BlockOn(f.Write([]byte("lost"))); return err },
			"SeekTo":   func() error { _, err := future.BlockOn(f.SeekTo(0, 0)); return err },
			"Truncate": func() error { _, err := future.BlockOn(f.Truncate(0)); return err },
			"Sync":     func() error { _, err := future.BlockOn(f.Sync()); return err },
		} {
			if err := op(); err == nil {
				t.Errorf("%s without a pool did not fail", name)
			}
		}
	}
	fileio.Pool = whole
	p := make([]byte, 10)
	if n, err := future.BlockOn(f.Read(p)); string(p[:n]) != "world" || err != nil {
		t.Errorf("then it read %q, %v", p[:n], err)
	}
	if _, err := future.BlockOn(f.Close()); err != nil {
		t.Error(err)
	}
}
