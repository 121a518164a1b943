// Command tlsecho is a TLS server that sends back what it receives: crypto/tls, unchanged, over a
// connection of package netio. A library that reads and writes a net.Conn runs in an async
// function on a coroutine, where [netio.Stream] looks like one; what accepts is compiled.
//
//	go run ./examples/tlsecho          # tasks
//	go run ./examples/tlsecho -plain   # goroutines
//	openssl s_client -connect localhost:7443
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"log"
	"math/big"
	"net"
	"os"
	"os/signal"
	"time"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:7443", "address to listen on, host:port")
	plain := flag.Bool("plain", false, "goroutines and package net")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("tlsecho: %q is no flag; see -help", flag.Arg(0))
	}
	serve := serveMagpie
	if *plain {
		serve = servePlain
	}
	cert, err := selfSigned()
	if err != nil {
		log.Fatal("tlsecho: ", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err = serve(ctx, *addr, &tls.Config{Certificates: []tls.Certificate{cert}}, func(a net.Addr) { fmt.Println("listening on", a) })
	if err != nil {
		log.Fatal("tlsecho: ", err)
	}
}

// selfSigned returns a certificate for localhost that is good for a day.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	of := x509.Certificate{
		SerialNumber: big.NewInt(1),
		DNSNames:     []string{"localhost"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, &of, &of, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
