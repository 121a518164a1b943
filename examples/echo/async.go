package main

import (
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// bufferSize is the peers' in the benchmarks: tokio's and net's echo servers have 4 KiB.
const bufferSize = 4096

//go:generate go run github.com/magpie-go/magpie/cmd/asyncgen

// spawnAsync runs the async function on a coroutine.
func spawnAsync(cx *waker.Context, c *netio.Conn, st *stats) {
	sched.Spawn(cx, future.Do(func(co *future.Co) error { return handle(co, c, st) }))
}

// spawnCompiled runs the same function compiled to a state machine (see async_async.go).
func spawnCompiled(cx *waker.Context, c *netio.Conn, st *stats) {
	sched.SpawnDetached(cx, handleAsync(c, st))
}

// handle serves a connection, and closes it also when a shutdown drops the task.
//
//magpie:async
func handle(co *future.Co, c *netio.Conn, st *stats) error {
	defer func() {
		c.Close()
		st.closed.Add(1)
	}()
	return echo(co, c)
}

// echo is the connection as straight code.
//
//magpie:async
func echo(co *future.Co, c *netio.Conn) error {
	buf := make([]byte, bufferSize)
	for {
		n, err := c.Read(buf).Await(co)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := c.WriteAll(buf[:n]).Await(co); err != nil {
			return err
		}
	}
}
