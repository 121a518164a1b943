package main

import (
	"context"
	"net"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/valyala/fasthttp"
)

// serveMagpie serves until ctx is done. It calls ready with the address.
//
//go:generate go run github.com/magpie-go/magpie/cmd/asyncgen
func serveMagpie(ctx context.Context, addr string, s *fasthttp.Server, ready func(net.Addr)) error {
	rt, err := sched.New(sched.Config{})
	if err != nil {
		return err
	}
	defer rt.Close() // with the connections that are left
	ln, err := netio.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	ready(ln.Addr())
	server := acceptAsync(ln, s)
	if _, err = sched.Run(ctx, rt, &server); ctx.Err() != nil {
		return nil
	}
	return err
}

// accept spawns a task for each connection that comes.
//
//magpie:async
func accept(co *future.Co, ln *netio.Listener, s *fasthttp.Server) error {
	for {
		c, err := ln.Accept().Await(co)
		if err != nil {
			return err
		}
		sched.Spawn(co, future.Do(func(co *future.Co) error { return serve(co, c, s) }))
	}
}

// serve answers the requests of a connection.
func serve(co *future.Co, c *netio.Conn, s *fasthttp.Server) error {
	defer c.Close()
	return s.ServeConn(netio.NewStream(co, c))
}
