package fileio_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

func TestTemporaryNames(t *testing.T) {
	dir := t.TempDir()
	f := must(t, fileio.CreateTemp(dir, "a*b"))
	if name := filepath.Base(f.Name()); filepath.Dir(f.Name()) != dir || !strings.HasPrefix(name, "a") || !strings.HasSuffix(name, "b") {
		t.Errorf("it is called %s", f.Name())
	}
	must(t, f.WriteAll([]byte("text")))
	must(t, f.Close())
	contains(t, f.Name(), "text")
	sub := must(t, fileio.MkdirTemp(dir, "c"))
	if info, err := os.Stat(sub); err != nil || !info.IsDir() || filepath.Dir(sub) != dir {
		t.Errorf("%s: %v", sub, err)
	}
}

// What was made for nobody is removed, whenever the operation is given up.
func TestDroppedTemporaryNames(t *testing.T) {
	dir := t.TempDir()
	for _, when := range []string{"before", "while", "after"} {
		file, folder := fileio.CreateTemp(dir, ""), fileio.MkdirTemp(dir, "")
		if when != "before" {
			a, b := polled[*fileio.File](t, file), polled[string](t, folder)
			if when == "after" {
				<-a
				<-b
			}
		}
		future.Drop(file)
		future.Drop(folder)
	}
	for limit := time.Now().Add(patience); ; runtime.Gosched() {
		left, err := os.ReadDir(dir)
		if err == nil && len(left) == 0 && fileio.WaitPool.Stats().Running == 0 && fileio.Pool.Stats().Running == 0 {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("left: %v, %v", left, err)
		}
	}
}
