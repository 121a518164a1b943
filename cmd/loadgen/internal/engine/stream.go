package engine

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// stream is what a connection moves bytes on: a socket, TLS on one, or the datagrams of one.
type stream interface {
	PollRead(cx *waker.Context, p []byte) future.Poll[int]
	PollWrite(cx *waker.Context, p []byte) future.Poll[int]
	Close() error
}

// dial begins to make a stream to an address.
func (r *part) dial(address string) future.Future[stream] {
	t := &r.config.Target
	if t.network == "udp" {
		return &packetDial{address: address, size: r.config.Size, depth: r.config.depth()}
	}
	socket := socketDial{op: netio.Dial(t.network, address)}
	if r.tls != nil {
		return &secureDial{socket: socket, conf: r.tls}
	}
	return &socket
}

// socketDial makes a stream that is a socket.
type socketDial struct {
	op netio.DialOp
}

// Poll implements future.Future.
func (d *socketDial) Poll(cx *waker.Context) future.Poll[stream] {
	p := d.op.Poll(cx)
	if p.IsPending() {
		return future.Pending[stream]()
	}
	nc, err := p.Result()
	if err != nil {
		return future.Failed[stream](err)
	}
	return future.Ready[stream](nc)
}

// Drop implements future.Dropper.
func (d *socketDial) Drop() { d.op.Drop() }
