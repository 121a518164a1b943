package proxy

import (
	"errors"
	"fmt"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

// TCPConfig is how connections are passed on. The zero value has no time-out.
type TCPConfig struct {
	// IdleTimeout is how long a connection may go without a byte in either direction, before it is ended as with [ErrIdle]; 0: for
	// ever. It is looked at twice in that time, so it takes up to one and a half of it.
	IdleTimeout time.Duration
}

// ErrIdle is how a connection ends on which nothing has come for IdleTimeout.
var ErrIdle = errors.New("proxy: nothing was sent in either direction within the idle time-out")

// NewTCP returns a server that passes each connection on to a server of pool. What serve.Config.OnError is told names it: a [*ConnectError] if there
// was none, else what broke off. It is run as any serve.Server.
func NewTCP(config serve.Config, pool *Pool, tcp TCPConfig) (*serve.Server, error) {
	switch {
	case pool == nil || len(pool.upstreams) == 0:
		return nil, errors.New("proxy: NewTCP with a nil or zero Pool: NewPool makes them")
	case tcp.IdleTimeout < 0:
		return nil, fmt.Errorf("proxy: IdleTimeout is %v; it takes more than 0, or 0 for none", tcp.IdleTimeout)
	}
	return serve.NewOf(config, func(t *tunnel) {
		t.silence.idle = tcp.IdleTimeout
		t.connect = pool.Connect()
	})
}

// tunnel is the machine of a connection.
//
//	connecting   to a server
//	passing      bytes, until both directions have ended or one has failed
type tunnel struct {
	serve.Conn
	connect ConnectOp
	passing bool
	link    Link
	silence silence

	splice netio.SpliceBothOp
	secure *aio.CopyBidirectionalOp // in its place, if the client speaks TLS
}

// Poll implements future.Future.
func (t *tunnel) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if !t.passing {
		a := t.connect.Poll(cx)
		if a.IsPending() {
			return future.Pending[future.Unit]()
		}
		link, err := a.Result()
		if err != nil {
			_ = t.Net().SetLinger(0) // the client is told that it was not the server who has ended
			return future.Failed[future.Unit](err)
		}
		t.begin(link)
	}
	a := t.pass(cx)
	if a.IsReady() {
		return t.end(a.Err())
	}
	if err := t.silence.poll(cx, t.Draining(), t.copied()); err != nil {
		t.drop()
		if t.silence.drains {
			return t.end(nil)
		}
		return t.end(err)
	}
	return future.Pending[future.Unit]()
}

func (t *tunnel) begin(link Link) {
	t.passing, t.link = true, link
	t.SetState(serve.StateActive)
	if t.Secure() != nil {
		op := aio.CopyBidirectional(&t.Conn, link.Conn)
		t.secure = &op
	} else {
		t.splice = netio.SpliceBoth(t.Net(), link.Conn)
	}
	t.silence.begin()
}

func (t *tunnel) pass(cx *waker.Context) future.Poll[aio.Copied] {
	if t.secure != nil {
		return t.secure.Poll(cx)
	}
	return t.splice.Poll(cx)
}

func (t *tunnel) copied() int64 {
	var c aio.Copied
	if t.secure != nil {
		c = t.secure.Copied()
	} else {
		c = t.splice.Copied()
	}
	return c.AToB + c.BToA
}

// end gives everything back. After an error both sides are reset.
func (t *tunnel) end(err error) future.Poll[future.Unit] {
	t.silence.end()
	if err != nil {
		err = fmt.Errorf("proxy: %v through to %s: %w", t.RemoteAddr(), t.link.Upstream.address, err)
		_ = t.link.Conn.SetLinger(0)
		_ = t.Net().SetLinger(0)
		_ = t.Net().Close() // under TLS too, without a word that the end is one
	}
	_ = t.link.Close()
	return future.Done(future.Unit{}, err)
}

func (t *tunnel) drop() {
	if t.secure != nil {
		t.secure.Drop()
	} else {
		t.splice.Drop()
	}
}

// Drop implements future.Dropper.
func (t *tunnel) Drop() {
	if !t.passing {
		t.connect.Drop()
		return
	}
	t.drop()
	t.end(errCut)
}

var errCut = errors.New("proxy: cut")
