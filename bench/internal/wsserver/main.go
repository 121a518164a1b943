// Command wsserver is the WebSocket server of ours that suite ws loads. It sends each message back to who has sent it, or with -all to everybody.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on, host:port")
	workers := flag.Int("workers", 0, "workers; 0 is one for each core that the process may use")
	all := flag.Bool("all", false, "send messages to everybody")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	config := ws.Config{Message: func(c *ws.Conn, op wire.Op, data []byte) { c.Reply(op, data) }}
	if *all {
		config = everybody()
	}
	if err := run(ctx, *addr, *workers, config); err != nil {
		fmt.Fprintln(os.Stderr, "wsserver:", err)
		os.Exit(1)
	}
}

func everybody() ws.Config {
	var members ws.Group
	return ws.Config{
		Open:    members.Add,
		Message: func(_ *ws.Conn, op wire.Op, data []byte) { members.Broadcast(ws.Prepare(op, data, false)) },
		Closed:  func(c *ws.Conn, _ error) { members.Remove(c) },
	}
}

func run(ctx context.Context, addr string, workers int, config ws.Config) error {
	server, err := ws.New(config)
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
