//go:build unix && !portable

package sched_test

import (
	"errors"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// fewDescriptors lowers the limit and opens files until there is no descriptor left.
func fewDescriptors(t *testing.T) (fillers []*os.File) {
	t.Helper()
	limit := unix.Rlimit{Cur: 160, Max: 160}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Skip("the limit cannot be set: ", err)
	}
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			return fillers
		}
		fillers = append(fillers, f)
	}
}

// Out of descriptors a server stops accepting, goes on with the connections it has, and
// accepts again once there are some.
func TestServerOutOfDescriptors(t *testing.T) {
	if !child(t) {
		return
	}
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	server := startEcho(t, rt)
	defer server.stop(t)
	// Connections that exchange a message each time they are told to.
	const old = 10
	turns := make([]chan int, old)
	var talkers []sched.JoinHandle[int]
	for i := range turns {
		turns[i] = make(chan int)
		talkers = append(talkers, sched.Spawn(rt, future.Async(func(co *future.Co) (said int, err error) {
			c, err := future.Await(co, netio.Dial("tcp", server.addr()))
			if err != nil {
				return 0, err
			}
			defer c.Close()
			for {
				body, err := future.Await(co, future.FromChan(turns[i]))
				if err != nil { // no further one
					return said, nil
				}
				if err := talk(co, c, uint64(i+1), uint32(said), body); err != nil {
					return said, err
				}
				said++
			}
		})))
	}
	talkAll := func() {
		for i, c := range turns {
			select {
			case c <- 10 * i:
			case <-time.After(patience):
				t.Fatal("a connection that exists has stopped")
			}
		}
	}
	talkAll()
	talkAll() // all of them have talked once
	late := socket(t)
	fillers := fewDescriptors(t)
	if err := unix.Connect(late, &unix.SockaddrInet4{Port: port(t, server), Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	for server.listener.Backoffs() < 3 {
		wait(t, sched.Spawn[future.Unit](rt, future.Box(clock.Sleep(time.Millisecond))))
	}
	talkAll()
	talkAll()
	for _, f := range fillers {
		f.Close()
	}
	m := appendMessage(nil, 77, 0, 20)
	if _, err := unix.Write(late, m); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(m))
	if n, err := unix.Read(late, got); err != nil || n != len(m) {
		t.Fatalf("the connection that waited reads %d bytes, %v", n, err)
	}
	if err := checkMessage(got, 77, 0); err != nil {
		t.Fatal(err)
	}
	unix.Close(late)
	paused := server.listener.Backoffs()
	wait(t, sched.Spawn(rt, talker(server.addr(), 99, 5)))
	if server.listener.Backoffs() != paused {
		t.Error("it still pauses")
	}
	for i, h := range talkers {
		close(turns[i])
		if said := wait(t, h); said != 4 {
			t.Errorf("connection %d has exchanged %d messages, want 4", i, said)
		}
	}
}

// socket is a TCP socket that blocks, for a client that needs no descriptor more.
func socket(t *testing.T) int {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	limit := unix.NsecToTimeval(int64(patience))
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit); err != nil {
		t.Fatal(err)
	}
	return fd
}

func port(t *testing.T, s *echoServer) int {
	t.Helper()
	a, err := netip.ParseAddrPort(s.addr())
	if err != nil {
		t.Fatal(err)
	}
	return int(a.Port())
}

// New without descriptors for all its workers says so and leaves nothing behind (TestMain
// looks for goroutines).
func TestNewOutOfDescriptors(t *testing.T) {
	if !child(t) {
		return
	}
	shutdown(t, newRuntime(t, sched.Config{Workers: 2}))
	fillers := fewDescriptors(t)
	procs := runtime.GOMAXPROCS(0)
	for spare := range 5 { // a worker takes two: it fails at the first, or midway
		before := testkit.Descriptors(t)
		rt, err := sched.New(sched.Config{Workers: 4})
		if err == nil {
			shutdown(t, rt)
			t.Fatalf("four workers with %d descriptors", spare)
		}
		if !errors.Is(err, unix.EMFILE) || !strings.Contains(err.Error(), "worker") {
			t.Errorf("the error is %q: want EMFILE, and which worker", err)
		}
		if after := testkit.Descriptors(t); after != before {
			t.Errorf("New that failed with %d spare left %d descriptors", spare, after-before)
		}
		fillers[spare].Close()
	}
	if after := runtime.GOMAXPROCS(0); after != procs {
		t.Errorf("GOMAXPROCS is %d after, %d before", after, procs)
	}
	for _, f := range fillers[5:] {
		f.Close()
	}
	rt := newRuntime(t, sched.Config{Workers: 4})
	wait(t, sched.Spawn(rt, future.Value(1)))
	shutdown(t, rt)
}
