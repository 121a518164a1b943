package tlsio_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"runtime"
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

// A handshake that is dropped at any of its waits leaves no coroutine (goleak looks), and a connection that fails clearly.
func TestDroppedHandshake(t *testing.T) {
	for after := range 4 {
		sc, _ := pair(t, tls.VersionTLS13)
		a, b := aio.Duplex(1 << 12)
		c := tlsio.Server(a, sc)
		op := c.Handshake()
		cx := waker.FromWaker(waker.Noop())
		for i := range after {
			if op.Poll(&cx).IsReady() {
				t.Fatal("ready without a client")
			}
			if _, err := run(b.WriteAll([]byte{22, 3, 1, 1, 0}[i : i+1])); err != nil {
				t.Fatal(err)
			}
		}
		op.Drop()
		_, err := run(c.Read(make([]byte, 1)))
		if want := map[bool]error{false: tlsio.ErrNoHandshake, true: tlsio.ErrHandshakeDropped}[after > 0]; err != want {
			t.Errorf("dropped after %d polls: a read fails with %v, want %v", after, err, want)
		}
		if after > 0 {
			if _, err := run(c.Handshake()); err != tlsio.ErrHandshakeDropped {
				t.Errorf("another handshake: %v", err)
			}
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Close, from elsewhere, ends a handshake that waits for its peer.
func TestCloseDuringHandshake(t *testing.T) {
	sc, _ := pair(t, tls.VersionTLS13)
	ours, _ := sockets(t)
	c := tlsio.Server(ours, sc)
	ended := make(chan error, 1)
	go func() {
		_, err := run(c.Handshake())
		ended <- err
	}()
	c.Close()
	if err := <-ended; err == nil {
		t.Error("the handshake succeeded")
	}
}

// A read that was given up loses nothing, and leaves no waker behind; a write that was given up is sent by the reader.
func TestGivenUp(t *testing.T) {
	server, client := linked(t, tls.VersionTLS13, 64)
	woken := 0
	cx := waker.FromWaker(waker.FromFunc(func() { woken++ }))
	r := server.Read(make([]byte, 10))
	if r.Poll(&cx).IsReady() {
		t.Fatal("read something")
	}
	r.Drop()
	w := client.WriteAll([]byte("more than fits into the pipe, once it is in a record of TLS"))
	if w.Poll(&cx).IsReady() {
		t.Fatal("the pipe took it all")
	}
	n := w.Written()
	w.Drop()
	if w.Written() != n || n == 0 {
		t.Errorf("%d written, and after the Drop %d", n, w.Written())
	}
	if woken > 0 {
		t.Errorf("woken %d times", woken)
	}
	buf := make([]byte, n)
	both(t, func(co *future.Co) error {
		_, err := aio.ReadFull(server, buf).Await(co)
		if err == nil {
			_, err = server.WriteAll([]byte("x")).Await(co)
		}
		return err
	}, func(co *future.Co) error {
		_, err := client.Read(make([]byte, 1)).Await(co) // which sends what was left
		return err
	})
	if string(buf[:9]) != "more than" {
		t.Errorf("read %q", buf)
	}
	server.Close()
	client.Close()
}

// A reader who waits sends what was taken, also after a writer has waited for the same stream and gave up, or went on.
func TestReaderSendsAfterAWriterGaveUp(t *testing.T) {
	for how, then := range map[string]func(c *tlsio.Conn, cx *waker.Context){
		"gave up": func(c *tlsio.Conn, cx *waker.Context) {
			op := c.WriteAll([]byte("more"))
			if op.Poll(cx).IsReady() {
				t.Fatal("the pipe is not full")
			}
			op.Drop()
		},
		"said the end": func(c *tlsio.Conn, cx *waker.Context) {
			f := c.Flush()
			if f.Poll(cx).IsReady() {
				t.Fatal("the pipe is not full")
			}
			if err := c.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			f.Drop()
		},
	} {
		server, client := linked(t, tls.VersionTLS13, 64)
		woken := false
		reader := waker.FromWaker(waker.FromFunc(func() { woken = true }))
		writer := waker.FromWaker(waker.Noop())
		want := text(5000)
		if a := server.PollWrite(&writer, want); a.IsPending() || a.Err() != nil {
			t.Fatal("not taken")
		}
		r := server.Read(make([]byte, 1))
		read := func() {
			if r.Poll(&reader).IsReady() {
				t.Fatal("read something")
			}
		}
		read()
		then(server, &writer)
		var got []byte
		buf := make([]byte, len(want))
		for len(got) < len(want) {
			switch a := client.PollRead(&writer, buf); {
			case !a.IsPending():
				n, err := a.Result()
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, buf[:n]...)
			case woken:
				woken = false
				read()
			default:
				t.Fatalf("a writer who %s: the reader is not woken, and nobody sends the rest", how)
			}
		}
		if !bytes.Equal(got, want) {
			t.Error("other bytes came")
		}
		r.Drop()
		server.Close()
		client.Close()
	}
}

// Reads and writes that find what they need allocate no more than crypto/tls does: nothing to write, and one small
// reader for each record that is read from the stream.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the detector has pools lose what they are given")
	}
	server, client := linked(t, tls.VersionTLS13, 1<<15)
	msg, buf := text(1000), make([]byte, 1000)
	cx := waker.FromWaker(waker.Noop())
	if n := testing.AllocsPerRun(200, func() {
		w := client.WriteAll(msg)
		if a := w.Poll(&cx); a.IsPending() || a.Err() != nil {
			t.Fatal("the write came to", a)
		}
		if a := server.PollRead(&cx, buf); a.IsPending() || a.Err() != nil {
			t.Fatal("the read came to", a)
		}
	}); n > 2 {
		t.Errorf("%v allocations a message", n)
	}
}

