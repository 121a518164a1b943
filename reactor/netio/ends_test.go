package netio_test

import (
	"errors"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
)

// A connection's writing side may be closed again, and after a reset.
func TestCloseWriteAgain(t *testing.T) {
	client, server := pair(t)
	for range 3 {
		if err := client.CloseWrite(); err != nil {
			t.Fatal(err)
		}
	}
	mustEOF(t, server)

	client, server = pair(t)
	read := parked[int](t, future.Box(client.Read(make([]byte, 1))))
	if err := server.SetLinger(0); err != nil {
		t.Fatal(err)
	}
	server.Close()
	if _, err := read.end(); !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("the read ended with %v", err)
	}
	if err := client.CloseWrite(); err != nil && !cut(err) {
		t.Errorf("CloseWrite after a reset: %v", err)
	}
}

// An accept of a Unix listener that nobody dials waits for its timeout.
func TestAcceptTimeout(t *testing.T) {
	for network, address := range networks(t) {
		l := listen(t, network, address)
		_, err := future.BlockOn(future.Box(clock.Timeout(l.Accept(), time.Millisecond)))
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the accept ended with %v", network, err)
		}
	}
}

// Listener and dialler are tasks of one local pool.
func TestLocalPoolServesItself(t *testing.T) {
	for network, address := range networks(t) {
		l := listen(t, network, address)
		pool := future.NewLocalPool()
		future.Spawn(pool, future.Async(func(co *future.Co) (int, error) {
			c, err := l.Accept().Await(co)
			if err != nil {
				return 0, err
			}
			defer c.Close()
			return c.WriteAll([]byte("hello")).Await(co)
		}))
		got, err := future.RunUntil(pool, future.Async(func(co *future.Co) (string, error) {
			c, err := future.Await(co, netio.Dial(network, l.Addr().String()))
			if err != nil {
				return "", err
			}
			s := netio.NewStream(co, c)
			defer s.Close()
			text, err := io.ReadAll(s)
			return string(text), err
		}))
		if got != "hello" || err != nil {
			t.Errorf("%s: %q, %v", network, got, err)
		}
		pool.Close()
	}
}
