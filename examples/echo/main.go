// Command echo is a TCP server that sends back what it receives, in three styles: -style
// state has a hand-written state machine for each connection, -style async an async
// function on a coroutine, -style compiled the same function compiled to a state machine. On SIGINT or SIGTERM it shuts down gracefully and prints its metrics.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// grace is how long connections may go on after a signal.
const grace = 500 * time.Millisecond

// stats is what all connections together have done.
type stats struct{ accepted, closed atomic.Int64 }

func main() {
	addr := flag.String("addr", "127.0.0.1:7000", "address to listen on, host:port")
	workers := flag.Int("workers", 0, "workers; 0 is one for each core that the process may use")
	style := flag.String("style", "state", "how a connection is written: state, async or compiled")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "echo: %q is no flag; see -help\n", flag.Arg(0))
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *addr, *workers, *style, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "echo:", err)
		os.Exit(1)
	}
}

// serve echoes until ctx is done, and reports to out.
func serve(ctx context.Context, addr string, workers int, style string, out io.Writer) error {
	spawn, ok := styles[style]
	if !ok {
		return fmt.Errorf("unknown style %q: want state, async or compiled", style)
	}
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		return err
	}
	ln, err := netio.Listen("tcp", addr)
	if err != nil {
		return abandon(rt, err)
	}
	var st stats
	server := sched.Spawn[future.Unit](rt, &acceptor{ln: ln, spawn: spawn, stats: &st})
	fmt.Fprintf(out, "echo: listening on %v with %d workers, style %s\n", ln.Addr(), rt.Workers(), style)
	_, err = server.Wait(ctx)
	if ctx.Err() != nil {
		err = nil // asked to stop, not failed
	}
	ln.Close()
	return finish(rt, &st, out, err)
}

// abandon gives up a runtime that has nothing to do.
func abandon(rt *sched.Runtime, err error) error {
	_ = rt.Close() // cannot fail: there is no task
	return err
}

// finish shuts down and prints the metrics.
func finish(rt *sched.Runtime, st *stats, out io.Writer, err error) error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	switch e := rt.Shutdown(ctx).(type) {
	case nil:
	case *sched.DroppedError: // clients that did not leave
		fmt.Fprintln(out, "echo:", e)
	default:
		return e
	}
	m := rt.Metrics()
	fmt.Fprintf(out, "echo: %d connections accepted, %d closed, uptime %v\n", st.accepted.Load(), st.closed.Load(), m.Uptime.Round(time.Millisecond))
	for i, w := range m.Workers {
		fmt.Fprintf(out, "worker %d: cpu %d, polls %d, events %d, steals %d (%d tasks), parks %d\n",
			i, w.CPU, w.Polls, w.Events, w.Steals, w.Stolen, w.Parks)
	}
	for _, l := range m.Limits {
		fmt.Fprintln(out, "limit:", l)
	}
	return err
}

// acceptor is the server's task: it spawns a task for each connection that comes.
type acceptor struct {
	ln    *netio.Listener
	spawn func(cx *waker.Context, c *netio.Conn, st *stats)
	stats *stats
}

// Poll implements future.Future.
func (a *acceptor) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for {
		p := a.ln.PollAccept(cx)
		if p.IsPending() {
			return future.Pending[future.Unit]()
		}
		conn, err := p.Result()
		if err != nil {
			return future.Failed[future.Unit](err)
		}
		a.stats.accepted.Add(1)
		a.spawn(cx, conn, a.stats)
	}
}

var styles = map[string]func(*waker.Context, *netio.Conn, *stats){
	"state":    spawnState,
	"async":    spawnAsync,
	"compiled": spawnCompiled,
}