// What an idle connection of a server holds on the heap, after a message of ordinary length.
func TestIdleMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the detector's own memory is counted too")
	}
	const conns, limit = 100, 8 << 10
	sc, cc := pair(t, tls.VersionTLS13)
	var keep []*tlsio.Conn
	before := heap()
	for range conns {
		a, b := &pipeEnd{}, &pipeEnd{}
		a.peer, b.peer = b, a
		server, client := tlsio.Server(a, sc), tlsio.Client(b, cc)
		both(t, func(co *future.Co) error { return shake(co, server) }, func(co *future.Co) error { return shake(co, client) })
		buf := make([]byte, 1000)
		both(t, func(co *future.Co) error { _, err := server.Read(buf).Await(co); return err },
			func(co *future.Co) error { _, err := client.WriteAll(buf).Await(co); return err })
		a.peer, a.in, a.wait = nil, nil, waker.AtomicWaker{}
		keep = append(keep, server)
	}
	per := (heap() - before) / conns
	t.Logf("%d bytes a connection", per)
	if per > limit {
		t.Errorf("%d bytes a connection, want %d at most", per, limit)
	}
	runtime.KeepAlive(keep)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// pipeEnd is an end of a pipe without a limit, for one goroutine, that weighs nothing when it is empty.
type pipeEnd struct {
	peer *pipeEnd
	in   []byte
	wait waker.AtomicWaker
}

func (p *pipeEnd) PollRead(cx *waker.Context, b []byte) future.Poll[int] {
	if len(p.in) == 0 {
		p.wait.Register(cx.Waker())
		return future.Pending[int]()
	}
	n := copy(b, p.in)
	if p.in = p.in[n:]; len(p.in) == 0 {
		p.in = nil
	}
	return future.Ready(n)
}

func (p *pipeEnd) PollWrite(cx *waker.Context, b []byte) future.Poll[int] {
	p.peer.in = append(p.peer.in, b...)
	p.peer.wait.Wake()
	return future.Ready(len(b))
}

func (p *pipeEnd) Close() error { return nil }

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
