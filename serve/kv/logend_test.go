package kv

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// A log that cannot be written is told to who changes something, and nothing is answered that is not in it.
func TestLogThatCannotBeWritten(t *testing.T) {
	const name = "/dev/full"
	if _, err := os.Stat(name); err != nil {
		t.Skip(err)
	}
	server, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if server.log, err = openLog(name, FsyncEverySecond); err != nil {
		t.Fatal(err)
	}
	if got := string(server.Do(nil, []byte("SET"), []byte("a"), []byte("1"))); got != "+OK\r\n" {
		t.Errorf("%q", got)
	}
	_, err = future.BlockOn[future.Unit](future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		ok, err := server.log.reached(cx, server.log.appended.Load())
		if !ok && err == nil {
			return future.Pending[future.Unit]()
		}
		return future.Done(future.Unit{}, err)
	}))
	if err == nil {
		t.Error("the change is safe")
	}
	if got := string(server.Do(nil, []byte("SET"), []byte("a"), []byte("1"))); !strings.HasPrefix(got, "-MISCONF ") {
		t.Errorf("%q", got)
	}
	if err := server.Close(); err == nil || !strings.Contains(err.Error(), "cannot be written") {
		t.Error(err)
	}
}

// Close leaves the file to the log's goroutine until that has written what was appended, however long it takes.
func TestCloseWaitsForTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file, err := os.Create(filepath.Join(t.TempDir(), "log"))
		if err != nil {
			t.Fatal(err)
		}
		l := &appendLog{file: file, quit: make(chan struct{}), done: make(chan struct{})} // the test is the goroutine
		closed := make(chan error, 1)
		go func() { closed <- l.close() }()
		<-l.quit
		synctest.Wait()
		if _, err := file.WriteString("the rest"); err != nil {
			t.Errorf("it cannot be written any more: %v", err)
		}
		close(l.done)
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if _, err := file.Stat(); err == nil {
			t.Error("the file is open")
		}
	})
}
