package netio

import (
	"errors"
	"fmt"
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/proxyproto"
)

// ProxyHeaderOp reads the header that a proxy sends before what it passes on, made by [Conn.ProxyHeader]. See [future.Op].
type ProxyHeaderOp struct {
	c     *Conn
	p     []byte
	state opState
	turn  turn
}

// ProxyHeader returns an operation that reads a header of the PROXY protocol, of version 1 or 2, and comes to it: who is
// at the other end of the proxy. It reads that and not a byte of what follows. Everybody who connects has to begin with one:
// else it fails, as after the end with io.ErrUnexpectedEOF, and the connection is good for nothing but Close. A header has 4,096 bytes at
// most.
//
// A peer may take its time: give a limit with [Conn.SetReadDeadline] or clock.Timeout. A Drop loses what was read of it. It allocates
// a buffer, of 108 bytes for most. A client writes what proxyproto.Append makes.
func (c *Conn) ProxyHeader() ProxyHeaderOp {
	c.check()
	return ProxyHeaderOp{c: c, state: opNew}
}

// Poll implements future.Future.
func (o *ProxyHeaderOp) Poll(cx *waker.Context) future.Poll[proxyproto.Header] {
	mustBe(o != nil, "ProxyHeaderOp")
	o.state.check("ProxyHeaderOp")
	if o.p == nil {
		if err := o.c.mustStream("ProxyHeader"); err != nil {
			if !cx.Spend() {
				return future.Pending[proxyproto.Header]()
			}
			return o.end(proxyproto.Header{}, o.c.fail("read", err))
		}
		o.p = make([]byte, 0, proxyproto.MaxV1+1)
	}
	for {
		h, _, err := proxyproto.Parse(o.p)
		if err != proxyproto.ErrShort {
			if err != nil {
				err = o.c.fail("read", err)
			}
			return o.end(h, err)
		}
		have, more := len(o.p), proxyproto.Missing(o.p)
		if have+more > cap(o.p) {
			o.p = append(make([]byte, 0, have+more), o.p...)
		}
		r := o.c.pollRead(cx, o.p[have:have+more], &o.turn)
		if r.IsPending() {
			o.c.keepTurn(reactor.Read, &o.turn, false)
			o.state.note(false)
			return future.Pending[proxyproto.Header]()
		}
		n, err := r.Result()
		o.p = o.p[:have+n]
		if errors.Is(err, io.EOF) {
			err = o.c.fail("read", fmt.Errorf("the connection ends in the PROXY header: %w", io.ErrUnexpectedEOF))
		}
		if err != nil {
			return o.end(h, err)
		}
	}
}

func (o *ProxyHeaderOp) end(h proxyproto.Header, err error) future.Poll[proxyproto.Header] {
	o.c.keepTurn(reactor.Read, &o.turn, true)
	*o = ProxyHeaderOp{}
	return future.Done(h, err)
}

// Drop implements future.Dropper.
func (o *ProxyHeaderOp) Drop() {
	mustBe(o != nil, "ProxyHeaderOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Read, &o.turn)
	}
	*o = ProxyHeaderOp{}
}

// Await waits for it, see [future.Await].
func (o ProxyHeaderOp) Await(co *future.Co) (proxyproto.Header, error) { return future.AwaitOp(co, o) }
