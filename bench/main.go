// Command bench measures magpie beside goroutines and, with the programs of the peers'
// kit, beside tokio, crossbeam-deque, task pools and servers: all in turns, in one run,
// with ratios taken pair by pair. See README.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/magpie-go/magpie/bench/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
