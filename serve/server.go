package serve

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Server serves connections until it is shut down. Its methods may be called by any thread.
type Server struct {
	config   Config
	registry registry
	spawn    func(cx *waker.Context, nc *netio.Conn)
}

// New returns a server whose connections are served by the futures that handle returns. handle is called at the
// first poll of the connection's task. A connection is one allocation beside what the future takes.
func New(config Config, handle func(c *Conn) future.Future[future.Unit]) (*Server, error) {
	if handle == nil {
		return nil, errNoHandler
	}
	return NewOf(config, func(h *handled) { h.f = handle(&h.Conn) })
}

// handled is the machine around a future that a handler has returned.
type handled struct {
	Conn
	f future.Future[future.Unit]
}

// Poll implements future.Future.
func (h *handled) Poll(cx *waker.Context) future.Poll[future.Unit] { return h.f.Poll(cx) }

// Drop implements future.Dropper.
func (h *handled) Drop() { future.Drop(h.f) }

// NewOf returns a server whose connections are served by machines of type *F, which embeds a [Conn]. init is called
// at the first poll of the connection's task, when the Conn can be used. A connection is one allocation.
func NewOf[F any, P Machine[F]](config Config, init func(*F)) (*Server, error) {
	if init == nil {
		return nil, errNoInit
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	s := &Server{config: config}
	s.registry.init(config.MaxConns, config.MaxPerPeer)
	next := func(cx *waker.Context, nc *netio.Conn, t *secure) { spawn[F, P](s, cx, nc, t, init) }
	s.spawn = func(cx *waker.Context, nc *netio.Conn) { next(cx, nc, nil) }
	if config.TLS != nil {
		s.spawn = func(cx *waker.Context, nc *netio.Conn) { s.shake(cx, nc, next) }
	}
	return s, nil
}

// Serve returns the future that accepts connections from l until the server is shut down, when it ends with ErrClosed, or
// until l fails. It takes l over, and closes it in the end. Their tasks are spawned in the runtime that polls
// it. Dropped, it stops accepting; connections go on.
func (s *Server) Serve(l *netio.Listener) future.BoxedOp[future.Unit] {
	if l == nil {
		panic("serve: Serve of a nil Listener; netio.Listen returns one")
	}
	return future.Of[future.Unit](&accepting{server: s, l: l})
}

// Run listens at an address, as of [netio.Listen], calls ready with what that came to, if it is not nil, and serves on rt until
// ctx is done. Then it shuts the server down, within Config.Grace. It returns nil after that, a [*CutError]
// if connections had to be cut, and what went wrong otherwise. It blocks: on a worker it returns
// [future.ErrOnWorker].
func (s *Server) Run(ctx context.Context, rt *sched.Runtime, network, address string, ready func(net.Addr)) error {
	if thread.Current() != nil {
		return fmt.Errorf("serve: Run: %w", future.ErrOnWorker)
	}
	l, err := netio.Listen(network, address)
	if err != nil {
		return err
	}
	accepting := sched.Spawn[future.Unit](rt, s.Serve(l))
	if ready != nil {
		ready(l.Addr())
	}
	_, failed := accepting.Wait(ctx)
	if ctx.Err() != nil || failed == ErrClosed {
		failed = nil
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), max(s.config.Grace, 0))
	defer cancel()
	err = s.Shutdown(grace)
	if failed != nil {
		return failed
	}
	return err
}

// Shutdown ends accepting, has the connections end as soon as they owe nothing, and waits for that. When ctx is
// done it cuts those that are left, and returns a [*CutError]. It blocks: on a worker it returns
// [future.ErrOnWorker].
//
// Connections that the system has taken before, and nobody has accepted, are still accepted, as far as Config.MaxConns has room, or comes
// to have within Config.FirstTime; then the listeners are closed. They and others that are new have until the end of that time for a
// first request. So nobody who is silent holds it up for longer.
func (s *Server) Shutdown(ctx context.Context) error {
	if thread.Current() != nil {
		return fmt.Errorf("serve: Shutdown: %w", future.ErrOnWorker)
	}
	s.registry.move(draining)
	first := time.NewTimer(s.config.FirstTime)
	defer first.Stop()
	for cut := false; !cut; {
		select {
		case <-s.registry.over:
			return nil
		case <-first.C:
			s.registry.move(ending)
		case <-ctx.Done():
			cut = true
		}
	}
	before := s.Metrics().Cut
	s.registry.move(cutting)
	select {
	case <-s.registry.over:
	case <-time.After(cutTime):
	}
	m := s.Metrics()
	if e := (&CutError{Cut: int(m.Cut - before), Stuck: m.Open, Cause: context.Cause(ctx)}); e.Cut+e.Stuck > 0 {
		return e
	}
	return nil
}

// cutTime is how long connections have to end when they are cut: each has but to close its descriptor.
const cutTime = time.Second

// Close is Shutdown without waiting: it cuts all connections, and returns an error only if some cannot be.
func (s *Server) Close() error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := s.Shutdown(ctx)
	if cut, ok := err.(*CutError); ok && cut.Stuck == 0 {
		return nil
	}
	return err
}

// Done is closed when the server was shut down and nothing of it is left.
func (s *Server) Done() <-chan struct{} { return s.registry.over }

// Metrics is what a server has done, and what it does at the moment.
type Metrics struct {
	Accepted uint64 // connections
	Refused  uint64 // closed at once, as their peer had too many
	Full     uint64 // times that accepting had to wait for MaxConns
	Failed   uint64 // connections that ended with an error, panics among them
	Panicked uint64
	Cut      uint64 // connections that were not waited for

	Open, Active, Idle int // connections now; those that are neither active nor idle are new
}

// Metrics returns the figures. It looks at each connection.
func (s *Server) Metrics() Metrics { return s.registry.metrics() }

// peer returns what a connection's peer is counted by, nothing if peers are not.
func (s *Server) peer(nc *netio.Conn) netip.Prefix {
	if s.config.MaxPerPeer == 0 {
		return netip.Prefix{}
	}
	return peer(nc)
}
