package proxy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"time"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/serve/client"
	"github.com/magpie-go/magpie/serve/web"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
)

// HTTPConfig is how requests are passed on. The zero value will do.
type HTTPConfig struct {
	// HeaderTimeout is how long a server may take from the end of the request to the end of the response's header, and for how long it may take
	// nothing of the request's content, after which the client gets a 504; 0: 60 seconds.
	HeaderTimeout time.Duration
	// MaxIdle is how many connections to each server are kept for further requests; 0: 256.
	MaxIdle int
	// OnError, if set, is told why a client gets a 502, 503 or 504, or half a response. It is called on the worker, and must not block.
	OnError func(r *web.Request, err error)
}

// NewHTTP returns a handler of package web that passes requests on to the servers of a pool, by connections that are kept.
//
// The target and the fields are passed on as they came. What belongs to one connection only (Connection and what it names, Keep-Alive, TE, Trailer, Transfer-Encoding, Proxy-*) is not passed on. The Host is the
// client's; X-Forwarded-For gets its address at the end, X-Forwarded-Host and X-Forwarded-Proto are set. Content goes
// through as it comes, both ways, no faster than it is read, trailers after it. An upgrade (WebSocket) that the client has asked for and the server accepts makes a tunnel.
//
// A server that cannot be connected to is left out, and another one tried: up to three. A request that may be repeated is sent once more when a kept connection
// breaks before an answer, see package client. The client gets 503 if no server could be connected to, 504 if one takes
// too long, and 502 if it breaks off or speaks no HTTP; a response that breaks off after a part of it was passed on ends the client's connection.
func NewHTTP(pool *Pool, config HTTPConfig) (web.Handler, error) {
	switch {
	case pool == nil || len(pool.upstreams) == 0:
		return nil, errors.New("proxy: NewHTTP with a nil or zero Pool: NewPool makes them")
	case pool.config.Network != "tcp":
		return nil, fmt.Errorf("proxy: NewHTTP with a pool of network %q; it is tcp", pool.config.Network)
	case config.HeaderTimeout < 0 || config.MaxIdle < 0:
		return nil, fmt.Errorf("proxy: HeaderTimeout is %v and MaxIdle %d; they take more than 0, or 0 for what they are by themselves", config.HeaderTimeout, config.MaxIdle)
	}
	c, err := client.New(client.Config{Dial: pool.config.Dial, ConnectTimeout: pool.config.ConnectTimeout,
		HeaderTimeout: cmp.Or(config.HeaderTimeout, time.Minute), MaxIdlePerHost: cmp.Or(config.MaxIdle, 256), Redirects: -1})
	if err != nil {
		return nil, err
	}
	return func(w *web.Response, r *web.Request) {
		w.Await(&passing{pool: pool, config: &config, client: c, w: w, r: r})
	}, nil
}

