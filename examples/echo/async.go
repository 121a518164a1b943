package main

import (
	"bytes"
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

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

// echo is the connection as straight code. It owns no buffer while it waits for data: what arrives is
// read into the worker's, and only what a slow reader does not take is kept; nothing more is read
// before that is gone, so the reader's slowness reaches the sender.
//
//magpie:async
func echo(co *future.Co, c *netio.Conn) error {
	for {
		if _, err := c.Readable().Await(co); err != nil {
			return err
		}
		buf := sched.Scratch(co.Context()) // until the next await
		n, err := c.TryRead(buf)
		switch {
		case err == netio.ErrWouldBlock:
			continue
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		sent, err := c.TryWrite(buf[:n])
		if err != nil && err != netio.ErrWouldBlock {
			return err
		}
		if sent < n {
			if _, err := c.WriteAll(bytes.Clone(buf[sent:n])).Await(co); err != nil {
				return err
			}
		}
	}
}
