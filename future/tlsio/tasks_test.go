package tlsio_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// One task writes and another one reads, at both ends, on several workers and through a pipe that is always full: everything
// arrives, and no worker is blocked.
func TestTwoTasks(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	total := 400_000
	if raceEnabled {
		total = 100_000
	}
	want := text(total)
	for _, size := range []int{100, 5000, 100_000} {
		server, client := linked(t, tls.VersionTLS13, size)
		var waits []func() error
		for _, c := range []*tlsio.Conn{server, client} {
			w := sched.Spawn(rt, &sender{c: c, p: want, sizes: mathrand.New(mathrand.NewPCG(uint64(size), 7))})
			waits = append(waits, func() error { _, err := w.Wait(context.Background()); return err })
			r := sched.Spawn(rt, aioReadAll(c, total))
			waits = append(waits, func() error {
				got, err := r.Wait(context.Background())
				if !bytes.Equal(got, want) {
					t.Errorf("pipe of %d: %d bytes came, which are not what was sent", size, len(got))
				}
				return err
			})
		}
		for _, wait := range waits {
			if err := wait(); err != nil {
				t.Error(err)
			}
		}
	}
}

func aioReadAll(c *tlsio.Conn, limit int) future.Future[[]byte] {
	return future.Box[[]byte](aio.ReadAll(c, limit))
}

// sender is a machine that writes p in pieces of any length, and says the end.
type sender struct {
	c     *tlsio.Conn
	p     []byte
	sizes *mathrand.Rand
	op    tlsio.WriteOp
	busy  bool
	end   aio.FlushOp
	ends  bool
}

func (s *sender) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for len(s.p) > 0 || s.busy {
		if !s.busy {
			n := min(len(s.p), 1+s.sizes.IntN(30_000))
			s.op, s.busy = s.c.WriteAll(s.p[:n]), true
			s.p = s.p[n:]
		}
		a := s.op.Poll(cx)
		if a.IsPending() {
			return future.Pending[future.Unit]()
		}
		s.busy = false
		if a.Err() != nil {
			return future.Failed[future.Unit](a.Err())
		}
	}
	if !s.ends {
		s.end, s.ends = aio.CloseWrite(s.c), true
	}
	return s.end.Poll(cx)
}

// Misuse is told by a panic that says what to do.
func TestMisuse(t *testing.T) {
	sc, cc := pair(t, tls.VersionTLS13)
	a, _ := ends(10)
	mustPanic(t, "tlsio: Server with nil", func() { tlsio.Server(nil, sc) })
	mustPanic(t, "tlsio: Client with nil", func() { tlsio.Client(a, nil) })
	cc.Renegotiation = tls.RenegotiateFreelyAsClient
	mustPanic(t, "renegotiation", func() { tlsio.Client(a, cc) })
	mustPanic(t, "nil or zero Conn", func() { new(tlsio.Conn).Handshake() })
	mustPanic(t, "nil or zero Conn", func() { (*tlsio.Conn)(nil).Close() })
	mustPanic(t, "Conn.Write or", func() { new(tlsio.WriteOp).Poll(nil) })
	mustPanic(t, "Conn.Handshake", func() { new(tlsio.HandshakeOp).Poll(nil) })
	mustPanic(t, "LoadCertificates", func() { new(tlsio.Certificates).Get(nil) })
	c := tlsio.Server(a, sc)
	for what, err := range map[string]error{
		"read": func() error { _, err := run(c.Read(make([]byte, 1))); return err }(), "write": func() error { _, err := run(c.WriteAll([]byte("x"))); return err }(),
		"flush": func() error { _, err := run(c.Flush()); return err }(), "CloseWrite": c.CloseWrite(),
	} {
		if err != tlsio.ErrNoHandshake {
			t.Errorf("%s before the handshake: %v", what, err)
		}
	}
	cx := waker.FromWaker(waker.Noop())
	first, second := c.Handshake(), c.Handshake()
	first.Poll(&cx)
	mustPanic(t, "another one", func() { second.Poll(&cx) })
	first.Drop()
	if c.ConnectionState().HandshakeComplete {
		t.Error("complete")
	}
}

// A callback that panics ends the task that makes the handshake, with that.
func TestPanicOfACallback(t *testing.T) {
	_, cc := pair(t, tls.VersionTLS13)
	a, b := ends(1 << 12)
	server, client := tlsio.Server(a, &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { panic("no idea") }}), tlsio.Client(b, cc)
	k := future.Do(func(co *future.Co) error { return shake(co, client) })
	cx := waker.FromWaker(waker.Noop())
	k.Poll(&cx)
	mustPanic(t, "no idea", func() { do(func(co *future.Co) error { return shake(co, server) }) })
	k.Drop()
	if _, err := run(server.Read(make([]byte, 1))); !errors.Is(err, tlsio.ErrHandshakeDropped) {
		t.Errorf("then a read fails with %v", err)
	}
}

// CopyBidirectional of package aio works on both ends of a real socket, in one task for both directions.
func TestCopyBoth(t *testing.T) {
	sc, cc := pair(t, tls.VersionTLS13)
	ours, theirs := sockets(t)
	a, b := aio.Duplex(1 << 12)
	want := text(30_000)
	got := make(chan []byte, 1)
	go func() {
		c := tls.Client(theirs, cc)
		go func() { c.Write(want); c.CloseWrite() }()
		p, _ := io.ReadAll(c)
		got <- p
	}()
	c := tlsio.Server(ours, sc)
	both(t, func(co *future.Co) error {
		if err := shake(co, c); err != nil {
			return err
		}
		_, err := aio.CopyBidirectional(c, b).Await(co)
		return err
	}, func(co *future.Co) error {
		if _, err := aio.Copy(a, a, nil).Await(co); err != nil {
			return err
		}
		return a.CloseWrite()
	})
	if p := <-got; !bytes.Equal(p, want) {
		t.Errorf("%d bytes came back, want %d", len(p), len(want))
	}
}

var _ aio.Conn = (*tlsio.Conn)(nil)
var _ tlsio.Stream = (*netio.Conn)(nil)

// A machine that only reads and writes, and never flushes, sends everything all the same: what a write left is sent by the
// read that waits for the answer.
func TestCutEcho(t *testing.T) {
	server, client := linked(t, tls.VersionTLS13, 50)
	want := text(40_000)
	both(t, func(co *future.Co) error {
		_, err := future.Await(co, &unflushed{c: server})
		return err
	}, func(co *future.Co) error {
		got := make([]byte, 1000)
		for p := want; len(p) > 0; p = p[len(got):] {
			if _, err := client.WriteAll(p[:len(got)]).Await(co); err != nil {
				return err
			}
			if _, err := aio.ReadFull(client, got).Await(co); err != nil || !bytes.Equal(got, p[:len(got)]) {
				t.Errorf("what came back is not what was sent: %v", err)
			}
		}
		return client.CloseWrite()
	})
}

// unflushed sends back what comes, and does not flush.
type unflushed struct {
	c        *tlsio.Conn
	buf      [3000]byte
	from, to int
}

func (u *unflushed) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for {
		var a future.Poll[int]
		if u.from < u.to {
			a = u.c.PollWrite(cx, u.buf[u.from:u.to])
		} else {
			a = u.c.PollRead(cx, u.buf[:])
		}
		n, err := a.Result()
		switch {
		case a.IsPending():
			return future.Pending[future.Unit]()
		case err == io.EOF:
			return future.Ready(future.Unit{})
		case err != nil:
			return future.Failed[future.Unit](err)
		case u.from < u.to:
			u.from += n
		default:
			u.from, u.to = 0, n
		}
	}
}
