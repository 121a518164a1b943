package ws

import (
	"context"
	"net"

	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
)

// Server serves WebSocket connections. Its methods may be called by any thread.
type Server struct {
	config Config
	rules  rules
	serve  *serve.Server
}

// New returns a server.
func New(config Config) (*Server, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	s := &Server{config: config, rules: config.rules()}
	if err := s.rules.check(); err != nil {
		return nil, err
	}
	var err error
	s.serve, err = serve.NewOf(config.Serve, func(m *machine) {
		m.init(&m.Conn, &s.rules)
		m.shake = &handshake{server: s}
		m.within(s.rules.handshakeTime)
	})
	return s, err
}

// Run listens at an address, as of netio.Listen, tells ready what that came to, if it is not nil, and serves on rt until ctx is done.
// Then each connection is sent a close frame, and has Config.Serve.Grace to answer it; one that is new has Config.Serve.FirstTime to begin
// its handshake, which is answered before that. It blocks, and so returns
// future.ErrOnWorker on a worker.
func (s *Server) Run(ctx context.Context, rt *sched.Runtime, network, address string, ready func(net.Addr)) error {
	return s.serve.Run(ctx, rt, network, address, ready)
}

// Serve accepts from l as well, in tasks of sp's runtime. It takes l over and does not block.
func (s *Server) Serve(sp sched.Spawner, l *netio.Listener) {
	sched.SpawnDetached(sp, s.serve.Serve(l))
}

// Shutdown ends serving as Run does at its end. It blocks.
func (s *Server) Shutdown(ctx context.Context) error { return s.serve.Shutdown(ctx) }

// Close cuts all connections.
func (s *Server) Close() error { return s.serve.Close() }

// Metrics returns what the connections have done.
func (s *Server) Metrics() serve.Metrics { return s.serve.Metrics() }
