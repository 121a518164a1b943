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

func spawnAsync(cx *waker.Context, c *netio.Conn, st *stats) {
	sched.Go(cx, future.Async(func(co *future.Co) (future.Unit, error) {
		defer func() {
			c.Close()
			st.closed.Add(1)
		}()
		return future.Unit{}, echo(co, c)
	}))
}

// echo is the connection as straight code.
func echo(co *future.Co, c *netio.Conn) error {
	var read netio.ReadOp
	var write netio.WriteAllOp
	buf := make([]byte, bufferSize)
	for {
		n, err := future.Await[int](co, read.Reset(c, buf))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := future.Await[int](co, write.Reset(c, buf[:n])); err != nil {
			return err
		}
	}
}
