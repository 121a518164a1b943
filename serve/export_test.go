package serve

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
)

// Drains reports whether a server has begun to end.
func Drains(s *Server) bool { return s.registry.phase.Load() != serving }

// ServeHeld is Serve by an acceptor that has accepted a connection as the last place was taken by another one.
func ServeHeld(s *Server, l *netio.Listener, held *netio.Conn) future.BoxedOp[future.Unit] {
	return future.Of[future.Unit](&accepting{server: s, l: l, held: held})
}
