package netio_test

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// readable waits until a connection may be read from.
func readable(t *testing.T, c *netio.Conn) {
	t.Helper()
	op := c.Readable()
	k, p := start[future.Unit](t, &op)
	if p.IsPending() {
		if _, err := k.end(); err != nil {
			t.Fatal(err)
		}
	} else if p.Err() != nil {
		t.Fatal(p.Err())
	}
}

// tryRead waits and tries until there is something.
func tryRead(t *testing.T, c *netio.Conn, p []byte) (int, error) {
	t.Helper()
	for {
		readable(t, c)
		if n, err := c.TryRead(p); err != netio.ErrWouldBlock {
			return n, err
		}
	}
}

func TestReadableHasNoBufferAndLosesNothing(t *testing.T) {
	client, server := pair(t)
	p := make([]byte, 16)
	// A new connection may be ready without cause; what TryRead says then is the truth.
	for {
		op := server.Readable()
		k, first := start[future.Unit](t, &op)
		if first.IsPending() {
			op.Drop() // given up: the next wait finds what arrives
			k.f = nil
			break
		}
		if n, err := server.TryRead(p); n != 0 || err != netio.ErrWouldBlock {
			t.Fatalf("TryRead of nothing: %d, %v; want ErrWouldBlock", n, err)
		}
	}
	if n, err := client.TryWrite([]byte("hello")); n != 5 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := tryRead(t, server, p); string(p[:n]) != "hello" || err != nil {
		t.Fatalf("%q, %v", p[:n], err)
	}
	if n, err := server.TryRead(p); n != 0 || err != netio.ErrWouldBlock {
		t.Fatalf("TryRead of nothing more: %d, %v", n, err)
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := tryRead(t, server, p); n != 0 || err != io.EOF {
		t.Fatalf("after the peer closed: %d, %v; want io.EOF", n, err)
	}
}

// What is tried before anything has ever waited, and would block, is told of all the same.
func TestReadableAfterATryBeforeIt(t *testing.T) {
	client, server := pair(t)
	p := make([]byte, 16)
	for range 3 {
		if n, err := server.TryRead(p); n != 0 || err != netio.ErrWouldBlock {
			t.Fatal(n, err)
		}
	}
	if n, err := client.TryWrite([]byte("x")); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := tryRead(t, server, p); n != 1 || err != nil {
		t.Fatal(n, err)
	}
}

func TestWritableWaitsForRoom(t *testing.T) {
	client, server := pair(t)
	chunk := make([]byte, 64<<10)
	written := 0
	for {
		op := client.Writable()
		_, p := start[future.Unit](t, &op)
		if p.IsPending() {
			op.Drop()
			break
		}
		n, err := client.TryWrite(chunk)
		if err != nil && err != netio.ErrWouldBlock {
			t.Fatal(err)
		}
		written += n
	}
	op := client.Writable()
	k, p := start[future.Unit](t, &op)
	for read := 0; read < written; {
		n, err := tryRead(t, server, chunk)
		if err != nil {
			t.Fatal(err)
		}
		read += n
	}
	if p.IsPending() {
		if _, err := k.end(); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := client.TryWrite([]byte("room")); n != 4 || err != nil {
		t.Fatal(n, err)
	}
}

func TestReadinessEndsWithDeadlinesAndClose(t *testing.T) {
	client, server := pair(t)
	mustSet(t, server.SetReadDeadline, time.Now().Add(-time.Second))
	op := server.Readable()
	if _, p := start[future.Unit](t, &op); !p.IsReady() || !errors.Is(p.Err(), os.ErrDeadlineExceeded) {
		t.Fatal(p)
	}
	if _, err := server.TryRead(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	mustSet(t, server.SetReadDeadline, time.Time{})
	if _, err := server.TryRead(make([]byte, 1)); err != netio.ErrWouldBlock {
		t.Fatal(err)
	}
	wait := server.Readable()
	k := parked[future.Unit](t, &wait)
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := k.end(); !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
	if _, err := server.TryRead(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
	if _, err := server.TryWrite([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
	if n, err := client.TryWrite(nil); n != 0 || err != nil {
		t.Fatal(n, err)
	}
}

// A read beside a wait for readability is refused, in either order, as two reads are.
func TestOneWaitsForADirection(t *testing.T) {
	_, server := pair(t)
	if _, err := server.TryRead(make([]byte, 1)); err != netio.ErrWouldBlock {
		t.Fatal(err)
	}
	wait := server.Readable()
	parked[future.Unit](t, &wait)
	mustPanic(t, future.Func(func(*waker.Context) future.Poll[int] {
		return future.Done(server.TryRead(make([]byte, 1)))
	}), "second read")
	read := server.Read(make([]byte, 1))
	mustPanic[int](t, &read, "second read")
	wait.Drop()
	parked[int](t, &read)
	second := server.Readable()
	mustPanic[future.Unit](t, &second, "second read")
	read.Drop()
	mustPanic[future.Unit](t, new(netio.ReadyOp), "ReadyOp polled after Ready")
}
