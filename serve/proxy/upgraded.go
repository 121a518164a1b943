package proxy

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

// upgraded returns the tunnel that an upgrade makes of a connection: read has come from the server before, and rest from the
// client. It has the stream and the place at the server.
func upgraded(c *serve.Conn, up *Upstream, stream tlsio.Stream, read, rest []byte) future.Future[future.Unit] {
	return future.Do(func(co *future.Co) error {
		defer up.Release()
		defer stream.Close()
		if _, err := aio.WriteAll(c, read).Await(co); err != nil {
			return err
		}
		if _, err := aio.WriteAll(stream, rest).Await(co); err != nil {
			return err
		}
		_, err := future.Await(co, &exchange{conn: c, copy: aio.CopyBidirectional(c, stream)})
		return err
	})
}

// exchange is a tunnel that ends, as one for TCP does, when the server is to end and nothing is sent any more.
type exchange struct {
	conn    *serve.Conn
	copy    aio.CopyBidirectionalOp
	silence silence
}

// Poll implements future.Future.
func (x *exchange) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if a := x.copy.Poll(cx); a.IsReady() {
		x.silence.end()
		return future.Done(future.Unit{}, a.Err())
	}
	n := x.copy.Copied()
	if x.silence.poll(cx, x.conn.Draining(), n.AToB+n.BToA) != nil {
		x.Drop()
		return future.Ready(future.Unit{})
	}
	return future.Pending[future.Unit]()
}

// Drop implements future.Dropper.
func (x *exchange) Drop() {
	x.silence.end()
	x.copy.Drop()
}
