// Command proxy passes TCP connections on to other servers, to the one with the fewest.
//
//	go run ./examples/proxy -addr 127.0.0.1:8000 -to 127.0.0.1:8080,127.0.0.1:8081
//
// A server that cannot be connected to is left out, and checked each second. It ends on SIGTERM or SIGINT, when connections
// have ended or been silent for a second; those that are left after ten are cut.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/serve/proxy"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8000", "address to listen at, host:port")
	workers := flag.Int("workers", 0, "threads that serve, 0: one a core")
	to := flag.String("to", "127.0.0.1:8080", "addresses of the servers, host:port, with commas between them")
	turns := flag.Bool("round-robin", false, "take the servers in turns, not the one with the fewest connections")
	idle := flag.Duration("idle", 0, "end connections that are silent for so long; 0: never")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("proxy: %q is no flag; see -help", flag.Arg(0))
	}
	config := proxy.PoolConfig{Addresses: servers(*to), CheckEvery: time.Second, OnHealth: func(address string, err error) {
		if err != nil {
			log.Printf("proxy: %s is left out: %v", address, err)
		} else {
			log.Printf("proxy: %s is back", address)
		}
	}}
	if *turns {
		config.Balance = proxy.RoundRobin
	}
	if err := run(*addr, *workers, config, proxy.TCPConfig{IdleTimeout: *idle}); err != nil {
		log.Fatal(err)
	}
}

// servers returns the addresses of a list, which may have spaces, and a comma at its end, as well.
func servers(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

func run(addr string, workers int, config proxy.PoolConfig, tcp proxy.TCPConfig) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	pool, err := proxy.NewPool(config)
	if err != nil {
		return err
	}
	server, err := proxy.NewTCP(serve.Config{OnError: told}, pool, tcp)
	if err != nil {
		return err
	}
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		return err
	}
	defer rt.Close()
	sched.SpawnDetached(rt, pool.Watch())
	return server.Run(ctx, rt, "tcp", addr, func(a net.Addr) { fmt.Println("proxy: listening on", a) })
}

// told logs that no server could be connected to; that a connection breaks off is everyday.
func told(c *serve.Conn, err error) {
	var none *proxy.ConnectError
	if errors.As(err, &none) {
		log.Printf("%v, for %v", err, c.RemoteAddr())
	}
}
