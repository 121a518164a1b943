package fasthttphandler

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/magpie-go/magpie/serve/web"
	"github.com/magpie-go/magpie/wire/http1"
)

// take copies a request. The slices of r are lent to a poll, and a handler may be on a goroutine long after the client has gone.
func (e *exchange) take(r *web.Request, logger fasthttp.Logger) {
	c := r.Conn()
	e.conn = conn{local: c.LocalAddr(), remote: r.RemoteAddr()}
	var nc net.Conn = &e.conn
	if state := c.TLS(); state != nil {
		e.tls = secureConn{e.conn, state}
		nc = &e.tls
	}
	e.ctx.Init2(nc, logger, false)
	req := &e.ctx.Request
	msg := r.Message()
	h := &req.Header
	h.SetMethodBytes(msg.Method())
	h.SetRequestURIBytes(msg.Target())
	if msg.HTTP10() {
		h.SetProtocol("HTTP/1.0")
	}
	for name, value := range r.Fields() {
		h.AddBytesKV(name, value)
	}
	if nc == &e.tls {
		req.URI().SetScheme("https")
	}
	if content := r.Content(); len(content) > 0 {
		req.SetBody(content)
	}
	for name, value := range r.Trailers() { // beside the header, as fasthttp has them; so none may say what only that may
		if http1.CheckTrailer(lent(name), "") == nil {
			h.AddBytesKV(name, value)
		}
	}
}

// conn is what a RequestCtx is told of its connection.
type conn struct{ local, remote net.Addr }

// errNotHere is that of what only a server of fasthttp can do.
var errNotHere = fmt.Errorf("fasthttphandler: the connection is that of a server of package web, which reads and writes it: %w", errors.ErrUnsupported)

func (c *conn) LocalAddr() net.Addr              { return c.local }
func (c *conn) RemoteAddr() net.Addr             { return c.remote }
func (c *conn) Read([]byte) (int, error)         { return 0, errNotHere }
func (c *conn) Write([]byte) (int, error)        { return 0, errNotHere }
func (c *conn) Close() error                     { return errNotHere }
func (c *conn) SetDeadline(time.Time) error      { return errNotHere }
func (c *conn) SetReadDeadline(time.Time) error  { return errNotHere }
func (c *conn) SetWriteDeadline(time.Time) error { return errNotHere }

// secureConn is one with TLS, by which fasthttp knows it.
type secureConn struct {
	conn
	state *tls.ConnectionState
}

func (c *secureConn) Handshake() error                     { return nil }
func (c *secureConn) ConnectionState() tls.ConnectionState { return *c.state }
