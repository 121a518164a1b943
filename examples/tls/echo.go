package main

import (
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

// echo is the machine of a connection. It reads into its worker's buffer, and holds bytes of its own only while the peer
// takes none.
type echo struct {
	serve.Conn
	rest []byte // is to be sent back first
}

// Poll implements future.Future.
func (e *echo) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for {
		p := e.send(cx, e.rest)
		if p.IsPending() || p.Err() != nil {
			return p
		}
		e.rest = nil
		in := sched.Scratch(cx)
		r := e.PollRead(cx, in)
		n, err := r.Result()
		switch {
		case r.IsPending() && e.Ends():
			return future.Ready(future.Unit{})
		case r.IsPending():
			return future.Pending[future.Unit]()
		case err == io.EOF:
			return future.Ready(future.Unit{})
		case err != nil:
			return future.Failed[future.Unit](err)
		}
		p = e.send(cx, in[:n])
		if p.IsPending() || p.Err() != nil {
			return p
		}
	}
}

// send writes all of p, or keeps what the peer does not take now.
func (e *echo) send(cx *waker.Context, p []byte) future.Poll[future.Unit] {
	for len(p) > 0 {
		w := e.PollWrite(cx, p)
		n, err := w.Result()
		switch {
		case w.IsPending():
			e.rest = append([]byte(nil), p...)
			return future.Pending[future.Unit]()
		case err != nil:
			return future.Failed[future.Unit](err)
		}
		p = p[n:]
	}
	return future.Ready(future.Unit{})
}
