package fileio_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// fill makes a file.
func fill(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// contains fails the test unless the file contains that.
func contains(t *testing.T, name, want string) {
	t.Helper()
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s contains %q, %v; want %q", name, got, err, want)
	}
}

func TestFolders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	must(t, fileio.Mkdir(dir, 0o700))
	mustFail(t, fileio.Mkdir(dir, 0o700), fs.ErrExist, dir)
	deep := filepath.Join(dir, "b", "c")
	mustFail(t, fileio.Mkdir(deep, 0o700), fs.ErrNotExist, deep)
	for range 2 {
		must(t, fileio.MkdirAll(deep, 0o700))
	}
	if info := must(t, fileio.Stat(deep)); !info.IsDir() {
		t.Error("it is no folder")
	}
	fill(t, filepath.Join(deep, "file"), "text")
	if _, err := future.BlockOn(fileio.Remove(dir)); err == nil {
		t.Error("a folder that is not empty was removed")
	}
	must(t, fileio.RemoveAll(dir))
	must(t, fileio.RemoveAll(dir))
	if must(t, fileio.Exists(dir)) {
		t.Error("it is still there")
	}
	must(t, fileio.Mkdir(dir, 0o700))
	must(t, fileio.Remove(dir))
	mustFail(t, fileio.Remove(dir), fs.ErrNotExist, dir)
}

func TestModeOfAFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("folders have no such permissions here")
	}
	dir := filepath.Join(t.TempDir(), "a")
	must(t, fileio.Mkdir(dir, 0o444))
	if info := must(t, fileio.Stat(dir)); info.Mode().Perm() != 0o444 {
		t.Errorf("made with %v", info.Mode())
	}
}

func TestRenameAndRemove(t *testing.T) {
	a, b := temp(t), temp(t)
	fill(t, a, "a")
	fill(t, b, "b")
	must(t, fileio.Rename(a, b))
	contains(t, b, "a")
	if must(t, fileio.Exists(a)) {
		t.Error("the old name is still there")
	}
	var le *os.LinkError
	if _, err := future.BlockOn(fileio.Rename(a, b)); !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &le) || le.Old != a {
		t.Errorf("renaming what is not there: %v", err)
	}
	must(t, fileio.Remove(b))
	mustFail(t, fileio.Stat(b), fs.ErrNotExist, b)
}

func TestSymlinks(t *testing.T) {
	dir := t.TempDir()
	file, link, folder := filepath.Join(dir, "file"), filepath.Join(dir, "link"), filepath.Join(dir, "folder")
	fill(t, file, "text")
	if _, err := future.BlockOn(fileio.Symlink(file, link)); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	contains(t, link, "text")
	if to := must(t, fileio.Readlink(link)); to != file {
		t.Errorf("it leads to %s", to)
	}
	if info := must(t, fileio.Lstat(link)); info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is %v", info.Mode())
	}
	if info := must(t, fileio.Stat(link)); !info.Mode().IsRegular() {
		t.Errorf("behind the link is %v", info.Mode())
	}
	must(t, fileio.Symlink(dir, folder))
	contains(t, filepath.Join(folder, "file"), "text")
	real := must(t, fileio.RealPath(filepath.Join(folder, "link")))
	if want := must(t, fileio.RealPath(file)); real != want {
		t.Errorf("the real path is %s, want %s", real, want)
	}
	must(t, fileio.Remove(link))
	contains(t, file, "text")
}

func TestHardLinks(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	fill(t, a, "one")
	if _, err := future.BlockOn(fileio.Link(a, b)); err != nil {
		t.Skip("no hard links here: ", err)
	}
	fill(t, a, "two")
	contains(t, b, "two")
	if _, err := future.BlockOn(fileio.Link(a, b)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a link over a file: %v", err)
	}
	if _, err := future.BlockOn(fileio.Link(a+"?", b+"2")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a link to nothing: %v", err)
	}
	if _, err := future.BlockOn(fileio.Link(dir, b+"3")); err == nil {
		t.Error("a hard link to a folder")
	}
	must(t, fileio.Remove(a))
	contains(t, b, "two")
}

func TestRealPathOfTheRoot(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it is called otherwise here")
	}
	if got := must(t, fileio.RealPath("/.")); got != "/" {
		t.Errorf("the root is %s", got)
	}
}

func TestAttributes(t *testing.T) {
	name := temp(t)
	fill(t, name, "text")
	must(t, fileio.Truncate(name, 2))
	contains(t, name, "te")
	then := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	must(t, fileio.Chtimes(name, time.Time{}, then))
	must(t, fileio.Chmod(name, 0o400))
	info := must(t, fileio.Stat(name))
	if !info.ModTime().Equal(then) || info.Mode().Perm()&0o200 != 0 {
		t.Errorf("it has %v, %v", info.ModTime(), info.Mode())
	}
	f := must(t, fileio.Open(name))
	must(t, f.Chmod(0o600))
	must(t, f.Close())
	if info := must(t, fileio.Stat(name)); info.Mode().Perm()&0o200 == 0 {
		t.Errorf("it has %v", info.Mode())
	}
	if runtime.GOOS != "windows" {
		must(t, fileio.Chown(name, os.Getuid(), -1))
	}
}
