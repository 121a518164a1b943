package ws_test

import (
	"context"
	"fmt"
	"net"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/web"
	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// An echo server.
func Example() {
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	server, err := ws.New(ws.Config{Message: func(c *ws.Conn, op wire.Op, data []byte) { c.Reply(op, data) }})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err = server.Run(ctx, rt, "tcp", "127.0.0.1:0", func(a net.Addr) {
		fmt.Println("serving on", a.Network())
		cancel() // a real one goes on
	})
	fmt.Println(err)
	// Output:
	// serving on tcp
	// <nil>
}

// What is published is made once, and shared by all who are sent it.
func ExampleGroup() {
	var readers ws.Group
	config := ws.Config{
		Open:    func(c *ws.Conn) { readers.Add(c) },
		Closed:  func(c *ws.Conn, _ error) { readers.Remove(c) },
		Message: func(*ws.Conn, wire.Op, []byte) {},
		Full:    ws.Drop, // who is slow misses some
	}
	server, err := ws.New(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	n := readers.Broadcast(ws.Prepare(wire.Text, []byte("news"), false))
	fmt.Println("sent to", n)
	// Output:
	// sent to 0
}

// A client in an async function.
func ExampleClient_Dial() {
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	server, err := ws.New(ws.Config{Message: func(c *ws.Conn, op wire.Op, data []byte) { c.Reply(op, data) }})
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	server.Serve(rt, l)
	defer server.Close()
	client, err := ws.NewClient(ws.ClientConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = sched.Run(context.Background(), rt, future.Box[future.Unit](future.Do(func(co *future.Co) error {
		c, err := client.Dial("ws://" + l.Addr().String()).Await(co)
		if err != nil {
			return err
		}
		if err := c.Send(wire.Text, []byte("hello")); err != nil {
			return err
		}
		m, err := c.Receive().Await(co)
		fmt.Printf("%s\n", m.Data)
		c.Close(wire.Normal, "")
		return err
	})))
	fmt.Println(err)
	// Output:
	// hello
	// <nil>
}

// One server for HTTP and WebSocket.
func ExampleServer_Upgrade() {
	chat, err := ws.New(ws.Config{Message: func(c *ws.Conn, op wire.Op, data []byte) { c.Reply(op, data) }})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := new(web.Mux)
	mux.Handle("GET /{$}", func(w *web.Response, r *web.Request) { w.WriteString("a page") })
	mux.Handle("GET /chat", chat.Upgrade)
	server, err := web.New(web.Config{Handler: mux.Serve})
	if err != nil {
		fmt.Println(err)
		return
	}
	// server.Run(ctx, rt, "tcp", "127.0.0.1:8080", nil)
	fmt.Println(server.Close())
	// Output:
	// <nil>
}
