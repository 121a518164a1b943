package serve_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/internal/testcert"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

// issue writes a certificate for localhost and its key, and returns a configuration that trusts it.
func issue(t *testing.T, files tlsio.KeyPair) *tls.Config {
	t.Helper()
	cert, roots := testcert.New(t, "localhost")
	testcert.Write(t, cert, files.Cert, files.Key)
	return &tls.Config{RootCAs: roots, ServerName: "localhost", NextProtos: []string{"echo"}}
}

// secured returns certificates from files, a configuration of a server that shows them and one of a client that trusts them.
func secured(t *testing.T) (*tlsio.Certificates, tlsio.KeyPair, *tls.Config, *tls.Config) {
	t.Helper()
	dir := t.TempDir()
	files := tlsio.KeyPair{Cert: filepath.Join(dir, "site.pem"), Key: filepath.Join(dir, "site.key")}
	client := issue(t, files)
	certs, err := tlsio.LoadCertificates(files)
	if err != nil {
		t.Fatal(err)
	}
	return certs, files, &tls.Config{GetCertificate: certs.Get, NextProtos: []string{"echo"}}, client
}

// overTLS connects, and has what it sends come back.
func overTLS(addr string, conf *tls.Config) error {
	c, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", addr, conf)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	want := bytes.Repeat([]byte("0123456789"), 5000)
	go c.Write(want)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, want) {
		return fmt.Errorf("%d bytes, which are not what was sent: %v", len(got), err)
	}
	return nil
}

const patience = 20 * time.Second

// A server with a TLS configuration speaks it to everybody, with any machine; a certificate that is loaded again is shown to
// those who come then.
func TestTLSAndReload(t *testing.T) {
	certs, files, conf, client := secured(t)
	h := newHarness(t, serve.Config{TLS: conf})
	stays, err := tls.Dial("tcp", h.addr, client)
	if err != nil {
		t.Fatal(err)
	}
	defer stays.Close()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if err := overTLS(h.addr, client); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	renewed := issue(t, files)
	if err := certs.Reload(); err != nil {
		t.Fatal(err)
	}
	if err := overTLS(h.addr, renewed); err != nil {
		t.Error(err)
	}
	if err := overTLS(h.addr, client); err == nil {
		t.Error("the old certificate is still shown")
	}
	if _, err := stays.Write([]byte("old")); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadFull(stays, make([]byte, 3)); err != nil {
		t.Error("a connection from before is gone:", err)
	}
}

// Conn.TLS has what was agreed upon, when the future is first polled.
func TestTLSStateOfAConnection(t *testing.T) {
	_, _, conf, client := secured(t)
	s, err := serve.New(serve.Config{TLS: conf}, func(c *serve.Conn) future.Future[future.Unit] {
		return future.Do(func(co *future.Co) error {
			_, err := c.WriteAll([]byte(c.TLS().ServerName + " " + c.TLS().NegotiatedProtocol)).Await(co)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	h := begin(t, s)
	c, err := tls.Dial("tcp", h.addr, client)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got, err := io.ReadAll(c); string(got) != "localhost echo" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// Connections whose handshake fails, or takes too long, are told to OnError, come to no state and hold nobody else up.
func TestHandshakesThatFail(t *testing.T) {
	_, _, conf, client := secured(t)
	errs := make(chan error, 10)
	var states word.Int32
	h := newHarness(t, serve.Config{TLS: conf, HandshakeTimeout: 50 * time.Millisecond,
		OnError: func(c *serve.Conn, err error) {
			if c.RemoteAddr() == nil {
				err = errors.New("no address")
			}
			errs <- err
		},
		OnState: func(*serve.Conn, serve.State) { states.Inc() }})
	for _, sent := range []string{"", "\x16\x03\x01", "GET / HTTP/1.1\r\n\r\n"} {
		c, err := net.Dial("tcp", h.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, sent)
		err = <-errs
		if !strings.Contains(err.Error(), "serve: TLS handshake") || !strings.HasPrefix(sent, "GET") && !errors.Is(err, clock.ErrTimeout) {
			t.Errorf("after %q: %v", sent, err)
		}
		if _, err := io.ReadAll(c); err != nil && !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "reset") {
			t.Error(err)
		}
	}
	if n := states.Load(); n > 0 {
		t.Errorf("%d states were told", n)
	}
	if err := overTLS(h.addr, client); err != nil && !strings.Contains(err.Error(), "EOF") { // a slow machine may take 50 ms
		t.Error(err)
	}
}

// Shutdown waits for handshakes as for first requests, and for none that has stopped.
func TestShutdownDuringHandshake(t *testing.T) {
	_, _, conf, _ := secured(t)
	begun := make(chan bool, 1)
	get := conf.GetCertificate
	conf.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		begun <- true
		return get(hello)
	}
	h := newHarness(t, serve.Config{TLS: conf, FirstTime: time.Millisecond})
	c, err := net.Dial("tcp", h.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	silent := tls.Client(&noReader{c}, &tls.Config{InsecureSkipVerify: true})
	go silent.Handshake()
	<-begun
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := h.s.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

// noReader is a connection that is never read.
type noReader struct{ net.Conn }

func (*noReader) Read([]byte) (int, error) { return 0, io.EOF }

// bulk is a machine that writes more than a socket takes, never flushes, and ends when it is written.
type bulk struct {
	serve.Conn
	left int
}

func (b *bulk) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for b.left > 0 {
		p := b.PollWrite(cx, sched.Scratch(cx)[:min(b.left, 64<<10)])
		if p.IsPending() {
			return future.Pending[future.Unit]()
		}
		n, err := p.Result()
		if err != nil {
			return future.Failed[future.Unit](err)
		}
		b.left -= n
	}
	return future.Ready(future.Unit{})
}

// What a machine has written before its end arrives, also the last record at a peer that reads late; the peer is told the end.
func TestLastRecordArrives(t *testing.T) {
	_, _, conf, client := secured(t)
	const size = 8 << 20
	s, err := serve.NewOf(serve.Config{TLS: conf}, func(b *bulk) { b.left = size })
	if err != nil {
		t.Fatal(err)
	}
	h := begin(t, s)
	c, err := tls.Dial("tcp", h.addr, client)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	n, err := io.Copy(io.Discard, &slowly{c})
	if n != size || err != nil {
		t.Errorf("%d bytes of %d, %v", n, size, err)
	}
}

type slowly struct{ r io.Reader }

func (s *slowly) Read(p []byte) (int, error) { return s.r.Read(p[:min(len(p), 5000)]) }

// A configuration without a certificate is told at once.
func TestBadTLS(t *testing.T) {
	for want, c := range map[string]serve.Config{"no certificate": {TLS: &tls.Config{}}, "HandshakeTimeout is -1": {HandshakeTimeout: -1}} {
		if _, err := serve.NewOf(c, func(*echo) {}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
