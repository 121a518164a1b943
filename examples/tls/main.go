// Command tls is a TLS server that sends back what it receives. Each connection is a task without a stack of its own.
//
//	go run ./examples/tls -addr 127.0.0.1:7443                            # a certificate for localhost of its own making
//	go run ./examples/tls -cert site.pem -key site.key                    # loaded again at each SIGHUP
//	openssl s_client -connect 127.0.0.1:7443
//
// It ends on SIGTERM or SIGINT, when each connection has had its answers.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:7443", "address to listen at, host:port")
	workers := flag.Int("workers", 0, "threads that serve, 0: one a core")
	cert := flag.String("cert", "", "file of the certificate, PEM, with -key; empty: one is made for localhost")
	key := flag.String("key", "", "file of its private key, PEM")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("tls: %q is no flag; see -help", flag.Arg(0))
	}
	conf, err := config(*cert, *key)
	if err == nil {
		err = run(*addr, *workers, conf)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run(addr string, workers int, conf *tls.Config) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	server, err := serve.NewOf(serve.Config{TLS: conf}, func(*echo) {})
	if err != nil {
		return err
	}
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		return err
	}
	defer rt.Close()
	return server.Run(ctx, rt, "tcp", addr, func(a net.Addr) { fmt.Println("tls: listening on", a) })
}

// config returns the configuration of a server with a certificate from files, or one of our own.
func config(cert, key string) (*tls.Config, error) {
	if cert == "" && key == "" {
		own, err := selfSigned()
		return &tls.Config{Certificates: []tls.Certificate{own}}, err
	}
	certs, err := tlsio.LoadCertificates(tlsio.KeyPair{Cert: cert, Key: key})
	if err != nil {
		return nil, err
	}
	renewed := make(chan os.Signal, 1)
	signal.Notify(renewed, syscall.SIGHUP)
	go func() {
		for range renewed {
			if err := certs.Reload(); err != nil {
				log.Print(err) // and the old one stays
			}
		}
	}()
	return &tls.Config{GetCertificate: certs.Get}, nil
}
