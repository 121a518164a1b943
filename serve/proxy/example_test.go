package proxy_test

import (
	"context"
	"fmt"
	"io"
	"net"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/serve/proxy"
)

// A proxy before two servers.
func ExampleNewTCP() {
	greet := func() net.Addr { // a server that greets
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		go func() {
			defer ln.Close()
			c, err := ln.Accept()
			if err == nil {
				fmt.Fprint(c, "hello")
				c.Close()
			}
		}()
		return ln.Addr()
	}
	pool, err := proxy.NewPool(proxy.PoolConfig{Addresses: []string{greet().String(), greet().String()}})
	if err != nil {
		panic(err)
	}
	server, err := proxy.NewTCP(serve.Config{}, pool, proxy.TCPConfig{})
	if err != nil {
		panic(err)
	}
	rt, err := sched.New(sched.Config{Workers: 1})
	if err != nil {
		panic(err)
	}
	defer rt.Close()
	ctx, stop := context.WithCancel(context.Background())
	err = server.Run(ctx, rt, "tcp", "127.0.0.1:0", func(a net.Addr) {
		for range 2 {
			c, err := net.Dial("tcp", a.String())
			if err != nil {
				panic(err)
			}
			text, err := io.ReadAll(c)
			c.Close()
			fmt.Println(string(text), err)
		}
		stop()
	})
	fmt.Println(err)
	// Output:
	// hello <nil>
	// hello <nil>
	// <nil>
}
