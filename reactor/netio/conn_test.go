package netio_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// echo is a server for one connection as a state machine over the poll methods.
type echo struct {
	conn *netio.Conn
	buf  [4096]byte
	rest []byte
}

func (e *echo) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for {
		for len(e.rest) > 0 {
			p := e.conn.PollWrite(cx, e.rest)
			if p.IsPending() {
				return future.Pending[future.Unit]()
			}
			n, err := p.Result()
			if err != nil {
				return future.Failed[future.Unit](err)
			}
			e.rest = e.rest[n:]
		}
		p := e.conn.PollRead(cx, e.buf[:])
		if p.IsPending() {
			return future.Pending[future.Unit]()
		}
		n, err := p.Result()
		if err == io.EOF {
			return future.Done(future.Unit{}, e.conn.CloseWrite())
		}
		if err != nil {
			return future.Failed[future.Unit](err)
		}
		e.rest = e.buf[:n]
	}
}

// A message much larger than any buffer on the way comes back whole: the reader and the
// writer of the client are different goroutines, and every write blocks many times.
func TestEchoComesBackWhole(t *testing.T) {
	message := make([]byte, 8<<20)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(message)
	for network, address := range networks(t) {
		t.Run(network, func(t *testing.T) {
			client, server := connect(t, listen(t, network, address))
			served := make(chan error, 1)
			go func() {
				_, err := future.BlockOn[future.Unit](&echo{conn: server})
				served <- err
			}()
			wrote := make(chan error, 1)
			go func() {
				n, err := future.BlockOn[int](future.Box(client.WriteAll(message)))
				if err == nil && n != len(message) {
					err = io.ErrShortWrite
				}
				wrote <- errors.Join(err, client.CloseWrite())
			}()
			var got bytes.Buffer
			buf := make([]byte, 64<<10)
			for {
				n, err := future.BlockOn[int](future.Box(client.Read(buf)))
				got.Write(buf[:n])
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(<-wrote, <-served); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), message) {
				t.Fatalf("%d bytes came back of %d, or not the same", got.Len(), len(message))
			}
		})
	}
}

func TestEndOfStreamStays(t *testing.T) {
	client, server := pair(t)
	read := parked[int](t, future.Box(client.Read(make([]byte, 8))))
	server.Close()
	if n, err := read.end(); n != 0 || err != io.EOF {
		t.Fatalf("read %d, %v; want a bare io.EOF", n, err)
	}
	mustEOF(t, client)
	mustEOF(t, client)
}

// What the peer sent before it closed is read, and then the end, although the last read
// is short and no event follows it.
func TestDataAndEndTogether(t *testing.T) {
	for network, address := range networks(t) {
		t.Run(network+"/fresh", func(t *testing.T) {
			client, server := connect(t, listen(t, network, address))
			must[int](t, future.Box(server.WriteAll([]byte("last words"))))
			server.Close()
			if got := readFull(t, client, 10); got != "last words" {
				t.Fatalf("read %q", got)
			}
			mustEOF(t, client)
		})
		t.Run(network+"/registered", func(t *testing.T) {
			client, server := connect(t, listen(t, network, address))
			read := parked[int](t, future.Box(client.Read(make([]byte, 64))))
			must[int](t, future.Box(server.WriteAll([]byte("x"))))
			server.Close()
			if n, err := read.end(); n != 1 || err != nil {
				t.Fatalf("read %d, %v", n, err)
			}
			mustEOF(t, client)
		})
	}
}

func TestHalfClose(t *testing.T) {
	client, server := pair(t)
	if err := client.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	mustEOF(t, server)
	must[int](t, future.Box(server.WriteAll([]byte("still here"))))
	if got := readFull(t, client, 10); got != "still here" {
		t.Fatalf("read %q", got)
	}
	mustFail[int](t, future.Box(client.WriteAll([]byte("x"))), syscall.EPIPE)
}

func TestReset(t *testing.T) {
	client, server := pair(t)
	read := parked[int](t, future.Box(client.Read(make([]byte, 8))))
	if err := server.SetLinger(0); err != nil {
		t.Fatal(err)
	}
	server.Close()
	_, err := read.end()
	var op *net.OpError
	if !errors.Is(err, syscall.ECONNRESET) || !errors.As(err, &op) || op.Op != "read" || op.Net != "tcp" {
		t.Fatalf("read failed with %v; want a *net.OpError of a reset connection", err)
	}
}

// What came before a reset is still read, and both directions are ready for it.
func TestDataBeforeAReset(t *testing.T) {
	client, server := pair(t)
	if _, err := client.TryRead(make([]byte, 8)); err != netio.ErrWouldBlock {
		t.Fatal(err)
	}
	readable := parked[future.Unit](t, future.Box(client.Readable()))
	must[int](t, future.Box(server.WriteAll([]byte("hello world"))))
	if err := server.SetLinger(0); err != nil {
		t.Fatal(err)
	}
	server.Close()
	if _, err := readable.end(); err != nil {
		t.Fatal(err)
	}
	must[future.Unit](t, future.Box(client.Writable()))
	if got := readFull(t, client, 11); got != "hello world" {
		t.Errorf("read %q", got)
	}
	mustFail[int](t, future.Box(client.Read(make([]byte, 8))), syscall.ECONNRESET)
}

