package onmagpie

import (
	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/work"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

// TLS returns a program that has an echo server of package serve with TLS, a machine a connection.
func TLS(client func(r *measure.Run, addr string)) func(*measure.Run) {
	return func(r *measure.Run) {
		s, err := serve.NewOf(serve.Config{TLS: work.ServerTLS()}, func(*tlsEcho) {})
		if err != nil {
			panic(err)
		}
		rt, err := sched.New(sched.Config{})
		if err != nil {
			panic(err)
		}
		ln, err := netio.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		sched.SpawnDetached(rt, s.Serve(ln))
		client(r, ln.Addr().String())
		_ = s.Close()
		rt.Close()
	}
}

// tlsEcho sends back what comes. Its messages are small: what a peer does not take at once is kept.
type tlsEcho struct {
	serve.Conn
	rest []byte
}

// Poll implements future.Future.
func (e *tlsEcho) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for {
		for len(e.rest) > 0 {
			a := e.PollWrite(cx, e.rest)
			if a.IsPending() {
				e.rest = append([]byte(nil), e.rest...) // it may be in the worker's buffer
				return future.Pending[future.Unit]()
			}
			n, err := a.Result()
			if err != nil {
				return future.Ready(future.Unit{})
			}
			e.rest = e.rest[n:]
		}
		buf := sched.Scratch(cx)
		a := e.PollRead(cx, buf)
		if a.IsPending() {
			e.rest = nil
			return future.Pending[future.Unit]()
		}
		n, err := a.Result()
		if err != nil {
			return future.Ready(future.Unit{})
		}
		e.rest = buf[:n]
	}
}
