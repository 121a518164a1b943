package ws

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/serve/web"
	"github.com/magpie-go/magpie/wire/http1"
)

// Upgrade is a [web.Handler]: it makes a connection of a server of package web into one of s, so that the same server answers HTTP beside it.
//
//	mux.Handle("GET /chat", chat.Upgrade)
//
// A request that is no handshake, or that Check does not let in, is answered as s itself does, but the connection goes on. What concerns connections before and
// around that is the web server's: limits, TLS, errors, draining. Config.Serve, Plain and HandshakeTime are not looked at.
func (s *Server) Upgrade(w *web.Response, r *web.Request) {
	a, status := s.judge(r.Message())
	if status != 101 {
		w.Error(status, http1.StatusText(status))
		if status == 426 {
			w.Set("Upgrade", "websocket")
			w.Set("Sec-WebSocket-Version", "13")
		}
		return
	}
	w.Set("Upgrade", "websocket")
	a.fields(w.Set)
	w.Switch(func(c *serve.Conn, rest []byte) future.Future[future.Unit] {
		m := new(core)
		m.init(c, &s.rules)
		m.agree(a)
		m.in = rest
		return m
	})
}
