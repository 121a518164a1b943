package serve

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/internal/unreturned"
	"github.com/magpie-go/magpie/waker"
)

const (
	defaultHandshake = 10 * time.Second
	// lastTime is how long a peer has to take what was written when the future of its connection ends. The system gives it
	// longer to take what is in its own buffer.
	lastTime = 10 * time.Second
)

var errNoCertificate = errors.New("serve: Config.TLS has no certificate: set Certificates, GetCertificate or GetConfigForClient (tlsio.LoadCertificates reads files)")

// secure is what a connection has beside its socket if it is one of TLS.
type secure struct {
	*tlsio.Conn
	socket socket
	state  *tls.ConnectionState // once it was asked for
	over   bool                 // the future has ended, with err; what it wrote last is being sent
	err    error
}

// socket is what TLS runs over.
type socket struct {
	*netio.Conn
	server  *Server
	nothing bool // as in link
}

// PollRead implements aio.Reader.
func (s *socket) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	return s.server.read(cx, s.Conn, p, &s.nothing)
}

func (c *Config) checkTLS() error {
	if c.HandshakeTimeout < 0 {
		return fmt.Errorf("serve: HandshakeTimeout is %v; it takes more than 0, or 0 for %v", c.HandshakeTimeout, defaultHandshake)
	}
	c.HandshakeTimeout = cmp.Or(c.HandshakeTimeout, defaultHandshake)
	if t := c.TLS; t != nil && len(t.Certificates) == 0 && t.GetCertificate == nil && t.GetConfigForClient == nil {
		return errNoCertificate
	}
	return nil
}

// handshaking is the task of a connection until its handshake is done. It has a coroutine, which binds it to its worker; so
// the machine is then given a task of its own, which may move.
type handshaking struct {
	conn Conn // for the registry and OnError
	next func(cx *waker.Context, nc *netio.Conn, t *secure)
	op   clock.TimeoutOp[future.Unit, tlsio.HandshakeOp]
}

// shake begins the handshake of a connection that was entered.
func (s *Server) shake(cx *waker.Context, nc *netio.Conn, next func(*waker.Context, *netio.Conn, *secure)) {
	h := handshaking{next: next}
	h.conn.server, h.conn.nc = s, nc
	sched.SpawnDetached(cx, h)
}

// Poll implements future.Future.
func (h *handshaking) Poll(cx *waker.Context) (p future.Poll[future.Unit]) {
	c := &h.conn
	returned := false
	defer func() {
		if !returned { // a callback of the configuration panics
			h.end(unreturned.Error(recover()))
			p = future.Ready(future.Unit{})
		}
	}()
	s := c.server
	if c.secure == nil {
		s.registry.link(&c.link, cx.Waker())
		c.secure = &secure{socket: socket{Conn: c.nc, server: s}}
		c.secure.Conn = tlsio.Server(&c.secure.socket, s.config.TLS)
		h.op = clock.Timeout(c.secure.Handshake(), s.config.HandshakeTimeout)
	}
	if s.registry.phase.Load() >= ending { // nothing is owed yet
		h.op.Drop()
		h.end(nil)
		returned = true
		return future.Ready(future.Unit{})
	}
	if p = h.op.Poll(cx); p.IsPending() {
		returned = true
		return p
	}
	if err := p.Err(); err != nil {
		h.end(fmt.Errorf("serve: TLS handshake: %w", err))
	} else {
		s.registry.unlink(&c.link)
		h.next(cx, c.nc, c.secure)
	}
	returned = true
	return future.Ready(future.Unit{})
}

// end ends a connection that has never come to a state that was told.
func (h *handshaking) end(err error) {
	h.conn.link.state.Store(uint32(StateClosed))
	h.conn.end(err)
}

// Drop implements future.Dropper.
func (h *handshaking) Drop() {
	if h.conn.link.left {
		return
	}
	if h.conn.secure != nil {
		h.op.Drop()
	}
	h.conn.link.state.Store(uint32(StateClosed))
	h.conn.finish(func(m *Metrics) { m.Cut++ })
}

// last sends what a machine that has ended has written last, and reports whether that is over.
func (c *Conn) last(cx *waker.Context) (over bool) {
	t := c.secure
	if !t.over {
		t.over = true
		if t.PollFlush(cx).IsReady() {
			return true
		}
		_ = c.nc.SetWriteDeadline(time.Now().Add(lastTime))
	}
	return t.PollFlush(cx).IsReady() // a peer that takes nothing more has its loss
}

// PollFlush is ready when all that was written has been handed to the socket: at once without TLS. It implements aio.Flusher. The loop calls
// it after each poll of the connection's future, so that who writes need not.
func (c *Conn) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	if c.secure != nil {
		return c.secure.PollFlush(cx)
	}
	if !cx.Spend() {
		return future.Pending[future.Unit]()
	}
	return future.Ready(future.Unit{})
}

// TLS returns what was agreed upon in the handshake: protocol (ALPN), name, certificates of the client; nil without TLS. The first call allocates
// it. It is not to be changed.
func (c *Conn) TLS() *tls.ConnectionState {
	t := c.secure
	if t == nil {
		return nil
	}
	if t.state == nil {
		state := t.ConnectionState()
		t.state = &state
	}
	return t.state
}

// Secure returns the connection of TLS, for who takes it over by [Conn.Detach]; nil without TLS.
func (c *Conn) Secure() *tlsio.Conn {
	if c.secure == nil {
		return nil
	}
	return c.secure.Conn
}
