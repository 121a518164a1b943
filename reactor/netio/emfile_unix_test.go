//go:build unix

package netio_test

import (
	"errors"
	"os"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/netio"
	"golang.org/x/sys/unix"
)

// Without descriptors accepting pauses, connections that exist go on, and when there are
// descriptors again the one that waited is accepted. It runs in a process of its own,
// which has its own limit.
func TestOutOfDescriptors(t *testing.T) {
	if os.Getenv("NETIO_FEW_DESCRIPTORS") == "" {
		if out, err := testkit.Again(t.Name(), "NETIO_FEW_DESCRIPTORS=1").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	l := listen(t, "tcp", "127.0.0.1:0")
	client, server := connect(t, l)
	talk := func() {
		t.Helper()
		k, p := start[int](t, future.Box(server.Read(make([]byte, 4))))
		if p.IsReady() {
			t.Fatal(p.Result())
		}
		must[int](t, future.Box(client.WriteAll([]byte("ping"))))
		if n, err := k.end(); n != 4 || err != nil {
			t.Fatal(n, err)
		}
	}
	talk() // and whatever needs a descriptor once has it
	limit := unix.Rlimit{Cur: 128, Max: 128}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Skip("the limit cannot be set: ", err)
	}
	late := unconnected(t)
	accept := parked[*netio.Conn](t, future.Box(l.Accept()))
	var fillers []*os.File
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			break
		}
		fillers = append(fillers, f)
	}
	connectTo(t, late, l.Addr())
	for l.Backoffs() < 2 {
		<-accept.woken
		if p := accept.f.Poll(&accept.cx); p.IsReady() {
			_, err := p.Result()
			t.Fatalf("accepted without a descriptor: %v", err)
		}
	}
	talk()
	if _, err := l.TryAccept(); !errors.Is(err, unix.EMFILE) && dialsQueue { // elsewhere it knows of none
		t.Errorf("a try says %v; want what there is not enough of", err)
	}
	for _, f := range fillers {
		f.Close()
	}
	c, err := accept.end()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	paused := l.Backoffs()
	client2, server2 := connect(t, l)
	client2.Close()
	mustEOF(t, server2)
	if l.Backoffs() != paused {
		t.Error("it still pauses")
	}
}

// Close ends a pause.
func TestCloseWhilePaused(t *testing.T) {
	if os.Getenv("NETIO_PAUSED_CLOSE") == "" {
		if out, err := testkit.Again(t.Name(), "NETIO_PAUSED_CLOSE=1").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	l := listen(t, "tcp", "127.0.0.1:0")
	connect(t, l)
	accept := parked[*netio.Conn](t, future.Box(l.Accept()))
	late := unconnected(t)
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	few := unix.Rlimit{Cur: 3, Max: limit.Max}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &few); err != nil {
		t.Skip("the limit cannot be set: ", err)
	}
	defer unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) // go test -cover writes a file at the end
	connectTo(t, late, l.Addr())
	for l.Backoffs() == 0 {
		<-accept.woken
		accept.f.Poll(&accept.cx)
	}
	l.Close()
	if _, err := accept.end(); err == nil {
		t.Fatal("accepted by a closed listener")
	}
}
