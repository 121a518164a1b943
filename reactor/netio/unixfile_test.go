package netio_test

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/reactor/netio"
)

// mustStand fails unless there is a file at path.
func mustStand(t *testing.T, path, when string) {
	t.Helper()
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("%s: %v", when, err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// Close removes the file that the listener made, and no other that stands there.
func TestUnixFileOfSomebodyElse(t *testing.T) {
	path := socketPath(t)
	l := listen(t, "unix", path)
	remove(t, path)
	next := listen(t, "unix", path)
	l.Close()
	mustStand(t, path, "the successor's socket, after Close of the first")
	next.Close()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Close of the successor: %v", err)
	}

	l = listen(t, "unix", path)
	remove(t, path)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l.Close()
	mustStand(t, path, "a file, after Close")
}

// A change of the working directory neither saves the file nor costs another one.
func TestUnixFileAfterChdir(t *testing.T) {
	here, there := t.TempDir(), t.TempDir()
	t.Chdir(here)
	l := listen(t, "unix", "s")
	t.Chdir(there)
	other := listen(t, "unix", "s")
	defer other.Close()
	l.Close()
	mustStand(t, "s", "another directory's socket, after Close")
	if _, err := os.Lstat(here + "/s"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file after Close: %v", err)
	}
}

func TestSetUnlinkOnClose(t *testing.T) {
	path := socketPath(t)
	l := listen(t, "unix", path)
	l.SetUnlinkOnClose(false)
	l.Close()
	mustStand(t, path, "kept")
	remove(t, path)
	l = listen(t, "unix", path)
	l.SetUnlinkOnClose(false)
	l.SetUnlinkOnClose(true)
	l.Close()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Close: %v", err)
	}
	tcp := listen(t, "tcp", "127.0.0.1:0")
	tcp.SetUnlinkOnClose(false)
}

// Listeners follow each other at one path while earlier ones close: none loses its file.
func TestUnixSuccessors(t *testing.T) {
	path := socketPath(t)
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	last := listen(t, "unix", path)
	for i := range rounds {
		var wg sync.WaitGroup
		wg.Go(func() { last.Close() })
		_ = os.Remove(path)
		next, err := netio.Listen("unix", path)
		wg.Wait()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(path); err != nil {
			t.Fatalf("round %d: the successor's file is gone", i)
		}
		last = next
	}
	last.Close()
}

// A path that is too long is an error that says so, for both ends; the longest is not.
func TestUnixPathTooLong(t *testing.T) {
	t.Chdir(t.TempDir())
	for n, ok := range map[int]bool{90: true, 300: false} {
		path := strings.Repeat("s", n)
		l, err := netio.Listen("unix", path)
		if (err == nil) != ok || !ok && !strings.Contains(err.Error(), "a path of 300 bytes") {
			t.Errorf("listening at a path of %d bytes: %v", n, err)
		}
		c, err := await(t, netio.Dial("unix", path))
		if (err == nil) != ok || !ok && !strings.Contains(err.Error(), "a path of 300 bytes") {
			t.Errorf("dialling a path of %d bytes: %v", n, err)
		}
		if ok {
			c.Close()
			l.Close()
		}
	}
}
