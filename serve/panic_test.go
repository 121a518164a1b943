package serve_test

import (
	"crypto/tls"
	"errors"
	"runtime"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/serve"
)

// A future that panics, or ends its goroutine, leaves neither a task nor a place behind, and is counted and told of once; and so does a callback of
// the handshake.
func TestWhatDoesNotReturnLeavesNothing(t *testing.T) {
	isPanic := func(err error) bool { return errors.As(err, new(*future.PanicError)) }
	isGoexit := func(err error) bool { return errors.Is(err, future.ErrGoexit) }
	_, _, conf, client := secured(t)
	certificate := conf.GetCertificate
	conf.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		switch hello.ServerName {
		case "panic":
			panic("asked for")
		case "goexit":
			runtime.Goexit()
		}
		return certificate(hello)
	}
	for _, c := range []struct {
		word string
		conf *tls.Config
		is   func(error) bool
	}{{"panic", nil, isPanic}, {"goexit", nil, isGoexit}, {"panic", conf, isPanic}, {"goexit", conf, isGoexit}} {
		told := make(chan error, 10)
		h := newHarness(t, serve.Config{TLS: c.conf, MaxConns: 1, OnError: func(_ *serve.Conn, err error) { told <- err }})
		conn := h.dial()
		if c.conf != nil {
			_ = tls.Client(conn, &tls.Config{ServerName: c.word, InsecureSkipVerify: true}).Handshake() // which fails
		} else if _, err := conn.Write([]byte(c.word)); err != nil {
			t.Fatal(err)
		}
		h.closed(conn)
		testkit.Until(t, c.word+": it has left", func() bool { return h.s.Metrics().Open == 0 })
		if m := h.s.Metrics(); m.Failed != 1 || m.Cut != 0 {
			t.Errorf("%s: %+v", c.word, m)
		}
		if c.conf == nil {
			next := h.dial()
			h.ask(next, "the next one")
			next.Close()
		} else if err := overTLS(h.addr, client); err != nil {
			t.Errorf("%s, the next one: %v", c.word, err)
		}
		testkit.Until(t, c.word+": all tasks have ended but the one that accepts", func() bool {
			m := h.rt.Metrics()
			return m.Spawned-m.Finished == 1
		})
		if len(told) != 1 {
			t.Fatalf("%s: told of %d errors", c.word, len(told))
		}
		if err := <-told; !c.is(err) {
			t.Errorf("%s: told of %v", c.word, err)
		}
	}
}
