package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/wire/http1"
)

// Config is what a Server goes by. Only Handler has to be set.
//
// A time-out of 0 stands for the default that is given with it; a negative one is none.
type Config struct {
	// Handler answers the requests: [Mux.Serve] of a router, [Standard] of an http.Handler, or a function.
	Handler Handler

	// HeaderTimeout is how long a client may take for a request's header, from its first byte on: 10 seconds.
	HeaderTimeout time.Duration
	// IdleTimeout is for how long a connection may wait for the next request: 2 minutes. From 5 seconds on it is
	// kept to the second.
	IdleTimeout time.Duration
	// BodyTimeout is for how long a client that is in the middle of a body may send nothing: 30 seconds.
	BodyTimeout time.Duration
	// WriteTimeout is for how long a client may take nothing of an answer that waits for it: 30 seconds.
	WriteTimeout time.Duration

	// MaxHeader is the size in bytes from which on a header is refused, with 431; 0: [http1.MaxHead].
	MaxHeader int
	// Pool is where the handlers of [Standard] run; by default one of the server's own, which runs 10,000 at once.
	Pool *future.BlockingPool

	// Conns are the limits on connections, the hooks that are told of them and Grace, see [serve.Config].
	Conns serve.Config
}

const (
	defaultHeaderTimeout = 10 * time.Second
	defaultIdleTimeout   = 2 * time.Minute
	defaultBodyTimeout   = 30 * time.Second
	defaultWriteTimeout  = 30 * time.Second
	defaultPoolLimit     = 10_000
)

func (c *Config) check() error {
	if c.Handler == nil {
		return errors.New("web: Config.Handler is nil; it takes a func(*web.Response, *web.Request), such as (*web.Mux).Serve, or what web.Standard makes of an http.Handler")
	}
	if c.MaxHeader < 0 || c.MaxHeader > 1<<30 {
		return fmt.Errorf("web: Config.MaxHeader is %d; it takes bytes, up to 1 GiB, or 0 for %d", c.MaxHeader, http1.MaxHead)
	}
	c.HeaderTimeout = cmp.Or(c.HeaderTimeout, defaultHeaderTimeout)
	c.IdleTimeout = cmp.Or(c.IdleTimeout, defaultIdleTimeout)
	c.BodyTimeout = cmp.Or(c.BodyTimeout, defaultBodyTimeout)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, defaultWriteTimeout)
	if c.Pool == nil {
		c.Pool = &future.BlockingPool{Limit: defaultPoolLimit}
	}
	return nil
}

// Server is an HTTP/1.1 server. Its methods may be called by any thread.
type Server struct {
	config Config
	loop   *serve.Server
	clock  *clock
}

// New returns a server, which serves nobody yet. It fails if the Config is wrong.
func New(config Config) (*Server, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	s := &Server{config: config, clock: newClock()}
	loop, err := serve.NewOf(config.Conns, func(c *conn) { c.srv = s })
	if err != nil {
		return nil, err
	}
	s.loop = loop
	return s, nil
}

// Serve accepts connections from l until the server is shut down, and serves them on the runtime of sp. It takes l over
// and does not block; a server may have several listeners. The task that is returned ends with
// [serve.ErrClosed], or with what made accepting fail.
func (s *Server) Serve(sp sched.Spawner, l *netio.Listener) sched.JoinHandle[future.Unit] {
	s.clock.start(sp)
	return sched.Spawn[future.Unit](sp, s.loop.Serve(l))
}

// Run listens at an address, as of [netio.Listen], calls ready with what that came to, if it is not nil, serves on rt
// until ctx is done, and then lets the requests under way end, see [serve.Server.Run]. It blocks.
func (s *Server) Run(ctx context.Context, rt *sched.Runtime, network, address string, ready func(net.Addr)) error {
	s.clock.start(rt)
	defer s.clock.end()
	return s.loop.Run(ctx, rt, network, address, ready)
}

// Shutdown stops accepting, lets each connection answer the requests that have reached it, and waits for that; one that is
// new has Conns.FirstTime for its first. The last answer of a connection says "Connection: close". When ctx is done what is left is cut, and
// the error is a [*serve.CutError]. It blocks.
func (s *Server) Shutdown(ctx context.Context) error {
	defer s.clock.end()
	return s.loop.Shutdown(ctx)
}

// Close ends the server without waiting for requests that are under way.
func (s *Server) Close() error {
	defer s.clock.end()
	return s.loop.Close()
}

// Metrics returns what its connections have done and do.
func (s *Server) Metrics() serve.Metrics { return s.loop.Metrics() }
