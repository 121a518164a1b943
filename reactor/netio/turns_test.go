package netio_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// mustPanic polls f, which has to panic with a message that says that.
func mustPanic[T any](t *testing.T, f future.Future[T], want string) {
	t.Helper()
	defer func() {
		t.Helper()
		if r := fmt.Sprint(recover()); !strings.Contains(r, want) {
			t.Errorf("it panics with %q, want %q", r, want)
		}
	}()
	var cx waker.Context
	p := f.Poll(&cx)
	t.Errorf("polled: ready is %v; want a panic", p.IsReady())
}

// byHand reads as a future written by hand does.
func byHand(c *netio.Conn) future.Future[int] {
	return future.Func[int](func(cx *waker.Context) future.Poll[int] { return c.PollRead(cx, make([]byte, 4)) })
}

// A second reader is refused while the first waits, whether there is data or not, and the
// first gets what arrives.
func TestTwoReaders(t *testing.T) {
	client, server := pair(t)
	first := parked[int](t, future.Box(client.Read(make([]byte, 4))))
	const want = "a second read from a Conn while another one waits"
	second := client.Read(make([]byte, 4))
	mustPanic[int](t, &second, want)
	second.Drop() // which takes nothing from the first
	mustPanic(t, byHand(client), want)
	must[int](t, future.Box(server.WriteAll([]byte("data"))))
	<-first.woken // there is data now
	mustPanic[int](t, future.Box(client.Read(make([]byte, 4))), want)
	first.woken <- struct{}{}
	if n, err := first.end(); n != 4 || err != nil {
		t.Fatalf("the first read %d, %v", n, err)
	}
	// Now it is another one's turn, and after that has been dropped, the next one's.
	next := client.Read(make([]byte, 4))
	parked[int](t, &next)
	next.Drop()
	last := parked[int](t, future.Box(client.Read(make([]byte, 4))))
	must[int](t, future.Box(server.WriteAll([]byte("more"))))
	if n, err := last.end(); n != 4 || err != nil {
		t.Fatalf("the last read %d, %v", n, err)
	}
	// Whoever wrote their futures by hand may follow each other.
	for range 2 {
		parked(t, byHand(client))
	}
}

// Two WriteAlls of one connection do not mix their bytes.
func TestTwoWriters(t *testing.T) {
	client, server := pair(t)
	const size = 8 << 20
	first := parked[int](t, future.Box(client.WriteAll(make([]byte, size))))
	const want = "a second write to a Conn while another one waits"
	mustPanic[int](t, future.Box(client.WriteAll(make([]byte, size))), want)
	mustPanic[int](t, future.Box(client.Write([]byte("x"))), want)
	go func() { _, _ = future.BlockOn[int](&readAll{c: server, left: size}) }()
	if n, err := first.end(); n != size || err != nil {
		t.Fatalf("the first wrote %d, %v", n, err)
	}
	must[int](t, future.Box(client.WriteAll([]byte("x"))))
}

// readAll reads so many bytes.
type readAll struct {
	c    *netio.Conn
	left int
	p    [64 << 10]byte
}

func (r *readAll) Poll(cx *waker.Context) future.Poll[int] {
	for r.left > 0 {
		p := r.c.PollRead(cx, r.p[:min(len(r.p), r.left)])
		if p.IsPending() || p.Err() != nil {
			return p
		}
		n, _ := p.Result()
		r.left -= n
	}
	return future.Ready(0)
}

// After Close a second one is told that, as the first is.
func TestTwoReadersOfAClosedConn(t *testing.T) {
	client, _ := pair(t)
	first := parked[int](t, future.Box(client.Read(make([]byte, 4))))
	client.Close()
	mustFail[int](t, future.Box(client.Read(make([]byte, 4))), net.ErrClosed)
	if _, err := first.end(); err == nil {
		t.Error("the first read succeeds")
	}
}
