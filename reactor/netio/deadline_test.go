package netio_test

import (
	"errors"
	"math"
	"net"
	"os"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
)

func mustSet(t *testing.T, set func(time.Time) error, at time.Time) {
	t.Helper()
	if err := set(at); err != nil {
		t.Fatal(err)
	}
}

var past = time.Unix(1, 0)

// A deadline that is over fails what is tried, though there is data, until it is lifted.
func TestPastDeadline(t *testing.T) {
	client, server := pair(t)
	must[int](t, future.Box(server.WriteAll([]byte("data"))))
	mustSet(t, client.SetReadDeadline, past)
	err := mustFail[int](t, future.Box(client.Read(make([]byte, 4))), os.ErrDeadlineExceeded)
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("%v is no net.Error with a timeout", err)
	}
	must[int](t, future.Box(client.WriteAll([]byte("the other direction"))))
	mustSet(t, client.SetReadDeadline, time.Time{})
	if got := readFull(t, client, 4); got != "data" {
		t.Errorf("after that it read %q", got)
	}
	mustSet(t, client.SetWriteDeadline, past)
	mustFail[int](t, future.Box(client.WriteAll([]byte("x"))), os.ErrDeadlineExceeded)
}

// Deadlines take effect on what is waiting: the first one ever set on a connection, a
// later one, and one that is moved nearer.
func TestDeadlineWhileWaiting(t *testing.T) {
	client, server := pair(t)
	for _, first := range []string{"the first", "a later", "one moved nearer"} {
		if first == "one moved nearer" {
			mustSet(t, client.SetReadDeadline, time.Now().Add(time.Hour))
		}
		read := parked[int](t, future.Box(client.Read(make([]byte, 4))))
		mustSet(t, client.SetReadDeadline, time.Now().Add(time.Millisecond))
		if _, err := read.end(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("%s: %v", first, err)
		}
		mustSet(t, client.SetReadDeadline, time.Time{})
	}
	// Nothing is lost by it.
	must[int](t, future.Box(server.WriteAll([]byte("data"))))
	if got := readFull(t, client, 4); got != "data" {
		t.Errorf("after that it read %q", got)
	}
}

// The first deadline of a connection is for one direction, the next one for the other, where somebody waits since
// before both.
func TestDeadlineAfterOneOfTheOtherDirection(t *testing.T) {
	reader, _ := pair(t)
	read := parked[int](t, future.Box(reader.Read(make([]byte, 4))))
	mustSet(t, reader.SetWriteDeadline, time.Now().Add(time.Hour))
	mustSet(t, reader.SetReadDeadline, past)
	if _, err := read.end(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the read ended with %v", err)
	}
	writer, _ := pair(t)
	write := parked[int](t, future.Box(writer.WriteAll(make([]byte, 64<<20))))
	mustSet(t, writer.SetReadDeadline, time.Now().Add(time.Hour))
	mustSet(t, writer.SetWriteDeadline, past)
	if _, err := write.end(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the write ended with %v", err)
	}
}

func TestPastDeadlineWhileWaiting(t *testing.T) {
	client, _ := pair(t)
	read := parked[int](t, future.Box(client.Read(make([]byte, 4))))
	write := parked[int](t, future.Box(client.WriteAll(make([]byte, 64<<20))))
	mustSet(t, client.SetDeadline, past)
	if _, err := read.end(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read: %v", err)
	}
	if n, err := write.end(); !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 {
		t.Errorf("write: %d, %v; want what went before the deadline", n, err)
	}
}

// A deadline that was lifted or moved away does not end what waits.
func TestLiftedDeadline(t *testing.T) {
	for _, to := range []time.Time{{}, time.Now().Add(time.Hour), time.Unix(math.MaxInt32*1000, 0)} {
		client, server := pair(t)
		mustSet(t, client.SetReadDeadline, time.Now().Add(time.Hour))
		read := parked[int](t, future.Box(client.Read(make([]byte, 4))))
		mustSet(t, client.SetReadDeadline, to)
		// Were it not lifted, one that is over by now would end the read.
		must(t, future.Box(clock.Sleep(2*time.Millisecond)))
		must[int](t, future.Box(server.WriteAll([]byte("data"))))
		if n, err := read.end(); n != 4 || err != nil {
			t.Errorf("moved to %v: read %d, %v", to, n, err)
		}
	}
}

// Deadlines are set by other threads than those that wait.
func TestDeadlinesFromManyThreads(t *testing.T) {
	client, server := pair(t)
	stop := make(chan struct{})
	stopped := make(chan struct{})
	for range 2 {
		go func() {
			defer func() { stopped <- struct{}{} }()
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				at := time.Now().Add(time.Hour)
				if i%2 == 0 {
					at = time.Time{}
				}
				if err := client.SetDeadline(at); err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	for range 200 {
		read := parked[int](t, future.Box(client.Read(make([]byte, 4))))
		must[int](t, future.Box(server.WriteAll([]byte("data"))))
		if n, err := read.end(); n != 4 || err != nil {
			t.Fatalf("read %d, %v", n, err)
		}
	}
	close(stop)
	<-stopped
	<-stopped
}

func TestDeadlineOfClosedConn(t *testing.T) {
	fresh, _ := pair(t)
	used, _ := pair(t)
	mustSet(t, used.SetDeadline, past)
	for _, c := range []*netio.Conn{fresh, used} {
		c.Close()
		if err := c.SetDeadline(past); !errors.Is(err, net.ErrClosed) {
			t.Errorf("SetDeadline after Close: %v", err)
		}
		mustFail[int](t, future.Box(c.Read(make([]byte, 1))), net.ErrClosed)
	}
}
