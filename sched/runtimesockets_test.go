package sched_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// connection returns the ends of one.
func connection(t *testing.T, network, address string) (client, server *netio.Conn) {
	t.Helper()
	ln, err := netio.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if client, err = future.BlockOn(netio.Dial(network, ln.Addr().String())); err != nil {
		t.Fatal(err)
	}
	if server, err = future.BlockOn(future.Box(ln.Accept())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// Who waits for a socket on the reactor of a runtime is woken when that ends, and waits elsewhere from then on: it loses
// nothing. That is so for readiness as well as for bytes, and if the end comes at the very time of the poll.
func TestWaitsOutliveTheirRuntime(t *testing.T) {
	if !reactor.Descriptors {
		t.Skip("here no descriptor is waited for")
	}
	client, server := connection(t, "tcp", "127.0.0.1:0")
	for round := range 40 {
		rt := newRuntime(t, sched.Config{Workers: 1})
		woken := make(chan struct{}, 1)
		foreign := waker.FromFunc(func() {
			select {
			case woken <- struct{}{}:
			default:
			}
		})
		read, ready := server.Read(make([]byte, 8)), server.Readable()
		poll := func(own *waker.Context) bool { return read.Poll(own).IsReady() }
		if round%2 == 0 {
			poll = func(own *waker.Context) bool {
				for ready.Poll(own).IsReady() { // it may be once, without cause
					if _, err := server.TryRead(make([]byte, 8)); err != netio.ErrWouldBlock {
						return true
					}
					ready = server.Readable()
				}
				return false
			}
		}
		polled := make(chan struct{})
		sched.Spawn(rt, do(func(cx *waker.Context) bool {
			defer close(polled)
			own := cx.WithWaker(foreign)
			if poll(&own) {
				t.Error("ready, where nothing has come")
			}
			return true
		}))
		if round%4 < 2 {
			<-polled
		}
		if err := rt.Shutdown(soon(t)); err != nil {
			t.Fatal(err)
		}
		<-polled
		select {
		case <-woken:
		case <-soon(t).Done():
			t.Fatal("not woken by the end of its runtime")
		}
		if n, err := future.BlockOn(future.Box(client.WriteAll([]byte("x")))); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if round%2 == 0 {
			if _, err := await(future.Ref[future.Unit](&ready)); err != nil { // may be early again
				t.Fatal(err)
			}
			if n, err := await(server.Read(make([]byte, 8))); n != 1 || err != nil {
				t.Fatal(n, err)
			}
			read.Drop()
			continue
		}
		ready.Drop()
		if n, err := await(future.Ref[int](&read)); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
}

// A new connection may be written to at once, and is readable when something comes, again and again; one that is full is
// writable again when the other end has read.
func TestReadinessComesAgain(t *testing.T) {
	for network, address := range map[string]string{"tcp": "127.0.0.1:0", "unix": filepath.Join(t.TempDir(), "s")} {
		t.Run(network, func(t *testing.T) {
			rt := newRuntime(t, sched.Config{Workers: 2})
			defer shutdown(t, rt)
			a, b := connection(t, network, address)
			if _, err := sched.Run(soon(t), rt, future.Do(func(co *future.Co) error {
				return errors.Join(readsAgain(t, co, a, b), hasRoomAgain(co, a, b))
			})); err != nil {
				t.Error(err)
			}
		})
	}
}

func readsAgain(t *testing.T, co *future.Co, a, b *netio.Conn) error {
	for _, c := range []*netio.Conn{a, b} {
		if _, err := c.Writable().Await(co); err != nil {
			return err
		}
	}
	buf := make([]byte, 8)
	if n, err := a.TryRead(buf); n != 0 || err != netio.ErrWouldBlock {
		t.Errorf("read %d of nothing, %v", n, err)
	}
	for range 3 {
		reads := sched.Spawn(co, future.Async(func(co *future.Co) (int, error) {
			for {
				if _, err := a.Readable().Await(co); err != nil {
					return 0, err
				}
				if n, err := a.TryRead(buf); err != netio.ErrWouldBlock {
					return n, err
				}
			}
		}))
		if n, err := b.Write([]byte("0")).Await(co); n != 1 || err != nil {
			t.Errorf("wrote %d, %v", n, err)
		}
		if n, err := reads.Await(co); n != 1 || err != nil {
			t.Errorf("read %d, %v", n, err)
		}
	}
	return nil
}

func hasRoomAgain(co *future.Co, a, b *netio.Conn) error {
	buf := make([]byte, 64<<10)
	written := 0
	for written < 64<<20 {
		n, err := a.TryWrite(buf)
		if err == netio.ErrWouldBlock {
			break
		} else if err != nil {
			return err
		}
		written += n
	}
	room := sched.Spawn(co, future.Box(a.Writable()))
	for read := 0; read < written; {
		n, err := b.Read(buf).Await(co)
		if err != nil {
			return err
		}
		read += n
	}
	_, err := room.Await(co)
	return err
}
