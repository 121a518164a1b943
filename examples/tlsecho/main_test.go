package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Several clients at once get back what they send, more than one record of it and in both
// directions at the same time; the server ends although one of them stays.
func TestEcho(t *testing.T) {
	cert, err := selfSigned()
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	trusting := &tls.Config{RootCAs: roots, ServerName: "localhost"}
	for name, serve := range map[string]func(context.Context, string, *tls.Config, func(net.Addr)) error{"magpie": serveMagpie, "plain": servePlain} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(context.Background())
			addr, served := make(chan string, 1), make(chan error, 1)
			go func() {
				served <- serve(ctx, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}}, func(a net.Addr) { addr <- a.String() })
			}()
			var to string
			select {
			case to = <-addr:
			case err := <-served:
				t.Fatal(err)
			}
			var clients sync.WaitGroup
			for i := range 8 {
				clients.Go(func() { echoed(t, to, trusting, bytes.Repeat([]byte{byte(i)}, 100_000)) })
			}
			clients.Wait()
			stays, err := tls.Dial("tcp", to, trusting)
			if err != nil {
				t.Fatal(err)
			}
			defer stays.Close()
			stop()
			if err := <-served; err != nil {
				t.Errorf("the server ended with %v", err)
			}
		})
	}
}

func echoed(t *testing.T, addr string, conf *tls.Config, text []byte) {
	c, err := tls.Dial("tcp", addr, conf)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	go func() {
		c.Write(text)
		c.CloseWrite()
	}()
	if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, text) {
		t.Errorf("%d bytes came back, %v; want %d", len(got), err, len(text))
	}
}
