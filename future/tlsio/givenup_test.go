package tlsio_test

import (
	"bytes"
	"crypto/tls"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/waker"
)

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