// hop are fields of one connection.
var hop = []string{"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// ours are those of a request that are made, and not copied.
var ours = []string{"Host", "Content-Length", "Expect", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"}

// isOne reports whether a field has one of these names.
func isOne(name []byte, of []string) bool {
	for _, other := range of {
		if http1.EqualFold(name, other) {
			return true
		}
	}
	return false
}

// eachToken calls f for each element of the lists that the fields of a name have.
func eachToken(fields iter.Seq2[[]byte, []byte], name string, f func(token []byte)) {
	for n, list := range fields {
		if http1.EqualFold(n, name) {
			for token := range bytes.SplitSeq(list, []byte{','}) {
				if token = bytes.TrimSpace(token); len(token) > 0 {
					f(token)
				}
			}
		}
	}
}

// named returns the fields that Connection names, which are of this connection only, and whether the protocol is to change.
func named(fields iter.Seq2[[]byte, []byte]) (names []string, upgrades bool) {
	eachToken(fields, "Connection", func(token []byte) {
		switch {
		case http1.EqualFold(token, "upgrade"):
			upgrades = true
		case !http1.EqualFold(token, "keep-alive") && !http1.EqualFold(token, "close"):
			names = append(names, string(token))
		}
	})
	return names, upgrades
}

// errConnect is what a client is told who would have a tunnel.
var errConnect = errors.New("proxy: CONNECT is not passed on")

var errTarget = errors.New("proxy: the target of the request is neither a path nor an URL with a host")

// outgoing makes the request for a server, and returns the protocol that the client would change to. Its header is appended to head.
func outgoing(head []byte, r *web.Request, address string) (m client.Message, upgrade string, err error) {
	method := r.Method()
	target := r.Target()
	switch {
	case method == http.MethodConnect:
		return m, "", errConnect
	case target[0] != '/': // it names the host, which the field does
		u, err := url.ParseRequestURI(string(target))
		if err != nil {
			return m, "", fmt.Errorf("proxy: the target of the request: %w", err)
		}
		if u.Opaque != "" { // as mailto:x
			return m, "", errTarget
		}
		target = []byte(u.RequestURI())
	}
	names, upgrades := named(r.Fields())
	head = append(append(append(head, method...), ' '), target...)
	head = append(head, " HTTP/1.1\r\n"...)
	if host := r.Host(); len(host) > 0 {
		head = appendField(head, "Host", host)
	} else { // a client of HTTP/1.0 need not say
		head = http1.AppendField(head, "Host", address)
	}
	forwarded := []byte(nil)
	for name, value := range r.Fields() {
		switch {
		case http1.EqualFold(name, "X-Forwarded-For"):
			forwarded = append(append(forwarded, value...), ", "...)
		case isOne(name, hop) || isOne(name, ours) || isOne(name, names):
			if upgrades && upgrade == "" && http1.EqualFold(name, "Upgrade") {
				upgrade = string(value)
			}
		default:
			head = appendField(head, lent(name), value)
		}
	}
	if upgrade != "" {
		head = http1.AppendField(head, "Connection", "Upgrade")
		head = http1.AppendField(head, "Upgrade", upgrade)
	}
	head = appendForwarded(head, r, forwarded)
	m = client.Message{Method: method, Host: address, Head: head, Length: r.ContentLength()}
	if m.Length < 0 {
		m.Trailer = trailerNames(r)
	}
	return m, upgrade, nil
}

// appendForwarded says for whom a request is; of those before us the list is before.
func appendForwarded(head []byte, r *web.Request, before []byte) []byte {
	if a, ok := r.RemoteAddr().(*net.TCPAddr); ok {
		head = append(append(head, "X-Forwarded-For: "...), before...)
		head = a.AddrPort().Addr().Unmap().AppendTo(head)
		head = append(head, "\r\n"...)
	} else if before = bytes.TrimSuffix(before, []byte(", ")); len(before) > 0 {
		head = appendField(head, "X-Forwarded-For", before)
	}
	head = appendField(head, "X-Forwarded-Host", r.Host())
	if r.Conn().Secure() != nil {
		return http1.AppendField(head, "X-Forwarded-Proto", "https")
	}
	return http1.AppendField(head, "X-Forwarded-Proto", "http")
}

func appendField(head []byte, name string, value []byte) []byte {
	return http1.AppendField(head, name, lent(value))
}

// lent is p as a string, for a call that copies it.
func lent(p []byte) string { return unsafe.String(unsafe.SliceData(p), len(p)) }

// trailerNames returns which trailers were announced that may be passed on, as a header without values.
func trailerNames(r *web.Request) http.Header {
	names := http.Header{}
	eachToken(r.Fields(), "Trailer", func(token []byte) {
		if name := string(token); mayTrail(name) {
			names[http.CanonicalHeaderKey(name)] = nil
		}
	})
	return names
}

// mayTrail reports whether a field may be passed on as a trailer: none may that says how the message is to be understood, and nothing that is no name.
func mayTrail(name string) bool { return http1.CheckTrailer(name, "") == nil }

// content is that of a request, which the client of package client polls.
type content struct {
	*web.Body
	r       *web.Request
	trailer http.Header
}

// PollRead implements aio.Reader. At the end there are the trailers.
func (c *content) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	a := c.Body.PollRead(cx, p)
	if c.trailer != nil && a.IsReady() && a.Err() == io.EOF {
		for name, value := range c.r.Trailers() {
			if mayTrail(string(name)) {
				c.trailer.Add(string(name), string(value))
			}
		}
	}
	return a
}

// status returns what a client gets for an error.
func status(err error) int {
	var none *client.ConnectError
	switch {
	case errors.As(err, &none):
		return http.StatusServiceUnavailable
	case errors.Is(err, clock.ErrTimeout):
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}
