package kv

import (
	"os"
	"strings"
	"testing"

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
