package fileio_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	for _, text := range []string{"one", "", "two"} {
		must(t, fileio.Replace(name, []byte(text), 0o640))
		contains(t, name, text)
	}
	if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o640 {
		t.Errorf("it has %v, %v", info.Mode(), err)
	}
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := future.BlockOn(fileio.Replace(folder, []byte("x"), 0o600)); err == nil {
		t.Error("a folder was replaced")
	}
	if left, err := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("left: %v, %v", left, err)
	}
	if _, err := future.BlockOn(fileio.Replace(filepath.Join(dir, "no", "file"), nil, 0o600)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a folder that is not there: %v", err)
	}
}

// Whoever reads while a file is replaced finds one of its contents, whole.
func TestReadersOfAReplacedFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a file that somebody reads cannot be replaced here")
	}
	name := temp(t)
	texts := []string{"a short one", string(make([]byte, 100_000))}
	must(t, fileio.Replace(name, []byte(texts[0]), 0o600))
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if got, err := os.ReadFile(name); err != nil || string(got) != texts[0] && string(got) != texts[1] {
				t.Errorf("%d bytes, %v", len(got), err)
				return
			}
		}
	})
	for i := range 20 {
		must(t, fileio.Replace(name, []byte(texts[i%2]), 0o600))
	}
	close(stop)
	wg.Wait()
}

func TestSyncDir(t *testing.T) {
	dir := t.TempDir()
	fill(t, filepath.Join(dir, "file"), "text")
	must(t, fileio.SyncDir(dir))
	if runtime.GOOS != "windows" {
		mustFail(t, fileio.SyncDir(dir+"?"), fs.ErrNotExist, dir+"?")
	}
}

// A file is replaced whose name is as long as names can be.
func TestReplaceOfALongName(t *testing.T) {
	name := filepath.Join(t.TempDir(), strings.Repeat("n", 255))
	if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
		t.Skip("no such names here: ", err)
	}
	must(t, fileio.Replace(name, []byte("new"), 0o600))
	contains(t, name, "new")
}
