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
	return &upgrade{up: up, stream: stream, op: future.Do(func(co *future.Co) error {
		if _, err := aio.WriteAll(c, read).Await(co); err != nil {
			return err
		}
		if _, err := aio.WriteAll(stream, rest).Await(co); err != nil {
			return err
		}
		_, err := future.Await(co, &exchange{conn: c, copy: aio.CopyBidirectional(c, stream)})
		return err
	})}
}

// upgrade gives back what the tunnel has, also if that has never begun.
type upgrade struct {
	up     *Upstream
	stream tlsio.Stream
	op     future.AsyncOp[future.Unit]
}

// Poll implements future.Future.
func (u *upgrade) Poll(cx *waker.Context) future.Poll[future.Unit] {
	a := u.op.Poll(cx)
	if a.IsReady() {
		u.end()
	}
	return a
}

// Drop implements future.Dropper.
func (u *upgrade) Drop() {
	u.op.Drop()
	u.end()
}

func (u *upgrade) end() {
	_ = u.stream.Close()
	u.up.Release()
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
