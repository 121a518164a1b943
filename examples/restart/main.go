// Command restart is a web server that replaces itself, as after an upgrade of its program, without losing a request: on SIGHUP
// it starts its program once more with its listener, waits until that is ready, and drains. It ends on SIGINT or SIGTERM.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/web"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on, host:port")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "restart: %q is no flag; see -help\n", flag.Arg(0))
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGHUP)
	if err := run(ctx, *addr, again, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "restart:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done, or a successor has taken over.
func run(ctx context.Context, addr string, again <-chan os.Signal, out io.Writer) error {
	l, err := listener(addr)
	if err != nil {
		return err
	}
	server, err := web.New(web.Config{Handler: func(w *web.Response, _ *web.Request) {
		fmt.Fprintf(w, "this is process %d\n", os.Getpid())
	}})
	if err != nil {
		return err
	}
	rt, err := sched.New(sched.Config{})
	if err != nil {
		return err
	}
	defer rt.Close()
	accepting := server.Serve(rt, l)
	fmt.Fprintf(out, "restart: process %d listens on http://%v\n", os.Getpid(), l.Addr())
	if err := netio.NotifyReady(); err != nil { // who was to be told has ended: it serves all the same
		fmt.Fprintln(os.Stderr, "restart:", err)
	}
	ctx, done := context.WithCancel(ctx)
	defer done()
	go func() {
		for range again {
			err := replace(ctx, l)
			if err == nil {
				done()
				return
			}
			fmt.Fprintln(os.Stderr, "restart: this process goes on:", err)
		}
	}()
	if _, err := accepting.Wait(ctx); ctx.Err() == nil {
		return err
	}
	drain, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return server.Shutdown(drain)
}

// listener returns the one that was passed by a predecessor, or by systemd, or else a new one.
func listener(addr string) (*netio.Listener, error) {
	passed, err := netio.TakePassed()
	switch {
	case err != nil:
		return nil, err
	case len(passed) == 0:
		return netio.Listen("tcp", addr)
	}
	return passed[0].Listener()
}

// replace starts this program once more, which is to be ready in ten seconds.
func replace(ctx context.Context, l *netio.Listener) error {
	file, err := l.File()
	if err != nil {
		return err
	}
	defer file.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	next := exec.Command(os.Args[0], os.Args[1:]...)
	next.Stdout, next.Stderr = os.Stdout, os.Stderr
	return netio.StartSuccessor(ctx, next, netio.Passed{Name: "http", File: file})
}
