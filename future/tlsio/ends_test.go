package tlsio_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/waker"
)

// After CloseWrite the peer reads what was written, and io.EOF for good; the other direction goes on.
func TestCloseWrite(t *testing.T) {
	server, client := linked(t, tls.VersionTLS13, 1<<12)
	both(t, func(co *future.Co) error {
		if _, err := server.WriteAll([]byte("last")).Await(co); err != nil {
			return err
		}
		if err := server.CloseWrite(); err != nil {
			return err
		}
		if _, err := server.WriteAll([]byte("more")).Await(co); err == nil {
			t.Error("a write after CloseWrite: no error")
		}
		got, err := aio.ReadAll(server, 100).Await(co)
		if string(got) != "answer" {
			t.Errorf("read %q, %v", got, err)
		}
		return err
	}, func(co *future.Co) error {
		got, err := aio.ReadAll(client, 100).Await(co)
		if string(got) != "last" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
		if _, err := client.Read(make([]byte, 1)).Await(co); err != io.EOF || !client.PeerEnded() {
			t.Errorf("then %v, said: %v", err, client.PeerEnded())
		}
		if _, err := client.WriteAll([]byte("answer")).Await(co); err != nil {
			return err
		}
		return client.CloseWrite()
	})
	if err := server.CloseWrite(); err != nil {
		t.Errorf("a second CloseWrite: %v", err)
	}
}

// A stream that is full when the end is said gets the close_notify as soon as it has room, though nobody reads at this side any more.
func TestEndThatIsSaidToAFullStream(t *testing.T) {
	const size = 100
	server, client := linked(t, tls.VersionTLS13, size)
	fills := make([]byte, size-22) // with what a record adds
	both(t, func(co *future.Co) error {
		if _, err := server.Read(make([]byte, 1)).Await(co); err != io.EOF {
			t.Errorf("read: %v", err)
		}
		if _, err := server.WriteAll(fills).Await(co); err != nil {
			return err
		}
		if server.Stream().PollWrite(co.Context(), []byte{0}).IsReady() {
			t.Fatal("the stream is not full")
		}
		_, err := aio.CloseWrite(server).Await(co)
		return err
	}, func(co *future.Co) error {
		if err := client.CloseWrite(); err != nil {
			return err
		}
		got, err := aio.ReadAll(client, 1000).Await(co)
		if len(got) != len(fills) || !client.PeerEnded() {
			t.Errorf("%d bytes came, said: %v", len(got), client.PeerEnded())
		}
		return err
	})
}

// Close says the end to the peer, and fails what waits at its own end.
func TestCloseWhileReading(t *testing.T) {
	server, client := linked(t, tls.VersionTLS13, 1<<12)
	waits, begun := make(chan error, 2), make(chan bool, 2)
	for _, c := range []*tlsio.Conn{server, client} {
		go func() {
			op := c.Read(make([]byte, 1))
			_, err := future.BlockOn(future.Func(func(cx *waker.Context) future.Poll[int] {
				p := op.Poll(cx)
				if p.IsPending() {
					select {
					case begun <- true: // it has left the connection, which Close can then say the end on
					default:
					}
				}
				return p
			}))
			waits <- err
		}()
	}
	<-begun
	<-begun
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := <-waits; err != io.EOF && err != net.ErrClosed && err != io.ErrClosedPipe {
			t.Errorf("a read failed with %v", err)
		}
	}
	if !client.PeerEnded() {
		t.Error("no close_notify came")
	}
	if _, err := run(server.WriteAll([]byte("x"))); err != net.ErrClosed {
		t.Errorf("a write after Close: %v", err)
	}
	client.Close()
}

