// Package served is what the servers of ours that the suites load have in common: their flags, their runtime, and their end.
package served

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/magpie-go/magpie/sched"
)

// Server is one of package serve's.
type Server interface {
	Run(ctx context.Context, rt *sched.Runtime, network, addr string, ready func(net.Addr)) error
}

// Main parses the flags, makes the server, and has it serve until SIGINT or SIGTERM. What make opens stays open until the process ends.
func Main(name string, make func() (Server, error)) {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on, host:port")
	workers := flag.Int("workers", 0, "workers; 0 is one for each core that the process may use")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *workers, make); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr string, workers int, make func() (Server, error)) error {
	server, err := make()
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
