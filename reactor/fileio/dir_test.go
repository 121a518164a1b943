package fileio_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// names ends a stream of entries.
func names(t *testing.T, s *fileio.EntryStream) (all []string) {
	t.Helper()
	for {
		e, err := future.BlockOn(future.Box(future.Next(s)))
		if err == future.ErrEnd {
			slices.Sort(all)
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e.Name())
	}
}

func TestEntries(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for i := range 300 { // more than two batches
		want = append(want, fmt.Sprintf("%03d", i))
		fill(t, filepath.Join(dir, want[i]), "")
	}
	s := fileio.Entries(dir)
	if got := names(t, s); !slices.Equal(got, want) {
		t.Errorf("%d entries of %d, or other ones", len(got), len(want))
	}
	if p := pollOnce[fs.DirEntry](future.Box(future.Next(s))); p.Err() != future.ErrEnd {
		t.Error("after the end: ", p.Err())
	}
	all := must(t, fileio.ReadDir(dir))
	if len(all) != 300 || all[7].Name() != "007" {
		t.Errorf("ReadDir: %d entries", len(all))
	}
	if got := names(t, fileio.Entries(t.TempDir())); len(got) != 0 {
		t.Errorf("an empty folder has %v", got)
	}
}

func TestWhatAnEntryTells(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	fill(t, name, "text")
	s := fileio.Entries(dir)
	e := must[fs.DirEntry](t, future.Box(future.Next(s)))
	info, err := e.Info()
	if e.Name() != "file" || e.IsDir() || !e.Type().IsRegular() || err != nil || info.Size() != 4 {
		t.Errorf("%v, %v", e, err)
	}
	future.Drop(s)
}

func TestEntriesOfNoFolder(t *testing.T) {
	name := temp(t)
	s := fileio.Entries(name)
	mustFail[fs.DirEntry](t, future.Box(future.Next(s)), fs.ErrNotExist, name)
	if got := names(t, s); len(got) != 0 {
		t.Error("after the error: ", got)
	}
}

// A stream that is given up closes the folder, whenever that is; who only stops waiting loses nothing.
func TestDroppedEntries(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // which would close it too
	dir := t.TempDir()
	for i := range 200 {
		fill(t, filepath.Join(dir, fmt.Sprint(i)), "")
	}
	for _, when := range []string{"before", "while", "after", "in the middle"} {
		s := fileio.Entries(dir)
		if when != "before" {
			next := future.Box(future.Next(s))
			woken := polled(t, next)
			future.Drop(next)
			if when != "while" {
				<-woken
			}
		}
		if when == "in the middle" {
			must[fs.DirEntry](t, future.Box(future.Next(s)))
		}
		future.Drop(s)
		if p := pollOnce[fs.DirEntry](future.Box(future.Next(s))); p.Err() != future.ErrEnd {
			t.Errorf("%s: after Drop: %v", when, p.Err())
		}
	}
	closes(t, dir, "the folder")
}

// closes waits until this process has a file open no more.
func closes(t *testing.T, name, what string) {
	t.Helper()
	testkit.Until(t, what+" is closed", func() bool { return opened(t, name) == 0 })
}

// opened counts this process's descriptors of a file.
func opened(t *testing.T, name string) (n int) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("descriptors cannot be listed here: ", err)
	}
	for _, fd := range fds {
		if to, _ := os.Readlink("/proc/self/fd/" + fd.Name()); to == name {
			n++
		}
	}
	return n
}