// The end of the stream without a close_notify is io.EOF between two records, which PeerEnded tells from an end that was said, and
// io.ErrUnexpectedEOF within one. Both are final.
func TestTruncation(t *testing.T) {
	for _, within := range []bool{false, true} {
		sc, cc := pair(t, tls.VersionTLS13)
		a, b := ends(1 << 12)
		s := &cutOff{Stream: a, left: 1 << 20}
		server, client := tlsio.Server(s, sc), tlsio.Client(b, cc)
		both(t, func(co *future.Co) error {
			if err := shake(co, server); err != nil {
				return err
			}
			if within {
				s.left = 20
			}
			_, err := server.WriteAll([]byte("some bytes")).Await(co)
			if within != errors.Is(err, io.ErrClosedPipe) {
				t.Errorf("the write came to %v", err)
			}
			return a.Close()
		}, func(co *future.Co) error {
			if err := shake(co, client); err != nil {
				return err
			}
			got, err := aio.ReadAll(client, 100).Await(co)
			if want := map[bool]error{false: nil, true: io.ErrUnexpectedEOF}[within]; err != want || !within && string(got) != "some bytes" {
				t.Errorf("read %q, %v; want %v", got, err, want)
			}
			if _, err := client.Read(make([]byte, 1)).Await(co); within != (err == io.ErrUnexpectedEOF) || client.PeerEnded() {
				t.Errorf("then %v, said: %v", err, client.PeerEnded())
			}
			return nil
		})
	}
}

// cutOff is a stream that closes after so many bytes written.
type cutOff struct {
	tlsio.Stream
	left int
}

func (c *cutOff) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	if c.left == 0 {
		return future.Failed[int](io.ErrClosedPipe)
	}
	a := c.Stream.PollWrite(cx, p[:min(len(p), c.left)])
	n, _ := a.Result()
	c.left -= n
	return a
}

// What is no TLS fails the handshake of a server, with crypto/tls's error; what has been tampered with fails a read, for good.
func TestGarbage(t *testing.T) {
	sc, _ := pair(t, tls.VersionTLS13)
	a, b := aio.Duplex(1 << 12)
	server := tlsio.Server(a, sc)
	both(t, func(co *future.Co) error {
		var header tls.RecordHeaderError
		if err := shake(co, server); !errors.As(err, &header) {
			t.Errorf("the handshake came to %v", err)
		}
		return nil
	}, func(co *future.Co) error {
		_, err := b.WriteAll([]byte("GET / HTTP/1.1\r\n\r\n")).Await(co)
		return err
	})
	left, right := linked(t, tls.VersionTLS13, 1<<12)
	both(t, func(co *future.Co) error {
		_, err := aio.WriteAll(left.Stream(), []byte("\x17\x03\x03\x00\x1f this is not what was encrypted")).Await(co)
		return err
	}, func(co *future.Co) error {
		_, err := right.Read(make([]byte, 1)).Await(co)
		if err == nil {
			t.Error("a forged record was read")
		}
		if _, again := right.Read(make([]byte, 1)).Await(co); again != err {
			t.Errorf("then %v, want %v", again, err)
		}
		return nil
	})
	if _, err := run(left.Read(make([]byte, 1))); err == nil || err.Error() != "remote error: tls: bad record MAC" {
		t.Errorf("the forger is told %v", err)
	}
}

// A deadline of the stream ends a read and a write, and neither is the last one.
func TestDeadlines(t *testing.T) {
	sc, cc := pair(t, tls.VersionTLS13)
	a, b := ends(1 << 12)
	s := &lateStream{Stream: a}
	server, client := tlsio.Server(s, sc), tlsio.Client(b, cc)
	both(t, func(co *future.Co) error { return shake(co, server) }, func(co *future.Co) error { return shake(co, client) })
	s.late = true
	if _, err := run(server.Read(make([]byte, 1))); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the read came to %v", err)
	}
	if n, err := run(server.WriteAll([]byte("late"))); n != 4 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the write came to %d, %v", n, err)
	}
	s.late = false
	both(t, func(co *future.Co) error {
		_, err := server.WriteAll([]byte(", but there")).Await(co)
		return err
	}, func(co *future.Co) error {
		buf := make([]byte, 15)
		_, err := aio.ReadFull(client, buf).Await(co)
		if string(buf) != "late, but there" {
			t.Errorf("read %q, %v", buf, err)
		}
		_, err = client.WriteAll([]byte("x")).Await(co)
		return err
	})
	if n, err := run(server.Read(make([]byte, 1))); n != 1 || err != nil {
		t.Errorf("a read after that: %d, %v", n, err)
	}
}

// lateStream is one whose deadline has passed, while it has.
type lateStream struct {
	tlsio.Stream
	late bool
}

func (l *lateStream) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	if l.late {
		return future.Failed[int](os.ErrDeadlineExceeded)
	}
	return l.Stream.PollRead(cx, p)
}

func (l *lateStream) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	if l.late {
		return future.Failed[int](os.ErrDeadlineExceeded)
	}
	return l.Stream.PollWrite(cx, p)
}
