package serve

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// accepting is the future that Serve returns.
type accepting struct {
	future.Pinned
	waiting
	server *Server
	l      *netio.Listener
	held   *netio.Conn // was accepted as the last place was taken by another acceptor; it waits for one also when the server drains
	begun  bool
	over   bool
}

// When the server drains, what the system has taken for it is accepted before the listener is closed, which would reset it. A successor
// with the same socket takes from the same queue meanwhile. How long that may take, at the limit, the phase says.

// Poll implements future.Future.
func (a *accepting) Poll(cx *waker.Context) future.Poll[future.Unit] {
	r := &a.server.registry
	if a.over {
		panic("serve: the future of Serve polled after Ready (or after Drop)")
	}
	if !a.begun {
		a.AssertPinned()
		a.begun = true
		if !r.begin(&a.waiting, cx.Waker()) {
			a.end(nil)
			return future.Failed[future.Unit](ErrClosed)
		}
	}
	for {
		phase := r.phase.Load()
		if phase == cutting || phase == ending && a.held == nil {
			a.end(nil)
			return future.Failed[future.Unit](ErrClosed)
		}
		if !r.hasRoom(&a.waiting) {
			return future.Pending[future.Unit]()
		}
		nc := a.held
		if nc == nil {
			p := a.next(cx, phase)
			if p.IsPending() {
				return future.Pending[future.Unit]()
			}
			var err error
			if nc, err = p.Result(); err != nil {
				if phase != serving {
					a.end(nil) // there is none, or none can be accepted
					return future.Failed[future.Unit](ErrClosed)
				}
				a.end(err)
				return future.Failed[future.Unit](err)
			}
		}
		a.held = nil
		switch r.enter(&a.waiting, a.server.peer(nc)) {
		case entered:
			a.server.spawn(cx, nc)
		case full:
			a.held = nc
			return future.Pending[future.Unit]()
		case refused:
			_ = nc.Close()
		}
	}
}

// next returns the next connection: when the server drains, one that has come.
func (a *accepting) next(cx *waker.Context, phase uint32) future.Poll[*netio.Conn] {
	if phase == serving {
		return a.l.PollAccept(cx)
	}
	if !cx.Spend() {
		return future.Pending[*netio.Conn]()
	}
	return future.Done(a.l.TryAccept())
}

// Drop implements future.Dropper.
func (a *accepting) Drop() {
	if !a.over {
		a.end(nil)
	}
}

func (a *accepting) end(err error) {
	a.over = true
	_ = a.l.Close()
	if a.held != nil {
		_ = a.held.Close()
	}
	if a.begun {
		a.server.registry.end(&a.waiting, err)
	}
}
