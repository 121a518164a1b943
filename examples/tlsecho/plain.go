package main

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync"
)

// servePlain serves until ctx is done. It calls ready with the address.
func servePlain(ctx context.Context, addr string, conf *tls.Config, ready func(net.Addr)) error {
	ln, err := tls.Listen("tcp", addr, conf)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { ln.Close() })()
	ready(ln.Addr())
	var conns sync.WaitGroup
	defer conns.Wait()
	for {
		c, err := ln.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		conns.Go(func() { echoPlain(ctx, c) })
	}
}

// echoPlain serves a connection, until its end or that of ctx.
func echoPlain(ctx context.Context, c net.Conn) {
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	io.Copy(c, c)
}
