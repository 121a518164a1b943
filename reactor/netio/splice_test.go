package netio_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor/netio"
)

// random returns n bytes.
func random(n int) []byte {
	data := make([]byte, n)
	rand.Read(data) // which never fails
	return data
}

// sendAll writes data in pieces of up to most bytes, and then the end.
func sendAll(t *testing.T, c *netio.Conn, data []byte, most int) {
	go func() {
		for _, p := range pieces(data, most) {
			if _, err := future.BlockOn[int](future.Box(c.WriteAll(p))); err != nil {
				t.Error(err)
				return
			}
		}
		if err := c.CloseWrite(); err != nil {
			t.Error(err)
		}
	}()
}

// A proxy of every pair of networks: large and small pieces in turns, both directions at once, and each end is passed on
// for itself.
func TestSpliceBoth(t *testing.T) {
	for network := range networks(t) {
		for other := range networks(t) {
			address, second := networks(t)[network], networks(t)[other]
			client, front := connect(t, listen(t, network, address))
			back, server := connect(t, listen(t, other, second))
			there, backwards := random(2<<20), random(200_000)
			sendAll(t, client, there, 300_000) // its end comes while the other one goes on
			proxied := make(chan error, 1)
			op := netio.SpliceBoth(front, back)
			go func() {
				c, err := future.BlockOn[aio.Copied](&op)
				if want := (aio.Copied{AToB: int64(len(there)), BToA: int64(len(backwards))}); err == nil && c != want {
					t.Errorf("copied %+v, want %+v", c, want)
				}
				proxied <- err
			}()
			if got := <-received(t, server); !bytes.Equal(got, there) {
				t.Fatalf("%s to %s: %d bytes arrived", network, other, len(got))
			}
			sendAll(t, server, backwards, 3_000)
			if got := <-received(t, client); !bytes.Equal(got, backwards) {
				t.Fatalf("%s to %s, back: %d bytes arrived", network, other, len(got))
			}
			if err := <-proxied; err != nil {
				t.Errorf("%s to %s: %v", network, other, err)
			}
		}
	}
}

// A reader that does not read slows the sender down; dropped then, the operation tells what arrived, and both
// connections go on.
func TestDroppedSplice(t *testing.T) {
	client, front := pair(t)
	back, server := pair(t)
	op := netio.Splice(back, front)
	k, p := start[int64](t, &op)
	if p.IsReady() {
		t.Fatal(p.Result())
	}
	write := client.WriteAll(make([]byte, 64<<20))
	sending := parked[int](t, &write)
	for op.Written() < 100_000 {
		select {
		case <-sending.woken:
			write.Poll(&sending.cx)
		case <-k.woken:
			op.Poll(&k.cx)
		case <-time.After(patience):
			t.Fatal("nothing moves")
		}
	}
	written := op.Written()
	op.Drop()
	if written == 0 || op.Written() != written {
		t.Errorf("written %d, after the Drop %d", written, op.Written())
	}
	mustPanic[int64](t, &op, "SpliceOp polled after Ready (or after Drop)")
	write.Drop()
	all := received(t, server)
	must[int](t, future.Box(back.WriteAll([]byte("end"))))
	back.CloseWrite()
	if got := <-all; int64(len(got)) != written+3 || string(got[len(got)-3:]) != "end" {
		t.Errorf("%d bytes arrived of %d", len(got), written+3)
	}
}

// Dropped while both directions wait, two connections are read by others again, and none of them is closed.
func TestDroppedSpliceBoth(t *testing.T) {
	client, front := pair(t)
	back, server := pair(t)
	op := netio.SpliceBoth(front, back)
	k := parked[aio.Copied](t, &op)
	must[int](t, future.Box(client.WriteAll([]byte("there"))))
	for op.Copied().AToB == 0 {
		if <-k.woken; op.Poll(&k.cx).IsReady() {
			t.Fatal("ready, and none of the connections has ended")
		}
	}
	op.Drop()
	if c := op.Copied(); c != (aio.Copied{AToB: 5}) {
		t.Errorf("after the Drop %+v", c)
	}
	mustPanic[aio.Copied](t, &op, "SpliceBothOp polled after Ready (or after Drop)")
	if got := readFull(t, server, 5); got != "there" {
		t.Errorf("%q arrived", got)
	}
	must[int](t, future.Box(client.WriteAll([]byte("front"))))
	must[int](t, future.Box(server.WriteAll([]byte("back"))))
	if a, b := readFull(t, front, 5), readFull(t, back, 4); a != "front" || b != "back" {
		t.Errorf("after the Drop %q and %q came", a, b)
	}
}

func TestSpliceFails(t *testing.T) {
	client, front := pair(t)
	back, server := pair(t)
	if err := server.SetLinger(0); err != nil {
		t.Fatal(err)
	}
	server.Close() // reset
	must[int](t, future.Box(client.WriteAll(random(10_000))))
	op := netio.SpliceBoth(front, back)
	if _, err := await[aio.Copied](t, &op); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("to a peer that is gone: %v", err)
	}
	front.Close()
	mustFail[int64](t, future.Box(netio.Splice(back, front)), net.ErrClosed)
	// Both ends can be used once more.
	a, b := pair(t)
	waiting := parked[int64](t, future.Box(netio.Splice(a, b)))
	b.Close()
	if _, err := waiting.end(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// fill writes to a Unix socket until there is no room: nor is there any later, as with TCP, whose system moves on what
// it was handed.
func fill(t *testing.T, c *netio.Conn) {
	t.Helper()
	for room := make([]byte, 1<<20); ; {
		if _, err := c.TryWrite(room); err == netio.ErrWouldBlock {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// A flow that waits for its destination has writing there to itself, and one that waits for its source reading.
func TestSpliceHasItsTurns(t *testing.T) {
	client, front := pair(t)
	back, _ := connect(t, listen(t, "unix", socketPath(t)))
	op := netio.Splice(back, front)
	k := parked[int64](t, &op)
	mustPanicOf(t, "a second read", func() { front.TryRead(make([]byte, 1)) })
	if !dialsQueue {
		return // there the next step is up to goroutines
	}
	fill(t, back)
	must[int](t, future.Box(client.WriteAll([]byte("x"))))
	<-k.woken
	if p := op.Poll(&k.cx); p.IsReady() {
		t.Fatal(p.Result())
	}
	mustPanicOf(t, "a second write", func() { back.TryWrite(make([]byte, 1)) })
	if _, err := front.TryRead(make([]byte, 1)); err != netio.ErrWouldBlock {
		t.Error(err)
	}
	op.Drop()
	if _, err := back.TryWrite(make([]byte, 1)); err != netio.ErrWouldBlock {
		t.Error(err)
	}
}
