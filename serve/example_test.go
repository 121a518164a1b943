package serve_test

import (
	"context"
	"fmt"
	"io"
	"net"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
)

// An async function serves each connection; the program ends when nothing is owed.
func Example() {
	rt, err := sched.New(sched.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	s, err := serve.New(serve.Config{MaxConns: 10_000}, func(c *serve.Conn) future.Future[future.Unit] {
		return future.Do(func(co *future.Co) error {
			name := make([]byte, 100)
			n, err := c.Read(name).Await(co)
			if err != nil {
				return err
			}
			_, err = c.WriteAll(fmt.Appendf(nil, "Hello, %s!", name[:n])).Await(co)
			return err
		})
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background()) // or signal.NotifyContext
	err = s.Run(ctx, rt, "tcp", "127.0.0.1:0", func(addr net.Addr) {
		fmt.Println(ask(addr))
		stop()
	})
	fmt.Println(err, s.Metrics().Accepted)
	// Output:
	// Hello, magpie!
	// <nil> 1
}

// Several listeners, each accepted from by a task of its own.
func ExampleServer_Serve() {
	rt, err := sched.New(sched.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	s, err := serve.NewOf(serve.Config{}, func(*echo) {}) // a struct with a serve.Conn, which has a Poll
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		l, err := netio.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			fmt.Println(err)
			return
		}
		sched.Spawn[future.Unit](rt, s.Serve(l))
		fmt.Println(ask(l.Addr()))
	}
	fmt.Println(s.Shutdown(context.Background()))
	// Output:
	// magpie
	// magpie
	// <nil>
}

func ask(addr net.Addr) string {
	c, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	if _, err := c.Write([]byte("magpie")); err != nil {
		return err.Error()
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		return err.Error()
	}
	all, err := io.ReadAll(c)
	if err != nil {
		return err.Error()
	}
	return string(all)
}
