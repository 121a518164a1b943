package serve

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/internal/unreturned"
	"github.com/magpie-go/magpie/waker"
)

// Machine is a future that serves the connection that it embeds: *F, where F is a struct with a Conn in it.
type Machine[F any] interface {
	*F
	future.Future[future.Unit]
	conn() *Conn
}

// task is a connection's: it polls the machine, and sees to what is to be done before and after. It is not moved after its
// first poll, and its memory not used again: the registry points to the link in its Conn.
type task[F any, P Machine[F]] struct {
	machine F
	init    func(*F)
}

// spawn begins to serve a connection that was entered.
func spawn[F any, P Machine[F]](s *Server, cx *waker.Context, nc *netio.Conn, tls *secure, init func(*F)) {
	t := task[F, P]{init: init}
	c := P(&t.machine).conn()
	c.server, c.nc, c.secure = s, nc, tls
	sched.SpawnDetached(cx, t)
}

// Poll implements future.Future.
func (t *task[F, P]) Poll(cx *waker.Context) (p future.Poll[future.Unit]) {
	m := P(&t.machine)
	c := m.conn()
	returned := false
	defer func() {
		if !returned {
			c.end(unreturned.Error(recover()))
			p = future.Ready(future.Unit{})
		}
	}()
	if t.init != nil {
		c.server.registry.link(&c.link, cx.Waker())
		if f := c.server.config.OnState; f != nil {
			f(c, StateNew)
		}
		t.init(&t.machine)
		t.init = nil
	}
	if c.server.registry.phase.Load() == cutting {
		t.cut()
		returned = true
		return future.Ready(future.Unit{})
	}
	if c.secure != nil {
		p = t.pollSecure(cx)
	} else {
		p = m.Poll(cx)
	}
	if p.IsReady() {
		c.end(p.Err())
		p = future.Ready(future.Unit{}) // its error was told
	}
	returned = true
	return p
}

// pollSecure polls the machine of a connection of TLS, and sees to it that what it has written is sent: between its polls, and
// when it has ended.
func (t *task[F, P]) pollSecure(cx *waker.Context) future.Poll[future.Unit] {
	m := P(&t.machine)
	c := m.conn()
	if !c.secure.over {
		p := m.Poll(cx)
		if p.IsPending() {
			_ = c.secure.PollFlush(cx) // an error is one of the next write
			return p
		}
		c.secure.err = p.Err()
	}
	if c.State() != StateDetached && !c.last(cx) {
		return future.Pending[future.Unit]()
	}
	return future.Done(future.Unit{}, c.secure.err)
}

func (t *task[F, P]) cut() {
	c := P(&t.machine).conn()
	if c.link.left {
		return
	}
	if c.secure == nil || !c.secure.over {
		future.Drop(P(&t.machine))
	}
	c.finish(func(m *Metrics) { m.Cut++ })
}

// Drop implements future.Dropper, for a runtime that is shut down first, or whose worker a poll has ended the goroutine of.
func (t *task[F, P]) Drop() { t.cut() }

// end ends a connection whose future has ended.
func (c *Conn) end(err error) {
	if err == nil {
		if c.Draining() && c.State() != StateDetached {
			c.sayEnd()
		}
		c.finish(func(*Metrics) {})
		return
	}
	_, panicked := err.(*future.PanicError)
	if f := c.server.config.OnError; f != nil {
		f(c, err)
	}
	c.finish(func(m *Metrics) {
		m.Failed++
		if panicked {
			m.Panicked++
		}
	})
}

// sayEnd has a client that sends at this moment read the end before the reset that the system answers with: what it sent was not taken.
func (c *Conn) sayEnd() {
	if c.secure != nil {
		_ = c.secure.CloseWrite() // it fails before the handshake is done
	}
	_ = c.nc.CloseWrite()
}

// finish closes a connection and takes it out of the registry.
func (c *Conn) finish(add func(*Metrics)) {
	who := c.server.peer(c.nc)
	if c.State() != StateDetached {
		_ = c.Close() // nobody is left to tell
		c.SetState(StateClosed)
	}
	c.link.left = true
	c.server.registry.leave(&c.link, who, add)
}
