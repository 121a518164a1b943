package tlsio_test

import (
	"crypto/tls"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/internal/testcert"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen before it fails.
const patience = 20 * time.Second

// pair returns configurations of two sides that trust one another, for one version of TLS.
func pair(t testing.TB, version uint16) (server, client *tls.Config) {
	cert, roots := testcert.New(t, "localhost")
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: version, MaxVersion: version},
		&tls.Config{RootCAs: roots, ServerName: "localhost", MinVersion: version, MaxVersion: version}
}

func files(t testing.TB, name string) tlsio.KeyPair {
	dir := t.TempDir()
	return tlsio.KeyPair{Cert: filepath.Join(dir, name+".pem"), Key: filepath.Join(dir, name+".key")}
}

// sockets returns the two ends of a connection: one for tasks, one for goroutines.
func sockets(t testing.TB) (*netio.Conn, net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		c, _ := ln.Accept()
		accepted <- c
	}()
	ours, err := run(netio.Dial("tcp", ln.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	theirs := <-accepted
	theirs.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() {
		ours.Close()
		theirs.Close()
	})
	return ours, theirs
}

// run runs an operation to its end, on this goroutine.
func run[T any, F future.Op[T]](op F) (T, error) { return future.BlockOn(future.Box[T](op)) }

// do runs an async function to its end, on this goroutine.
func do(f func(co *future.Co) error) error {
	_, err := run(future.Do(f))
	return err
}

// cut is a stream that hands out, and takes, no more than n bytes a call, and that stalls before some of them.
type cut struct {
	tlsio.Stream
	n      int
	stalls *mathrand.Rand // nil: never
}

func (c *cut) stalled(cx *waker.Context) bool {
	if c.stalls == nil || c.stalls.IntN(3) > 0 {
		return false
	}
	cx.Waker().WakeByRef()
	return true
}

func (c *cut) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	if c.stalled(cx) {
		return future.Pending[int]()
	}
	return c.Stream.PollRead(cx, p[:min(len(p), c.n)])
}

func (c *cut) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	if c.stalled(cx) {
		return future.Pending[int]()
	}
	return c.Stream.PollWrite(cx, p[:min(len(p), c.n)])
}

// ends returns two ends of a pipe in memory.
func ends(n int) (a, b tlsio.Stream) {
	x, y := aio.Duplex(n)
	return x, y
}

// both runs two async functions in turns on this goroutine, to the end of both; then is run after the first.
func both(t testing.TB, a, b func(co *future.Co) error, then ...func(co *future.Co) error) {
	t.Helper()
	first := future.Do(func(co *future.Co) error {
		for _, f := range append([]func(*future.Co) error{a}, then...) {
			if err := f(co); err != nil {
				return err
			}
		}
		return nil
	})
	if _, err := run(future.Join(first, future.Do(b))); err != nil {
		t.Fatal(err)
	}
}

func shake(co *future.Co, c *tlsio.Conn) error {
	_, err := c.Handshake().Await(co)
	return err
}

// linked returns the two sides of a connection that has been made, over a pipe in memory.
func linked(t testing.TB, version uint16, size int) (server, client *tlsio.Conn) {
	t.Helper()
	sc, cc := pair(t, version)
	a, b := ends(size)
	server, client = tlsio.Server(a, sc), tlsio.Client(b, cc)
	both(t, func(co *future.Co) error { return shake(co, server) }, func(co *future.Co) error { return shake(co, client) })
	return server, client
}

func text(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i * 7 >> 3)
	}
	return p
}

func mustPanic(t *testing.T, message string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), message) {
			t.Errorf("recovered %v, want a panic with %q", v, message)
		}
	}()
	f()
}
