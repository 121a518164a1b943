package onmagpie

import (
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/work"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/serve/web"
	"github.com/magpie-go/magpie/serve/ws"
	"github.com/magpie-go/magpie/waker"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// idle has serve begin to serve the connections of a listener, in tasks of sp.
func idle(r *measure.Run, serve func(sp sched.Spawner, l *netio.Listener)) {
	rt, err := sched.New(sched.Config{})
	if err != nil {
		panic(err)
	}
	l, err := netio.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	serve(rt, l)
	measure.ServeIdle(r, l.Addr())
	rt.Close()
}

// IdleRaw echoes on bare connections, a machine for each.
func IdleRaw(r *measure.Run) {
	idle(r, func(sp sched.Spawner, l *netio.Listener) { sched.Spawn[unit](sp, &acceptEchoes{l}) })
}

// IdleHTTP answers requests with a greeting.
func IdleHTTP(r *measure.Run) {
	s, err := web.New(web.Config{Handler: func(w *web.Response, _ *web.Request) { w.WriteString("Hello, World!") }})
	if err != nil {
		panic(err)
	}
	idle(r, func(sp sched.Spawner, l *netio.Listener) { s.Serve(sp, l) })
}

// IdleWebSocket sends messages back.
func IdleWebSocket(r *measure.Run) {
	s, err := ws.New(ws.Config{Message: func(c *ws.Conn, op wire.Op, data []byte) { c.Reply(op, data) }})
	if err != nil {
		panic(err)
	}
	idle(r, s.Serve)
}

// IdleTLS echoes over TLS.
func IdleTLS(r *measure.Run) {
	s, err := serve.NewOf(serve.Config{TLS: work.ServerTLS()}, func(*tlsEcho) {})
	if err != nil {
		panic(err)
	}
	idle(r, func(sp sched.Spawner, l *netio.Listener) { sched.SpawnDetached(sp, s.Serve(l)) })
}

type acceptEchoes struct{ l *netio.Listener }

// Poll implements future.Future.
func (a *acceptEchoes) Poll(cx *waker.Context) future.Poll[unit] {
	for {
		p := a.l.PollAccept(cx)
		if p.IsPending() {
			return pending()
		}
		c, err := p.Result()
		if err != nil {
			return future.Failed[unit](err)
		}
		sched.SpawnDetached(cx, bareEcho{c})
	}
}

// bareEcho sends small messages back, and ends with a peer that does not take one.
type bareEcho struct{ conn *netio.Conn }

// Poll implements future.Future.
func (e *bareEcho) Poll(cx *waker.Context) future.Poll[unit] {
	buf := sched.Scratch(cx)
	for {
		p := e.conn.PollRead(cx, buf)
		if p.IsPending() {
			return pending()
		}
		n, err := p.Result()
		if err == nil {
			var sent int
			if sent, err = e.conn.PollWrite(cx, buf[:n]).Result(); err == nil && sent == n {
				continue
			}
		}
		_ = e.conn.Close()
		return ready()
	}
}

// Drop implements future.Dropper.
func (e *bareEcho) Drop() { _ = e.conn.Close() }
