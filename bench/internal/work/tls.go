package work

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"sync"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

// tlsClients is how many connections there are at once, tlsTurns how often each is used in a round.
const (
	tlsClients = 16
	tlsTurns   = 20
	tlsMessage = 64
)

// ServerTLS returns the configuration of the servers of suite tls: TLS 1.3 with a key on P-256.
func ServerTLS() *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	of := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, &of, &of, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func dialTLS(addr string) *tls.Conn {
	c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		panic(err)
	}
	return c
}

// EchoTLS measures round trips of 64 bytes to an echo server, from goroutines with crypto/tls, whose time is part of the figure.
func EchoTLS(r *measure.Run, addr string) {
	var conns []*tls.Conn
	for range tlsClients {
		conns = append(conns, dialTLS(addr))
	}
	buf := make([][tlsMessage]byte, tlsClients)
	r.Loop(tlsClients*tlsTurns, func() {
		var all sync.WaitGroup
		for i, c := range conns {
			all.Go(func() {
				for range tlsTurns {
					if _, err := c.Write(buf[i][:]); err != nil {
						panic(err)
					}
					if _, err := io.ReadFull(c, buf[i][:]); err != nil {
						panic(err)
					}
				}
			})
		}
		all.Wait()
	})
	for _, c := range conns {
		_ = c.Close()
	}
}

// HandshakeTLS measures connecting with a handshake and closing, likewise.
func HandshakeTLS(r *measure.Run, addr string) {
	r.Loop(tlsClients, func() {
		var all sync.WaitGroup
		for range tlsClients {
			all.Go(func() { _ = dialTLS(addr).Close() })
		}
		all.Wait()
	})
}
