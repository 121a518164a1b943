package netio_test

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

func TestCloseEndsWhatWaits(t *testing.T) {
	client, _ := pair(t)
	read := parked[int](t, future.Box(client.Read(make([]byte, 8))))
	write := parked[int](t, future.Box(client.WriteAll(make([]byte, 64<<20))))
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := read.end(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the read ended with %v", err)
	}
	if _, err := write.end(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the write ended with %v", err)
	}
}

func TestUseAfterClose(t *testing.T) {
	client, _ := pair(t)
	client.Close()
	mustFail[int](t, future.Box(client.Read(make([]byte, 1))), net.ErrClosed)
	mustFail[int](t, future.Box(client.Write(make([]byte, 1))), net.ErrClosed)
	for name, err := range map[string]error{
		"Close": client.Close(), "CloseWrite": client.CloseWrite(),
		"Control": client.Control(func(uintptr) {}),
	} {
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s of a closed connection: %v", name, err)
		}
	}
}

// What was written before Close arrives, though nothing waits for it.
func TestCloseSendsWhatWasWritten(t *testing.T) {
	client, server := pair(t)
	must[int](t, future.Box(client.WriteAll(make([]byte, 100_000))))
	client.Close()
	readFull(t, server, 100_000)
	mustEOF(t, server)
}

// Descriptors are closed while other threads read them, and their numbers are at once
// those of new connections. Each connection carries its own number as its bytes: one
// that reads another's has been given its descriptor or its event.
func TestClosedDescriptorsReachNobody(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	go func() { // sends each connection back what it sends, until the listener closes
		for {
			c, err := future.BlockOn[*netio.Conn](future.Box(l.Accept()))
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = future.BlockOn[future.Unit](&echo{conn: c})
			}()
		}
	}()
	rounds := 300
	if testing.Short() {
		rounds = 50
	}
	var workers sync.WaitGroup
	for w := range 4 {
		workers.Go(func() {
			for i := range rounds {
				if err := identity(l.Addr().String(), uint64(w)<<32|uint64(i)); err != nil {
					t.Errorf("connection %d of %d: %v", i, w, err)
					return
				}
			}
		})
	}
	workers.Wait()
}

// identity echoes a number over a fresh connection, and closes that while it reads.
func identity(address string, id uint64) error {
	c, err := future.BlockOn(netio.Dial("tcp", address))
	if err != nil {
		return err
	}
	message := binary.BigEndian.AppendUint64(nil, id)
	if _, err := future.BlockOn[int](future.Box(c.WriteAll(message))); err != nil {
		return err
	}
	seen := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		var got [8]byte
		for n := 0; n < 8; {
			k, err := future.BlockOn[int](future.Box(c.Read(got[n:])))
			if err != nil {
				ended <- err
				return
			}
			n += k
		}
		close(seen)
		if binary.BigEndian.Uint64(got[:]) != id {
			ended <- errors.New("it read the bytes of another connection")
			return
		}
		_, err := future.BlockOn[int](future.Box(c.Read(got[:])))
		ended <- err
	}()
	select {
	case <-seen:
	case err := <-ended:
		return err
	}
	if id%2 == 0 {
		_ = c.SetLinger(0)
	}
	if err := c.Close(); err != nil {
		return err
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		return errors.Join(errors.New("the pending read ended with"), err)
	}
	return nil
}

// Both ends are cut by resets while messages flow; whatever happens is an end that
// says so.
func TestResetStorm(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	var all sync.WaitGroup
	for i := range 100 {
		client := must(t, netio.Dial("tcp", l.Addr().String()))
		server := must[*netio.Conn](t, future.Box(l.Accept()))
		all.Go(func() {
			defer server.Close()
			_, err := future.BlockOn[future.Unit](&echo{conn: server})
			if err != nil && !cut(err) {
				t.Errorf("server %d: %v", i, err)
			}
		})
		all.Go(func() {
			_, err := future.BlockOn[int](future.Box(client.WriteAll(make([]byte, 1000*i))))
			if err != nil && !cut(err) {
				t.Errorf("client %d: %v", i, err)
			}
			if i%2 == 0 {
				_ = client.SetLinger(0)
			}
			client.Close()
		})
	}
	all.Wait()
}

func cut(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, syscall.ENOTCONN) || errors.Is(err, io.EOF)
}

// Many threads close at once, one of them wins.
func TestConcurrentClose(t *testing.T) {
	for range 50 {
		client, _ := pair(t)
		read := parked[int](t, future.Box(client.Read(make([]byte, 1))))
		var wins, losses int
		results := make(chan error)
		for range 4 {
			go func() { results <- client.Close() }()
		}
		for range 4 {
			switch err := <-results; {
			case err == nil:
				wins++
			case errors.Is(err, net.ErrClosed):
				losses++
			}
		}
		if wins != 1 || losses != 3 {
			t.Fatalf("%d closes succeeded, %d failed with net.ErrClosed", wins, losses)
		}
		if _, err := read.end(); !errors.Is(err, net.ErrClosed) {
			t.Fatal(err)
		}
	}
}

// A listener that is closed ends the accept that waits.
func TestCloseListener(t *testing.T) {
	for network, address := range networks(t) {
		l := listen(t, network, address)
		accept := parked[*netio.Conn](t, future.Box(l.Accept()))
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := accept.end(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: accept ended with %v", network, err)
		}
		mustFail[*netio.Conn](t, future.Box(l.Accept()), net.ErrClosed)
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: a second Close: %v", network, err)
		}
	}
}
