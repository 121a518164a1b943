package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

// Do returns an operation that makes a request, follows redirects, and comes to the response when its header has come: its content is then
// read from the [Response], which is to be closed unless it was read to its end. The request must not be changed
// until then; its content is closed. Its context is not looked at: future.WithContext or a time-out drop the operation. A Drop closes the connection.
//
// Errors are of connecting (a [*ConnectError]: nothing was sent), of the connection (*net.OpError), of the response (*http1.Error, io.ErrUnexpectedEOF), clock.ErrTimeout, or say
// what about the request is wrong. A status of 400 and more is no error.
func (c *Client) Do(req *http.Request) DoOp {
	c.check()
	if req == nil {
		panic("client: Do with a nil Request; http.NewRequest makes them")
	}
	return DoOp{&exchange{client: c, req: req, redirects: max(c.config.Redirects, 0)}}
}

// ConnectError tells that there was no connection, so that nothing of a request was sent.
type ConnectError struct {
	Address string // of the server or the proxy, host:port
	Err     error
}

func (e *ConnectError) Error() string {
	return "client: no connection to " + e.Address + ": " + e.Err.Error()
}

// Unwrap returns why.
func (e *ConnectError) Unwrap() error { return e.Err }

// DoOp is what [Client.Do] returns: a handle, one pointer. See future.Op.
type DoOp struct{ x *exchange }

// Poll implements future.Future.
func (o DoOp) Poll(cx *waker.Context) future.Poll[*Response] { return o.exchange().Poll(cx) }

// Drop implements future.Dropper.
func (o DoOp) Drop() { o.exchange().Drop() }

// Await waits for it, see future.Await.
func (o DoOp) Await(co *future.Co) (*Response, error) {
	return future.Await[*Response](co, o.exchange())
}

func (o DoOp) exchange() *exchange {
	if o.x == nil {
		panic("client: a zero DoOp: Client.Do makes them")
	}
	return o.x
}

// exchange is a request and the header of its response.
//
//	starting     a connection is taken, or one is being made
//	connecting   that is
//	exchanging   the request is sent, and the response looked for meanwhile
//	over
type exchange struct {
	client    *Client
	req       *http.Request
	msg       *Message // in place of req
	state     uint8
	redirects int
	single    bool // redirects are the caller's
	retried   bool
	connect   future.Future[*conn]
	at        place
	addr      string
	proxy     *url.URL
	send      sending
	sent      bool
	resp      *Response
	limit     clock.SleepOp
	limited   bool
}

const (
	starting = iota
	connecting
	exchanging
	over
)

// Poll implements future.Future.
func (x *exchange) Poll(cx *waker.Context) future.Poll[*Response] {
	for {
		switch x.state {
		case starting:
			if err := x.start(cx); err != nil {
				x.refuse()
				return x.fail(err)
			}
		case connecting:
			a := x.connect.Poll(cx)
			if a.IsPending() {
				return future.Pending[*Response]()
			}
			k, err := a.Result()
			x.connect = nil
			if err != nil {
				return x.fail(&ConnectError{x.addr, err})
			}
			x.begin(k)
		case exchanging:
			done, err := x.exchange(cx)
			switch {
			case err != nil && x.again(err):
				x.retried, x.state = true, starting
			case err != nil:
				return x.fail(err)
			case !done:
				return future.Pending[*Response]()
			default:
				next, err := x.redirect()
				if err != nil {
					return x.fail(err)
				}
				if next == nil {
					r := x.resp
					x.end()
					return future.Ready(r)
				}
				x.stop()
				x.req, x.retried, x.state = next, false, starting
				x.redirects--
			}
		default:
			panic("client: a DoOp polled after Ready (or after Drop): make another with Client.Do")
		}
	}
}

func (x *exchange) start(cx *waker.Context) (err error) {
	if x.msg != nil {
		x.at, x.addr = place{scheme: "http", host: x.msg.Host}, x.msg.Host
		x.send, err = x.msg.sending()
	} else if x.at, x.addr, x.proxy, err = x.client.route(x.req); err == nil {
		x.send, err = newSending(x.req, x.proxy)
	}
	if err != nil {
		return err
	}
	if !x.retried { // what was kept may all be as stale
		if k := x.client.take(cx, x.at); k != nil {
			x.begin(k)
			return nil
		}
	}
	x.connect, x.state = x.client.connect(x.at, x.addr, x.proxy), connecting
	return nil
}

func (x *exchange) method() string {
	if x.msg != nil {
		return x.msg.Method
	}
	return x.req.Method
}

// refuse ends the content of a request that was never looked at.
func (x *exchange) refuse() {
	if x.req != nil && x.req.Body != nil {
		_ = x.req.Body.Close()
	}
}

func (x *exchange) begin(k *conn) {
	x.resp = newResponse(x.client, k, x.req, x.method() == "HEAD")
	x.sent, x.state = false, exchanging
	if d := x.client.config.HeaderTimeout; d > 0 {
		x.limit, x.limited = clock.Sleep(d), true
	}
}