// A waker that drops what it was to wake, as that of an executor that ends, finds no lock held.
func TestDropInAWakeUp(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	accept := l.Accept()
	dropped := make(chan struct{})
	polled := make(chan struct{})
	cx := waker.FromWaker(waker.FromFunc(func() {
		<-polled
		accept.Drop()
		l.Close()
		close(dropped)
	}))
	if !accept.Poll(&cx).IsPending() {
		t.Fatal("accepted what nobody has sent")
	}
	close(polled)
	if c, err := net.Dial("tcp", l.Addr().String()); err == nil { // it may be reset already
		defer c.Close()
	}
	select {
	case <-dropped:
	case <-time.After(patience):
		t.Fatal("the waker does not return")
	}
}

// A writer that waits for room learns that the peer is gone.
func TestResetWhileWriting(t *testing.T) {
	client, server := pair(t)
	write := parked[int](t, future.Box(client.WriteAll(make([]byte, 64<<20))))
	server.SetLinger(0)
	server.Close()
	n, err := write.end()
	if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		t.Fatalf("write ended with %d, %v", n, err)
	}
	if n <= 0 || n >= 64<<20 {
		t.Errorf("it says that %d bytes were written before", n)
	}
}

func TestEmptyBuffers(t *testing.T) {
	client, _ := pair(t)
	for name, f := range map[string]future.Future[int]{
		"Read": future.Box(client.Read(nil)), "Write": future.Box(client.Write([]byte{})), "WriteAll": future.Box(client.WriteAll(nil)),
	} {
		if _, p := start(t, f); !p.IsReady() || p.Err() != nil {
			t.Errorf("%s of no bytes: %v, %v; want ready at once", name, p.IsReady(), p.Err())
		}
	}
}

// A task whose input is always there stops when its budget is spent, woken already.
func TestBudget(t *testing.T) {
	client, server := pair(t)
	must[int](t, future.Box(client.WriteAll(make([]byte, 100))))
	readFull(t, server, 10) // the rest is there too
	woken := 0
	budget := waker.NewBudget(3)
	cx := waker.NewContext(waker.FromFunc(func() { woken++ }), nil, &budget)
	for i := range 5 {
		p := server.PollRead(&cx, make([]byte, 1))
		if p.IsReady() != (i < 3) {
			t.Fatalf("read %d: ready %v with a budget of 3", i, p.IsReady())
		}
	}
	if woken != 2 {
		t.Errorf("woken %d times by 2 refused reads", woken)
	}
}

// A read that was given up takes its waker back and loses nothing.
func TestDroppedReadLeavesTheData(t *testing.T) {
	client, server := pair(t)
	p := make([]byte, 8)
	op := client.Read(p)
	first := parked[int](t, &op)
	op.Drop()
	must[int](t, future.Box(server.WriteAll([]byte("later"))))
	if got := readFull(t, client, 5); got != "later" {
		t.Fatalf("the next read got %q", got)
	}
	if !bytes.Equal(p, make([]byte, 8)) {
		t.Errorf("the dropped read wrote %q into its buffer", p)
	}
	if first.wasWoken() {
		t.Error("the task that gave up was woken")
	}
}

func TestDroppedWriteLetsTheNextOneGo(t *testing.T) {
	client, server := pair(t)
	big := client.WriteAll(make([]byte, 64<<20))
	parked[int](t, &big)
	big.Drop()
	n := big.Written()
	if n == 0 {
		t.Fatal("nothing was written before the drop")
	}
	last := client.WriteAll([]byte("end"))
	k := parked[int](t, &last)
	readFull(t, server, n)
	if _, err := k.end(); err != nil {
		t.Fatal(err)
	}
	if got := readFull(t, server, 3); got != "end" {
		t.Fatalf("after the %d bytes of the dropped write came %q", n, got)
	}
}

func TestMisuseOfOps(t *testing.T) {
	client, _ := pair(t)
	mustPanic := func(name string, f func()) {
		t.Helper()
		defer func() {
			if v, _ := recover().(string); v == "" || v[:6] != "netio:" {
				t.Errorf("%s: panic %q", name, v)
			}
		}()
		f()
	}
	cx := waker.FromWaker(waker.Noop())
	mustPanic("an op that was never set", func() { new(netio.ReadOp).Poll(&cx) })
	done := client.Read(nil)
	done.Poll(&cx)
	mustPanic("polled after Ready", func() { done.Poll(&cx) })
	waiting := client.Read(make([]byte, 1))
	waiting.Poll(&cx)
	waiting.Drop()
	mustPanic("polled after Drop", func() { waiting.Poll(&cx) })
}

func TestAddresses(t *testing.T) {
	for network, address := range networks(t) {
		t.Run(network, func(t *testing.T) {
			l := listen(t, network, address)
			client, server := connect(t, l)
			for _, c := range []struct {
				what string
				a, b net.Addr
			}{
				{"the client's peer and the listener", client.RemoteAddr(), l.Addr()},
				{"the server's peer and the client", server.RemoteAddr(), client.LocalAddr()},
			} {
				if c.a.String() != c.b.String() || c.a.Network() != c.b.Network() {
					t.Errorf("%s differ: %v, %v", c.what, c.a, c.b)
				}
			}
			known := client.RemoteAddr().String()
			client.Close()
			if got := client.RemoteAddr().String(); got != known {
				t.Errorf("after Close the peer is %s, before it was %s", got, known)
			}
		})
	}
}
