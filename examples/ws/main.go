// Command ws is a chat in the browser: what one says all read.
//
//	go run ./examples/ws -addr 127.0.0.1:8080    # and open http://127.0.0.1:8080/
//
// With -echo it sends each message back to who has sent it. It ends on SIGTERM or SIGINT, when all have been told.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/web"
	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

//go:embed chat.html
var page []byte

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen at, host:port")
	workers := flag.Int("workers", 0, "threads that serve, 0: one a core")
	echo := flag.Bool("echo", false, "send messages back instead of to all")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("ws: %q is no flag; see -help", flag.Arg(0))
	}
	config := chat()
	if *echo {
		config = ws.Config{Message: func(c *ws.Conn, op wire.Op, data []byte) { c.Reply(op, data) }}
	}
	if err := serve(*addr, *workers, config); err != nil {
		log.Fatal(err)
	}
}

// chat is a room for all who connect.
func chat() ws.Config {
	var room ws.Group
	var names atomic.Int64
	say := func(s string) { room.Broadcast(ws.Prepare(wire.Text, []byte(s), false)) }
	return ws.Config{
		Full: ws.Disconnect, // who does not read does not hold up the others
		Open: func(c *ws.Conn) {
			name := fmt.Sprint("guest ", names.Add(1))
			c.SetData(name)
			room.Add(c)
			say(name + " has come")
		},
		Message: func(c *ws.Conn, _ wire.Op, data []byte) { say(fmt.Sprintf("%v: %s", c.Data(), data)) },
		Closed: func(c *ws.Conn, _ error) {
			room.Remove(c)
			say(fmt.Sprintf("%v has left", c.Data()))
		},
	}
}

// serve has the WebSocket and the page that speaks with it at the same paths, until a signal comes.
func serve(addr string, workers int, config ws.Config) error {
	room, err := ws.New(config)
	if err != nil {
		return err
	}
	mux := new(web.Mux)
	mux.Handle("GET /", func(w *web.Response, r *web.Request) {
		if r.Upgrades("websocket") {
			room.Upgrade(w, r)
			return
		}
		w.SetContentType("text/html; charset=utf-8")
		w.SetContent(page)
	})
	server, err := web.New(web.Config{Handler: mux.Serve})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		return err
	}
	defer rt.Close()
	return server.Run(ctx, rt, "tcp", addr, func(a net.Addr) { fmt.Println("ws: listening on", a) })
}
