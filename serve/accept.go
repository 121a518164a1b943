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
	held   *netio.Conn // was accepted as the last place was taken by another acceptor
	begun  bool
	over   bool
}

// Poll implements future.Future.
func (a *accepting) Poll(cx *waker.Context) future.Poll[future.Unit] {
	r := &a.server.registry
	if a.over {
		panic("serve: the future of Serve polled after Ready (or after Drop)")
	}
	if !a.begun {
		a.AssertPinned()
		a.begun = true
		r.begin(&a.waiting, cx.Waker())
	}
	for {
		if r.phase.Load() != serving {
			a.end(nil)
			return future.Failed[future.Unit](ErrClosed)
		}
		if !r.hasRoom(&a.waiting) {
			return future.Pending[future.Unit]()
		}
		nc := a.held
		if nc == nil {
			p := a.l.PollAccept(cx)
			if p.IsPending() {
				return future.Pending[future.Unit]()
			}
			var err error
			if nc, err = p.Result(); err != nil {
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
