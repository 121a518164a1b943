package web

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

// How HTTP ends on a connection that goes on.
//
// The client may speak the other protocol once it has sent all of its request (RFC 9110, 7.8), so what comes after that, and nothing of it, is the other
// protocol's. Content that nobody has read is thrown away before the answer is sent. Rejected: to hand it over with the rest, as a Hijack does: only
// the client knows where it ends.

// Switch ends HTTP on the connection: after this answer, which has status 101, or 200 to a CONNECT, and no content, the
// future that next returns has the connection, until it ends. rest is what the client has sent already behind its request. It
// is how WebSocket begins.
//
// Content of the request that the handler has not read is thrown away before that, up to 256 KB. If there is more the client gets a 413, and the connection ends.
func (w *Response) Switch(next func(c *serve.Conn, rest []byte) future.Future[future.Unit]) {
	w.SwitchOr(next, nil)
}

// SwitchOr is Switch for who holds something that next takes over: if it is never called, as the client was gone before the answer was sent, had sent too much content, or the
// handler has failed, lost is.
func (w *Response) SwitchOr(next func(c *serve.Conn, rest []byte) future.Future[future.Unit], lost func()) {
	if next == nil {
		panic("web: Switch takes a function that returns the future of the connection; it is nil")
	}
	w.x.stays()
	w.x.switched, w.x.lost = next, lost
}

// stays has the connection go on with HTTP, or end with it.
func (x *exchange) stays() {
	lost := x.lost
	if x.switched, x.lost = nil, nil; lost != nil {
		lost()
	}
}

// skipsFirst has content be thrown away before the answer that ends HTTP.
func (c *conn) skipsFirst() {
	x := c.x
	if x.req.msg.ContentLength()-x.req.msg.Content() > maxSkip {
		c.staysHTTP(nil)
		return
	}
	x.goOn()
	x.piece = nil
	c.state = skipping
}

// staysHTTP answers in place of a switch that content is too large, or what is wrong with it.
func (c *conn) staysHTTP(err error) {
	x := c.x
	if err != nil {
		x.failed(err)
	} else {
		x.stays()
		x.resp.tooLarge()
	}
	c.called()
}

// switches sends the answer to a request that ends HTTP on the connection, and begins with what comes after it.
func (c *conn) switches(cx *waker.Context) (again bool, err error) {
	x := c.x
	if pending, err := x.write(cx); pending || err != nil {
		return false, c.wait(cx, forWrite, err)
	}
	rest := append([]byte(nil), x.in[x.r:]...)
	x.lost = nil
	f := x.switched(&c.Conn, rest)
	c.release()
	c.timer.Stop()
	c.limit = forNothing
	c.fut, c.state = f, switched
	return true, nil
}