// exchange sends, and looks for the response at the same time: a server may answer before it has read all.
func (x *exchange) exchange(cx *waker.Context) (done bool, err error) {
	for x.limited && x.limit.Poll(cx).IsReady() {
		if !x.inTime() {
			x.limited = false
			return false, fmt.Errorf("client: no header from %s: %w", x.at.host, clock.ErrTimeout)
		}
		x.limit = clock.Sleep(x.client.config.HeaderTimeout)
	}
	var sending error
	if !x.sent {
		a := x.send.poll(cx, x.resp.conn.stream)
		if sending = a.Err(); sending == nil && a.IsReady() {
			x.sent = true
			x.fromNow(cx)
		}
		var body *bodyError
		if errors.As(sending, &body) {
			return false, sending
		}
	}
	x.resp.last = !x.sent && !x.send.isWhole() // if this is the answer the rest of the request is not sent
	done, err = x.resp.pollHead(cx)
	if sending != nil && !done && err == nil { // a server that has answered, and closed, is read before that is told
		return false, sending
	}
	return done, err
}

// inTime reports, at the end of the limit, that a server has not had it for itself: content of a Message was waited for, or went out.
func (x *exchange) inTime() bool {
	in := x.msg != nil && !x.sent && x.send.moved
	x.send.moved = false
	return in
}

// fromNow begins the limit anew when all of a Message with content is sent.
func (x *exchange) fromNow(cx *waker.Context) {
	if x.limited && x.msg != nil && x.msg.Body != nil {
		x.limit.Drop()
		x.limit = clock.Sleep(x.client.config.HeaderTimeout)
		x.limit.Poll(cx) // so that its end is heard of; it is not over yet
	}
}

// again reports whether a request is to be repeated: the connection that it has failed on was kept, and broke before any answer.
func (x *exchange) again(err error) bool {
	r := x.resp
	var content *bodyError
	if !r.conn.reused || x.retried || r.begun || errors.Is(err, clock.ErrTimeout) || errors.As(err, &content) {
		return false
	}
	switch x.method() {
	case "", "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE":
	default:
		return false
	}
	switch {
	case x.msg != nil:
		if x.msg.Body != nil {
			return false
		}
	case hasContent(x.req):
		if x.req.GetBody == nil {
			return false
		}
		body, err := x.req.GetBody()
		if err != nil {
			return false
		}
		x.req = x.req.Clone(x.req.Context())
		x.req.Body = body
	}
	x.stop()
	return true
}

// hasContent reports whether a request has any.
func hasContent(req *http.Request) bool { return req.Body != nil && req.Body != http.NoBody }

// stop gives the connection up, or leaves it with the pool if the response was read.
func (x *exchange) stop() {
	if x.limited {
		x.limited = false
		x.limit.Drop()
	}
	x.send.close()
	if x.resp != nil {
		_ = x.resp.Close()
		x.resp = nil
	}
}

func (x *exchange) end() {
	x.resp = nil
	x.stop()
	x.state = over
}

func (x *exchange) fail(err error) future.Poll[*Response] {
	x.stop()
	x.state = over
	return future.Failed[*Response](err)
}

// Drop implements future.Dropper.
func (x *exchange) Drop() {
	if x.state == starting {
		x.refuse()
	}
	if x.connect != nil {
		connect := x.connect
		x.connect = nil
		defer future.Drop(connect)
	}
	x.stop()
	x.state = over
}

// redirect returns the request that a response leads to, if it does and is to be followed.
func (x *exchange) redirect() (*http.Request, error) {
	r := x.resp
	where := r.Header.Get("Location")
	if x.msg != nil || x.single || x.client.config.Redirects < 0 || where == "" {
		return nil, nil
	}
	method, content := x.req.Method, false
	switch r.StatusCode {
	case 301, 302, 303:
		if method != "HEAD" {
			method = "GET"
		}
	case 307, 308:
		content = hasContent(x.req)
		if content && x.req.GetBody == nil {
			return nil, nil // it cannot be sent again: the caller decides
		}
	default:
		return nil, nil
	}
	if x.redirects == 0 {
		return nil, fmt.Errorf("client: more than %d redirects, the last one to %s", x.client.config.Redirects, where)
	}
	to, err := url.Parse(where)
	if err != nil {
		return nil, fmt.Errorf("client: redirected to %q: %w", where, err)
	}
	u := x.req.URL.ResolveReference(to)
	next := x.req.Clone(x.req.Context())
	next.Method, next.URL = method, u
	if to.Host != "" {
		next.Host = "" // a path is one of the host that was asked, whatever it is called
	}
	if !content {
		next.Body, next.GetBody, next.ContentLength = nil, nil, 0
		remove(next.Header, "Content-Type", "Content-Encoding", "Content-Language", "Content-Location")
	} else if next.Body, err = x.req.GetBody(); err != nil {
		return nil, err
	}
	if u.Host != x.req.URL.Host || u.Scheme != x.req.URL.Scheme { // what is a secret between others
		remove(next.Header, "Authorization", "Cookie", "Cookie2", "Proxy-Authorization", "Www-Authenticate")
	}
	return next, nil
}

// remove removes fields, however their names are written: they are sent as they are.
func remove(h http.Header, names ...string) {
	for name := range h {
		if slices.Contains(names, http.CanonicalHeaderKey(name)) {
			delete(h, name)
		}
	}
}
