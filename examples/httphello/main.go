// Command httphello is an HTTP server in straight code: an async function for each connection, which
// asyncgen compiles to a state machine. It answers GET with a greeting, keeps connections
// alive, and ends on SIGINT or SIGTERM after the requests under way.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// grace is how long connections may go on after a signal.
const grace = time.Second

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on, host:port")
	workers := flag.Int("workers", 0, "workers; 0 is one for each core that the process may use")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "httphello: %q is no flag; see -help\n", flag.Arg(0))
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *workers, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "httphello:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, addr string, workers int, out io.Writer) error {
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		return err
	}
	defer rt.Close()
	ln, err := netio.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Fprintf(out, "httphello: listening on http://%v\n", ln.Addr())
	server := sched.SpawnValue[struct{}](rt, acceptAsync(ln))
	if _, err := server.Wait(ctx); ctx.Err() == nil {
		return err
	}
	ln.Close()
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if dropped, ok := rt.Shutdown(ctx).(*sched.DroppedError); ok { // clients that keep their connections
		fmt.Fprintln(out, "httphello:", dropped)
	}
	return nil
}
