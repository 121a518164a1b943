package main

import (
	"context"
	"crypto/tls"
	"io"
	"net"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// serveMagpie serves until ctx is done. It calls ready with the address.
//
//go:generate go run github.com/magpie-go/magpie/cmd/asyncgen
func serveMagpie(ctx context.Context, addr string, conf *tls.Config, ready func(net.Addr)) error {
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
	server := acceptAsync(ln, conf)
	if _, err = sched.Run(ctx, rt, &server); ctx.Err() != nil {
		return nil
	}
	return err
}

// accept spawns a task for each connection that comes.
//
//magpie:async
func accept(co *future.Co, ln *netio.Listener, conf *tls.Config) error {
	for {
		c, err := ln.Accept().Await(co)
		if err != nil {
			return err
		}
		sched.Spawn(co, future.Do(func(co *future.Co) error { return echo(co, c, conf) }))
	}
}

// echo serves a connection. It stays on its coroutine, for crypto/tls waits on the stack.
func echo(co *future.Co, c *netio.Conn, conf *tls.Config) error {
	s := tls.Server(netio.NewStream(co, c), conf)
	defer s.Close()
	_, err := io.Copy(s, s)
	return err
}
