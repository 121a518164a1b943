package main

import (
	"context"
	"io"
	"net"
	"runtime"

	"github.com/cloudwego/netpoll"
	"github.com/lesismal/nbio"
	nbiolog "github.com/lesismal/nbio/logging"
	"github.com/panjf2000/gnet/v2"
	gnetlog "github.com/panjf2000/gnet/v2/pkg/logging"
)

// bufferSize is what every server here reads at once, where it can be told.
const bufferSize = 4096

// echoNet is package net: one goroutine a connection.
func echoNet(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			buf := make([]byte, bufferSize)
			for {
				n, err := conn.Read(buf)
				if err != nil {
					return
				}
				if _, err := conn.Write(buf[:n]); err != nil {
					return
				}
			}
		}()
	}
}

func echoNetpoll(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	netpoll.SetLoggerOutput(io.Discard) // it logs every connection the client resets
	loop, err := netpoll.NewEventLoop(func(_ context.Context, conn netpoll.Connection) error {
		r, w := conn.Reader(), conn.Writer()
		in, err := r.Next(r.Len())
		if err != nil {
			return err
		}
		out, err := w.Malloc(len(in))
		if err != nil {
			return err
		}
		copy(out, in)
		if err := r.Release(); err != nil {
			return err
		}
		return w.Flush()
	})
	if err != nil {
		return err
	}
	return loop.Serve(ln)
}

// echoGnet has one event loop a core, as its README's echo server.
func echoGnet(addr string) error {
	return gnet.Run(&gnetEcho{}, "tcp://"+addr,
		gnet.WithNumEventLoop(runtime.GOMAXPROCS(0)),
		gnet.WithReadBufferCap(bufferSize),
		gnet.WithTCPNoDelay(gnet.TCPNoDelay),
		gnet.WithLogLevel(gnetlog.ErrorLevel))
}

type gnetEcho struct{ gnet.BuiltinEventEngine }

func (*gnetEcho) OnTraffic(c gnet.Conn) gnet.Action {
	in, err := c.Next(-1)
	if err != nil {
		return gnet.Close
	}
	if _, err := c.Write(in); err != nil {
		return gnet.Close
	}
	return gnet.None
}

// echoNbio has one poller a core; its default is a quarter of them.
func echoNbio(addr string) error {
	nbiolog.SetLevel(nbiolog.LevelError)
	engine := nbio.NewEngine(nbio.Config{
		Network:        "tcp",
		Addrs:          []string{addr},
		NPoller:        runtime.GOMAXPROCS(0),
		ReadBufferSize: bufferSize,
	})
	engine.OnData(func(c *nbio.Conn, data []byte) { c.Write(data) })
	if err := engine.Start(); err != nil {
		return err
	}
	select {}
}
