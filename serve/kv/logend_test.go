package kv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/internal/testkit"
	"github.com/magpie-go/magpie/waker"
)

// onFullDisk returns a server whose log cannot be written.
func onFullDisk(t *testing.T) *Server {
	t.Helper()
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
	return server
}

// A log that cannot be written is told to who changes something, and nothing is answered that is not in it.
func TestLogThatCannotBeWritten(t *testing.T) {
	server := onFullDisk(t)
	if got := string(server.Do(nil, []byte("SET"), []byte("a"), []byte("1"))); got != "+OK\r\n" {
		t.Errorf("%q", got)
	}
	turn := uint64(0)
	_, err := future.BlockOn[future.Unit](future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		ok, err := server.log.reached(cx, server.log.appended.Load(), &turn)
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

// A client whose change is not in the log is told why its connection ends, and so is who only asks.
func TestLogThatCannotBeWrittenIsTold(t *testing.T) {
	server := onFullDisk(t)
	addr, _ := testkit.Serve(t, 2, func(ctx context.Context, rt *sched.Runtime, network, address string, ready func(net.Addr)) error {
		err := server.Run(ctx, rt, network, address, ready)
		if closing := server.Close(); closing == nil {
			err = errors.Join(err, errors.New("Close tells nothing of it"))
		}
		return err
	})
	for _, command := range []string{"SET a 1", "SET a 2", "GET a"} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(time.Minute))
		if _, err := io.WriteString(c, command+"\r\n"); err != nil {
			t.Fatal(err)
		}
		if all, err := io.ReadAll(c); string(all) != "-"+misconf+"\r\n" || err != nil {
			t.Errorf("%s: %q, %v", command, all, err)
		}
	}
}

// A connection that is polled often while the log is written leaves one waker, and is woken each time.
func TestLogKeepsOneWakerOfEach(t *testing.T) {
	l := new(appendLog)
	l.appended.Store(10)
	var woken word.Int32
	cx := waker.FromWaker(waker.FromFunc(func() { woken.Inc() }))
	turns := make([]uint64, 3)
	for at := uint64(1); at <= 10; at++ {
		for range 100 {
			for i := range turns {
				if ok, err := l.reached(&cx, 10, &turns[i]); ok || err != nil {
					t.Fatal(ok, err)
				}
			}
		}
		if len(l.waiting) != len(turns) {
			t.Fatalf("%d wakers of %d connections", len(l.waiting), len(turns))
		}
		l.wake(func() { l.safe.Store(at) })
		if n := woken.Swap(0); n != int32(len(turns)) {
			t.Fatalf("%d of %d connections were woken", n, len(turns))
		}
	}
	if ok, err := l.reached(&cx, 10, &turns[0]); !ok || err != nil {
		t.Error(ok, err)
	}
}

// What is changed behind Close is not answered as if it were in the log.
func TestDoBehindClose(t *testing.T) {
	config := Config{Log: filepath.Join(t.TempDir(), "log")}
	server, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	do := func(server *Server, words ...string) string {
		var args [][]byte
		for _, w := range words {
			args = append(args, []byte(w))
		}
		return string(server.Do(nil, args...))
	}
	// Whoever is answered OK while others close finds it in the log.
	last, begun := make(chan string, 1), make(chan struct{})
	go func() {
		for n := 0; ; n++ {
			if got := do(server, "SET", "n", fmt.Sprint(n)); got != "+OK\r\n" {
				last <- fmt.Sprint(n-1, " ", got)
				return
			}
			if n == 0 {
				close(begun)
			}
		}
	}()
	<-begun
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	n, answer, _ := strings.Cut(<-last, " ")
	if answer != "-ERR the server is closed\r\n" {
		t.Errorf("%q", answer)
	}
	again, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := do(again, "GET", "n"); got != fmt.Sprintf("$%d\r\n%s\r\n", len(n), n) {
		t.Errorf("%q is there, and %s was answered", got, n)
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

// A log that a symbolic link leads to is replaced where it is, also if it was made through the link; the link stays.
func TestRewriteLogBehindALink(t *testing.T) {
	dir := t.TempDir()
	link, there := filepath.Join(dir, "link"), filepath.Join(t.TempDir(), "log")
	if err := os.Symlink(there, link); err != nil {
		t.Skip(err)
	}
	for range 2 { // as it is made, and as it is there
		server := reopened(t, link)
		server.do("INCR", "n")
		if err := server.RewriteLog(); err != nil {
			t.Fatal(err)
		}
		server.do("INCR", "n")
		want := server.dump()
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		if to, err := os.Readlink(link); err != nil || to != there {
			t.Fatalf("the link leads to %q, %v", to, err)
		}
		again := reopened(t, there)
		if again.dump() != want {
			t.Errorf("behind the link:\n%s\nwant:\n%s", again.dump(), want)
		}
		again.Close()
	}
}
