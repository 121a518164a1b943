package serve

import (
	"net"
	"net/netip"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// Conn is a connection of a Server, for the future that serves it: handed to it by [New], or embedded in it for
// [NewOf]. Only polls of that future may use it, and nobody may after it has ended. It must not be copied.
//
// It is an [aio.Reader] and an [aio.Writer]. The loop closes it when its future has ended.
type Conn struct {
	link   link
	server *Server
	nc     *netio.Conn
	secure *secure // nil without TLS
}

var _ interface {
	aio.ReadWriter
	aio.CloseWriter
} = (*Conn)(nil)

// conn is what an embedded Conn adds to a Machine.
func (c *Conn) conn() *Conn { return c }

// PollRead reads into p, as [netio.Conn.PollRead] does, or [tlsio.Conn.PollRead].
func (c *Conn) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	if c.secure != nil {
		return c.secure.PollRead(cx, p)
	}
	return c.server.read(cx, c.nc, p, &c.link.nothing)
}

// read reads from a socket. While the server drains the system is asked each time: an event that has not been seen yet may stand behind
// the Pending of a connection that ends for it. nothing is set if it had nothing.
func (s *Server) read(cx *waker.Context, nc *netio.Conn, p []byte, nothing *bool) future.Poll[int] {
	a := nc.PollRead(cx, p)
	*nothing = false
	if !a.IsPending() || s.registry.phase.Load() == serving || !cx.Spend() {
		return a
	}
	n, err := nc.TryRead(p)
	if *nothing = err == netio.ErrWouldBlock; *nothing {
		return a
	}
	return future.Done(n, err)
}

// PollWrite writes what there is room for, as [netio.Conn.PollWrite] does, or [tlsio.Conn.PollWrite].
func (c *Conn) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	if c.secure != nil {
		return c.secure.PollWrite(cx, p)
	}
	return c.nc.PollWrite(cx, p)
}

// Read returns an operation that reads into p.
func (c *Conn) Read(p []byte) aio.ReadOp { return aio.Read(c, p) }

// WriteAll returns an operation that writes all of p.
func (c *Conn) WriteAll(p []byte) aio.WriteAllOp { return aio.WriteAll(c, p) }

// CloseWrite tells the peer that nothing more comes: by a close_notify under TLS, which leaves the socket open.
func (c *Conn) CloseWrite() error {
	if c.secure != nil {
		return c.secure.CloseWrite()
	}
	return c.nc.CloseWrite()
}

// ForgetRead implements aio.ReadForgetter.
func (c *Conn) ForgetRead() {
	if c.secure != nil {
		c.secure.ForgetRead()
		return
	}
	c.nc.ForgetRead()
}

// ForgetWrite implements aio.WriteForgetter.
func (c *Conn) ForgetWrite() {
	if c.secure != nil {
		c.secure.ForgetWrite()
		return
	}
	c.nc.ForgetWrite()
}

// Close closes the connection now, instead of when its future ends. A second Close does nothing.
func (c *Conn) Close() error {
	if c.secure != nil {
		return c.secure.Close()
	}
	return c.nc.Close()
}

// Net returns the socket, for its options and deadlines. Under TLS it is not to be read or written.
func (c *Conn) Net() *netio.Conn { return c.nc }

// LocalAddr returns the address that the peer has connected to.
func (c *Conn) LocalAddr() net.Addr { return c.nc.LocalAddr() }

// RemoteAddr returns the peer's address.
func (c *Conn) RemoteAddr() net.Addr { return c.nc.RemoteAddr() }

// Server returns the server that has accepted the connection.
func (c *Conn) Server() *Server { return c.server }

// Draining reports whether the server is to end. A connection that owes nothing then ends, see [Conn.Ends]. The future is
// polled once more when it begins, whatever it waits for.
func (c *Conn) Draining() bool { return c.server.registry.phase.Load() != serving }

// Ends reports whether a connection that owes nothing and whose last PollRead was Pending is to end, instead of waiting for more: the
// server drains, and the system had nothing to read either. A connection in StateNew is given Config.FirstTime before: its client has
// connected before the server began to end, and has no reason to send its request elsewhere. The future is polled once more when that is over.
func (c *Conn) Ends() bool {
	nothing := c.link.nothing
	if c.secure != nil {
		nothing = c.secure.socket.nothing
	}
	return nothing && (c.Ending() || c.Draining() && c.State() != StateNew)
}

// Ending reports whether Config.FirstTime is over since the server began to end. A protocol need not wait any longer for the rest of a request. The
// future is polled once more when it is.
func (c *Conn) Ending() bool { return c.server.registry.phase.Load() >= ending }

// State returns what the connection does. Any thread may call it.
func (c *Conn) State() State { return State(c.link.state.Load()) }

// SetState notes what the connection does, StateActive or StateIdle, and tells Config.OnState if that is something else than before.
func (c *Conn) SetState(s State) {
	if State(c.link.state.Load()) == s {
		return
	}
	c.link.state.Store(uint32(s))
	if f := c.server.config.OnState; f != nil {
		f(c, s)
	}
}

// Detach hands the socket over to the caller: the loop does not close it, and the future is to end soon. The
// connection counts until then.
func (c *Conn) Detach() *netio.Conn {
	c.SetState(StateDetached)
	return c.nc
}

// peer is what MaxPerPeer counts by.
func peer(nc *netio.Conn) (p netip.Prefix) {
	a, ok := nc.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return p
	}
	addr := a.AddrPort().Addr().Unmap().WithZone("")
	bits := 64
	if addr.Is4() {
		bits = 32
	}
	p, _ = addr.Prefix(bits) // invalid if the address is
	return p
}
