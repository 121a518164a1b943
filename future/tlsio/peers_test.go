package tlsio_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/tlsio"
)

// what a stream is put through.
var ways = map[string]func(s tlsio.Stream) tlsio.Stream{
	"whole":         func(s tlsio.Stream) tlsio.Stream { return s },
	"1 byte":        func(s tlsio.Stream) tlsio.Stream { return &cut{Stream: s, n: 1} },
	"700 bytes":     func(s tlsio.Stream) tlsio.Stream { return &cut{Stream: s, n: 700} },
	"with stalls":   func(s tlsio.Stream) tlsio.Stream { return &cut{s, 4000, mathrand.New(mathrand.NewPCG(1, 2))} },
	"bytes, stalls": func(s tlsio.Stream) tlsio.Stream { return &cut{s, 3, mathrand.New(mathrand.NewPCG(3, 4))} },
}

// A server of ours sends back what crypto/tls sends over package net, and says the end when it is told it.
func TestServerAndGoClient(t *testing.T) {
	eachWay(t, func(t *testing.T, version uint16, way func(tlsio.Stream) tlsio.Stream) {
		sc, cc := pair(t, version)
		ours, theirs := sockets(t)
		want := text(50_000)
		got := make(chan []byte, 1)
		go func() {
			c := tls.Client(theirs, cc)
			go func() {
				c.Write(want)
				c.CloseWrite()
			}()
			p, err := io.ReadAll(c)
			if err != nil {
				t.Error(err)
			}
			got <- p
		}()
		c := tlsio.Server(way(ours), sc)
		if err := do(func(co *future.Co) error { return echo(co, c) }); err != nil {
			t.Error(err)
		}
		if p := <-got; !bytes.Equal(p, want) {
			t.Errorf("%d bytes came back, want %d", len(p), len(want))
		}
		if !c.PeerEnded() {
			t.Error("the client's close_notify was not seen")
		}
	})
}

// A client of ours gets back from crypto/tls over package net what it sends.
func TestClientAndGoServer(t *testing.T) {
	eachWay(t, func(t *testing.T, version uint16, way func(tlsio.Stream) tlsio.Stream) {
		sc, cc := pair(t, version)
		ours, theirs := sockets(t)
		want := text(50_000)
		served := make(chan error, 1)
		go func() {
			c := tls.Server(theirs, sc)
			_, err := io.Copy(c, c)
			c.CloseWrite()
			served <- err
		}()
		c := tlsio.Client(way(ours), cc)
		var got []byte
		err := do(func(co *future.Co) error {
			if err := shake(co, c); err != nil {
				return err
			}
			if at := c.ConnectionState(); at.Version != version || len(at.PeerCertificates) != 1 {
				return fmt.Errorf("version %x, %d certificates", at.Version, len(at.PeerCertificates))
			}
			send := future.Do(func(co *future.Co) error {
				if _, err := c.WriteAll(want).Await(co); err != nil {
					return err
				}
				_, err := aio.CloseWrite(c).Await(co)
				return err
			})
			receive := future.Do(func(co *future.Co) (err error) {
				got, err = aio.ReadAll(c, 1<<20).Await(co)
				return err
			})
			_, err := future.Join(send, receive).Await(co)
			return err
		})
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes came back, %v; want %d", len(got), err, len(want))
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

func eachWay(t *testing.T, f func(t *testing.T, version uint16, way func(tlsio.Stream) tlsio.Stream)) {
	for name, way := range ways {
		for version, number := range map[uint16]string{tls.VersionTLS12: "1.2", tls.VersionTLS13: "1.3"} {
			t.Run(name+" "+number, func(t *testing.T) { f(t, version, way) })
		}
	}
}

// echo makes the connection and sends back what comes, to the end.
func echo(co *future.Co, c *tlsio.Conn) error {
	if err := shake(co, c); err != nil {
		return err
	}
	buf := make([]byte, 8<<10)
	for {
		n, err := c.Read(buf).Await(co)
		if err == io.EOF {
			if err := c.CloseWrite(); err != nil {
				return err
			}
			_, err = c.Flush().Await(co)
			return err
		}
		if err != nil {
			return err
		}
		if _, err := c.WriteAll(buf[:n]).Await(co); err != nil {
			return err
		}
	}
}
