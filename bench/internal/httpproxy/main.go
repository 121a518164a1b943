// Command httpproxy is the HTTP proxy of ours that suite proxy loads.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/proxy"
	"github.com/magpie-go/magpie/serve/web"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on, host:port")
	to := flag.String("to", "127.0.0.1:8081", "address of the server")
	workers := flag.Int("workers", 0, "workers; 0 is one for each core that the process may use")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *to, *workers); err != nil {
		fmt.Fprintln(os.Stderr, "httpproxy:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr, to string, workers int) error {
	pool, err := proxy.NewPool(proxy.PoolConfig{Addresses: []string{to}})
	if err != nil {
		return err
	}
	handler, err := proxy.NewHTTP(pool, proxy.HTTPConfig{})
	if err != nil {
		return err
	}
	server, err := web.New(web.Config{Handler: handler})
	if err != nil {
		return err
	}
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		return err
	}
	defer rt.Close()
	return server.Run(ctx, rt, "tcp", addr, nil)
}
