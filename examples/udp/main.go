// Command udp sends datagrams back to whoever sent them: on Linux up to 64 with two system calls. Each worker has a socket
// of its own where the system can spread the senders among several. It ends on SIGINT and SIGTERM.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:7001", "address to listen on, host:port")
	workers := flag.Int("workers", 0, "workers; 0 is one for each core that the process may use")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "udp: %q is no flag; see -help\n", flag.Arg(0))
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *addr, *workers, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "udp:", err)
		os.Exit(1)
	}
}

// serve echoes until ctx is done.
func serve(ctx context.Context, addr string, workers int, out io.Writer) error {
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		return err
	}
	defer rt.Close() // after the sockets, which end the tasks
	socks, err := netio.ListenConfig{}.ListenPackets("udp", addr, rt.Workers())
	if err != nil {
		return err
	}
	for _, p := range socks {
		defer p.Close()
		sched.Spawn(rt, future.Do(func(co *future.Co) error { return echo(co, p) }))
	}
	fmt.Fprintf(out, "udp: listening on %v with %d workers, %d sockets\n", socks[0].LocalAddr(), rt.Workers(), len(socks))
	<-ctx.Done()
	return nil
}

// longest is more than a datagram on the Internet has; what is longer is not sent back.
const longest = 2048

// echo sends back what comes until the socket is closed. A datagram that cannot be sent back is left out.
func echo(co *future.Co, p *netio.PacketConn) error {
	room := make([]netio.Packet, 64)
	for i := range room {
		room[i].Data = make([]byte, longest)
	}
	back := make([]netio.Packet, 0, len(room))
	for {
		n, err := p.ReadBatch(room).Await(co)
		if err != nil {
			return err
		}
		back = back[:0]
		for i := range room[:n] {
			if q := &room[i]; !q.Truncated {
				back = append(back, netio.Packet{Data: q.Bytes(), Addr: q.Addr})
			}
		}
		for rest := back; len(rest) > 0; {
			sent, err := p.WriteBatch(rest).Await(co)
			if err == nil {
				break
			}
			if errors.Is(err, net.ErrClosed) {
				return err
			}
			rest = rest[sent+1:]
		}
	}
}
